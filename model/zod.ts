import { en } from 'zod/locales';
import * as z from 'zod/mini';

/**
 * zod's schemas as functions instead of methods, so that a bundler leaves out those that a function does not
 * use. `zod/mini` has no messages of its own.
 */
export * from 'zod/mini';

z.config(en());

// The types of rows have hundreds of plain texts, numbers and optional members. A cold start creates one
// schema for all that are alike, which is safe because schemas are immutable.
const plain = { string: z.string(), int: z.int(), boolean: z.boolean() };
const optionals = new WeakMap<z.core.SomeType, unknown>();

/** `z.string` of zod. */
// @__NO_SIDE_EFFECTS__
export function string(params?: Parameters<typeof z.string>[0]): z.ZodMiniString<string> {
  return params === undefined ? plain.string : z.string(params);
}

/** `z.int` of zod. */
// @__NO_SIDE_EFFECTS__
export function int(params?: Parameters<typeof z.int>[0]): z.ZodMiniNumberFormat {
  return params === undefined ? plain.int : z.int(params);
}

/** `z.boolean` of zod. */
// @__NO_SIDE_EFFECTS__
export function boolean(params?: Parameters<typeof z.boolean>[0]): z.ZodMiniBoolean<boolean> {
  return params === undefined ? plain.boolean : z.boolean(params);
}

/** `z.optional` of zod. */
// @__NO_SIDE_EFFECTS__
export function optional<S extends z.core.SomeType>(schema: S): z.ZodMiniOptional<S> {
  const known = optionals.get(schema);
  if (known !== undefined) return known as z.ZodMiniOptional<S>;
  const made = z.optional(schema);
  optionals.set(schema, made);
  return made;
}
