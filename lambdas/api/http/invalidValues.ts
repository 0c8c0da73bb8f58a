import type * as z from '../../../model/zod.ts';
import type { FieldError } from './problem.ts';

/** The request is well-formed, but some of its values are not allowed. `errors` lists each of them. */
export class InvalidValuesError extends Error {
  override readonly name = 'InvalidValuesError';
  readonly errors: readonly FieldError[];

  constructor(errors: readonly FieldError[]) {
    super(errors.map(({ field, message }) => `${field}: ${message}`).join('; '));
    this.errors = errors;
  }
}

const unknown = {
  query: 'is not a query parameter of this route: remove it',
  header: 'is not a header of this route: remove it',
  body: 'is not a field of this request body: remove it',
} as const;

/** Converts a schema error of one part of a request to field errors, one for each invalid value. */
export function fieldErrors(part: FieldError['in'], error: z.core.$ZodError): FieldError[] {
  return error.issues.flatMap(({ path, message, ...issue }) => {
    const place = path.map(String);
    if (issue.code !== 'unrecognized_keys') return [{ in: part, field: place.join('.') || part, message }];
    return issue.keys.map(key => ({ in: part, field: [...place, key].join('.'), message: unknown[part] }));
  });
}
