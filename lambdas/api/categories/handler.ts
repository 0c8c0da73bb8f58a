import { httpApp } from '../http/app.ts';
import { databaseFrom } from '../http/database.ts';
import { allowedOriginsFrom } from '../http/environment.ts';
import { lambdaHandler } from '../http/lambda.ts';
import { lambdaLogger } from '../http/logger.ts';
import { cursorsFrom } from '../http/secrets.ts';
import { categoriesApp } from './app.ts';

const categories = categoriesApp({
  database: databaseFrom(process.env, ['categories']),
  cursors: cursorsFrom(process.env),
});

/** The categories. Called by API Gateway. */
export const handler = lambdaHandler(
  httpApp({ logger: lambdaLogger, allowedOrigins: allowedOriginsFrom(process.env) }, [categories]),
);
