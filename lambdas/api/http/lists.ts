import type { List } from '../../../domain/lists.ts';
import * as z from '../../../model/zod.ts';

const MAX_LIMIT = 100;
const DEFAULT_LIMIT = 50;
const limitMessage = `must be a whole number from 1 to ${MAX_LIMIT}`;

/** The query parameters of every list. */
export const listQuery = {
  limit: z
    ._default(
      z.pipe(
        z.pipe(
          z.string(limitMessage).check(z.regex(/^\d{1,3}$/, { error: limitMessage, abort: true })),
          z.transform(Number),
        ),
        z.number().check(z.minimum(1, limitMessage), z.maximum(MAX_LIMIT, limitMessage)),
      ),
      DEFAULT_LIMIT,
    )
    .check(
      z.meta({
        description: 'The maximum number of items in a page.',
        type: 'integer',
        minimum: 1,
        maximum: MAX_LIMIT,
        default: DEFAULT_LIMIT,
      }),
    ),
  cursor: z.optional(z.string('must be given once')).check(
    z.meta({
      description: 'The `nextCursor` of the previous page. If it is omitted, the first page is returned.',
    }),
  ),
};

/** Converts the items of a page to the form that the API returns. */
export function shapeList<T, S>({ items, nextCursor }: List<T>, shape: (item: T) => S) {
  return { items: items.map(shape), nextCursor };
}
