import type { TableName } from '../../../model/tables.ts';
import { type Database, documentClient, tableNamesFrom } from '../../../store/database.ts';
import type { Environment } from './environment.ts';
import { requestBudget } from './requestBudget.ts';

/**
 * Opens the `wanted` tables under the names in the environment.
 * @throws Error that names the variable of a table that is missing.
 */
export function databaseFrom<T extends TableName>(
  environment: Environment,
  wanted: readonly T[],
): Database<T> {
  return { names: tableNamesFrom(environment, wanted), client: documentClient(requestBudget) };
}
