import type { Category } from '../model/category.ts';
import { listCategories as readCategories } from '../store/categories.ts';
import type { Database } from '../store/database.ts';
import type { CursorCodec } from './cursors.ts';
import { type List, type ListRequest, readList } from './lists.ts';

/**
 * Categories in their order. One database request a page.
 *
 * @throws InvalidCursorError
 */
export function listCategories(
  database: Database<'categories'>,
  cursors: CursorCodec,
  request: ListRequest,
): Promise<List<Category>> {
  return readList(cursors, ['listCategories'], request, page => readCategories(database, page));
}
