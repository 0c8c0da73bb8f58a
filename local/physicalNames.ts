import { createHash } from 'node:crypto';
import type { TableName } from '../model/tables.ts';

/**
 * Returns a table's name in the format of CloudFormation: the stack's name, the table's and a suffix. The
 * name is the same on every start, so that the tables in a database file are found again.
 */
export function physicalName(stackName: string, table: TableName): string {
  const digest = createHash('sha256').update(`${stackName}/${table}`).digest('hex');
  const suffix = digest.slice(0, 12).toUpperCase();
  return `${stackName}-${table.charAt(0).toUpperCase()}${table.slice(1)}Table-${suffix}`;
}
