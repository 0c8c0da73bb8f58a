import type { Category } from '../model/category.ts';
import { listCategories as readCategories } from '../store/categories.ts';
import type { Database } from '../store/database.ts';
import type { CursorCodec } from './cursors.ts';
import { type List, type ListRequest, readList } from './lists.ts';

/**
 * Lists the categories in display order. One database request per page.
 *
 * @throws InvalidCursorError when the cursor does not belong to this list
 */
export function listCategories(
  database: Database<'categories'>,
  cursors: CursorCodec,
  request: ListRequest,
): Promise<List<Category>> {
  return readList(cursors, ['listCategories'], request, page => readCategories(database, page));
}
