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

const unknown = {
  query: 'is not a parameter of this route',
  header: 'is not a header of this route',
  body: 'is not a member of this body',
} as const;

/** The errors of a part of a request that did not fit its schema, one for each value at fault. */
export function fieldErrors(part: FieldError['in'], error: z.ZodError): FieldError[] {
  return error.issues.flatMap(({ path, message, ...issue }) => {
    const place = path.map(String);
    if (issue.code !== 'unrecognized_keys') return [{ in: part, field: place.join('.') || part, message }];
    return issue.keys.map(key => ({ in: part, field: [...place, key].join('.'), message: unknown[part] }));
  });
}
