import type { TableName } from './tables.ts';

/** Returns the environment variable that holds a table's physical name, such as `STREAM_EVENTS_TABLE`. */
export function tableVariable(name: TableName): string {
  return `${name.replace(/[A-Z]/g, letter => `_${letter}`).toUpperCase()}_TABLE`;
}
