import * as z from '../../../model/zod.ts';
import { listQuery } from '../http/lists.ts';
import { none, route } from '../http/route.ts';

export const listCategoriesRoute = route('listCategories', {
  params: none,
  query: z.strictObject(listQuery),
  auth: 'none',
  // The categories change only with a deployment.
  cache: { cdn: 60, browser: 60 },
});
