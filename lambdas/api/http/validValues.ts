import type { MiddlewareHandler } from 'hono';
import type * as z from '../../../model/zod.ts';
import type { HttpEnv } from './context.ts';
import { fieldErrors, InvalidValuesError } from './invalidValues.ts';
import { type FieldError, nothingHere, problemResponse } from './problem.ts';
import { idempotencyHeaders, type Route } from './route.ts';

/**
 * Parses the values of a request with the schemas of its route. The handler reads them with `c.req.valid`. A
 * JSON body must have been read by `jsonBody`.
 */
export function validValues({ params, query, body, idempotent }: Route): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    c.req.addValidatedData('query', parse('query', query, singly(c.req.queries())));
    // A path parameter that is not valid cannot identify an existing resource.
    const found = params.safeParse(c.req.param());
    if (!found.success) return problemResponse(c, nothingHere);
    c.req.addValidatedData('param', found.data);
    if (idempotent) {
      const headers = { 'Idempotency-Key': c.req.header('idempotency-key') };
      c.req.addValidatedData('header', parse('header', idempotencyHeaders, headers));
    }
    if (body !== undefined) c.req.addValidatedData('json', parse('body', body, await c.req.json()));
    return next();
  };
}

function parse(part: FieldError['in'], schema: z.ZodMiniObject, values: unknown): object {
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  throw new InvalidValuesError(fieldErrors(part, result.error));
}

/** Returns each parameter that is given once as its value, and others as a list. */
const singly = (queries: Record<string, string[]>) =>
  Object.fromEntries(
    Object.entries(queries).map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
  );
