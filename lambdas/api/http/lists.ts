import { z } from '@hono/zod-openapi';
import type { List } from '../../../domain/lists.ts';

const MAX_LIMIT = 100;
const DEFAULT_LIMIT = 50;
const limitMessage = `must be a whole number from 1 to ${MAX_LIMIT}`;

/** The query parameters of every list. */
export const listQuery = {
  limit: z
    .string(limitMessage)
    // Number() alone would take '1e1', '0x10' and ' 7'.
    .regex(/^\d{1,3}$/, { error: limitMessage, abort: true })
    .transform(Number)
    .pipe(z.number().min(1, limitMessage).max(MAX_LIMIT, limitMessage))
    .default(DEFAULT_LIMIT)
    .openapi({
      description: 'The greatest number of items in a page.',
      type: 'integer',
      minimum: 1,
      maximum: MAX_LIMIT,
      default: DEFAULT_LIMIT,
    }),
  cursor: z.string('must be given once').optional().openapi({
    description: 'Where the page begins: the `nextCursor` of the page before. Without it, at the start.',
  }),
};

/** The envelope of every list. */
export function listSchema<T extends z.ZodType>(name: string, item: T) {
  return z
    .object({
      items: z.array(item),
      nextCursor: z.string().nullable().openapi({
        description: 'Give it as `cursor` for the next page. Null at the end; the last page may be empty.',
      }),
    })
    .openapi(name);
}

/** A page of a list, with each item in the shape the API shows it in. */
export function shapeList<T, S>({ items, nextCursor }: List<T>, shape: (item: T) => S) {
  return { items: items.map(shape), nextCursor };
}
