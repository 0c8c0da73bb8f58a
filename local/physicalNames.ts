import { createHash } from 'node:crypto';
import type { TableName } from '../model/tables.ts';

/**
 * A table's name as CloudFormation would make it up: the stack's name, the table's and a suffix. The same on
 * every start, so that a database file is found again.
 */
export function physicalName(stackName: string, table: TableName): string {
  const digest = createHash('sha256').update(`${stackName}/${table}`).digest('hex');
  const suffix = digest.slice(0, 12).toUpperCase();
  return `${stackName}-${table.charAt(0).toUpperCase()}${table.slice(1)}Table-${suffix}`;
}
