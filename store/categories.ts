import { CATALOGUE, type Category, categoryRow } from '../model/category.ts';
import type { Database } from './database.ts';
import { type Page, type PageRequest, queryPage } from './pages.ts';

/** Lists the categories in display order. One request per page. */
export function listCategories(database: Database<'categories'>, page: PageRequest): Promise<Page<Category>> {
  return queryPage(
    database,
    categoryRow,
    {
      TableName: database.names.categories,
      IndexName: 'sortOrderIndex',
      KeyConditionExpression: 'catalogue = :all',
      ExpressionAttributeValues: { ':all': CATALOGUE },
    },
    page,
  );
}
