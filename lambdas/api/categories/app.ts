import type { CursorCodec } from '../../../domain/cursors.ts';
import type { Database } from '../../../store/database.ts';
import { resourceApp } from '../http/app.ts';
import type { HttpApp } from '../http/context.ts';
import type { listCategoriesOperation } from './answers.ts';
import { listCategories } from './listCategories.ts';
import { listCategoriesRoute } from './routes.ts';

export interface CategoriesDependencies {
  readonly database: Database<'categories'>;
  readonly cursors: CursorCodec;
}

export function categoriesApp({ database, cursors }: CategoriesDependencies): HttpApp {
  const app = resourceApp();
  app.handle<typeof listCategoriesOperation>(listCategoriesRoute, listCategories(database, cursors));
  return app;
}
