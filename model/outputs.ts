import { type TableName, tableNames } from './tables.ts';

/** Keys of the stack's CloudFormation outputs: what the scripts find a stack's resources by. */
export const outputKeys = { apiUrl: 'ApiUrl', region: 'Region' } as const;

/** The output that names a table, as `StreamEventsTableName`. */
export function tableOutputKey(name: TableName): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}TableName`;
}

export const allOutputKeys: readonly string[] = [
  ...Object.values(outputKeys),
  ...tableNames.map(tableOutputKey),
];
