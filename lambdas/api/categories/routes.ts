import { z } from '@hono/zod-openapi';
import { listQuery, listSchema } from '../http/lists.ts';
import { none, route } from '../http/route.ts';

const categorySchema = z
  .object({
    id: z.string().openapi({ example: 'music' }),
    name: z.string().openapi({ example: 'Music' }),
  })
  .openapi('Category');
export type CategoryBody = z.infer<typeof categorySchema>;

export const listCategoriesRoute = route('listCategories', {
  summary: 'List the categories',
  description: 'Lists the categories that a channel can have, in display order.',
  params: none,
  query: z.strictObject(listQuery),
  auth: 'none',
  ok: { description: 'The categories, in display order.', schema: listSchema('Categories', categorySchema) },
  problems: ['invalid-cursor', 'unavailable'],
});
