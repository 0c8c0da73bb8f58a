import { z } from '@hono/zod-openapi';
import { listSchema, operation } from '../http/operation.ts';
import { listCategoriesRoute } from './routes.ts';

const categorySchema = z
  .object({
    id: z.string().openapi({ example: 'music' }),
    name: z.string().openapi({ example: 'Music' }),
  })
  .openapi('Category');
export type CategoryBody = z.infer<typeof categorySchema>;

export const listCategoriesOperation = operation(listCategoriesRoute, {
  summary: 'List the categories',
  description: 'Lists the categories that a channel can have, in display order.',
  ok: { description: 'The categories, in display order.', schema: listSchema('Categories', categorySchema) },
  problems: ['invalid-cursor', 'unavailable'],
});
