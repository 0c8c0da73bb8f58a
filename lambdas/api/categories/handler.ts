import { databaseFrom } from '../../../store/database.ts';
import { resourceHandler } from '../http/lambda.ts';
import { cursorsFrom } from '../http/secrets.ts';
import { categoriesApp } from './app.ts';

const categories = categoriesApp({
  database: databaseFrom(process.env, ['categories']),
  cursors: cursorsFrom(process.env),
});

/** Lists the categories. Called by API Gateway. */
export const handler = resourceHandler(categories);
