import { listCategories as readCategories } from '../../../domain/categories.ts';
import type { CursorCodec } from '../../../domain/cursors.ts';
import type { Category } from '../../../model/category.ts';
import type { Database } from '../../../store/database.ts';
import { shapeList } from '../http/lists.ts';
import type { HandlerOf } from '../http/operation.ts';
import type { CategoryBody, listCategoriesOperation } from './answers.ts';

export function listCategories(
  database: Database<'categories'>,
  cursors: CursorCodec,
): HandlerOf<typeof listCategoriesOperation> {
  return async c => {
    const page = await readCategories(database, cursors, c.req.valid('query'));
    return c.json(shapeList(page, shape), 200);
  };
}

function shape({ id, name }: Category): CategoryBody {
  return { id, name };
}
