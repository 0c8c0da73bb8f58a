import type { z } from 'zod';
import type { FieldError } from './problem.ts';

/** Values of a request that can be read but are not allowed. `errors` names each. */
export class InvalidValuesError extends Error {
  override readonly name = 'InvalidValuesError';
  readonly errors: readonly FieldError[];

  constructor(errors: readonly FieldError[]) {
    super(errors.map(({ field, message }) => `${field}: ${message}`).join('; '));
    this.errors = errors;
  }
}

/** The errors of a query that did not fit its schema, one for each parameter at fault. */
export function queryErrors(error: z.ZodError): FieldError[] {
  return error.issues.flatMap(issue =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map(field => ({
          in: 'query' as const,
          field,
          message: 'is not a parameter of this route',
        }))
      : [{ in: 'query' as const, field: issue.path.join('.'), message: issue.message }],
  );
}
