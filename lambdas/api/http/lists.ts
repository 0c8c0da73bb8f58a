import * as z from 'zod';
import type { List } from '../../../domain/lists.ts';

const MAX_LIMIT = 100;
const DEFAULT_LIMIT = 50;
const limitMessage = `must be a whole number from 1 to ${MAX_LIMIT}`;

/** The query parameters of every list. */
export const listQuery = {
  limit: z
    .string(limitMessage)
    // Number() also accepts '1e1', '0x10' and ' 7'.
    .regex(/^\d{1,3}$/, { error: limitMessage, abort: true })
    .transform(Number)
    .pipe(z.number().min(1, limitMessage).max(MAX_LIMIT, limitMessage))
    .default(DEFAULT_LIMIT)
    .meta({
      description: 'The maximum number of items in a page.',
      type: 'integer',
      minimum: 1,
      maximum: MAX_LIMIT,
      default: DEFAULT_LIMIT,
    }),
  cursor: z.string('must be given once').optional().meta({
    description: 'The `nextCursor` of the previous page. If it is omitted, the first page is returned.',
  }),
};

/** Converts the items of a page to the form that the API returns. */
export function shapeList<T, S>({ items, nextCursor }: List<T>, shape: (item: T) => S) {
  return { items: items.map(shape), nextCursor };
}
