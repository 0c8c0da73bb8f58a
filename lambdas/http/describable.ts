import type { z } from '@hono/zod-openapi';

/**
 * A schema of the model's with `.openapi`. That method is given to schemas as they are made, once this library is
 * loaded; the model, which does not know it, may be loaded before.
 */
export function describable<S extends z.ZodType>(schema: S): S {
  return schema.clone();
}
