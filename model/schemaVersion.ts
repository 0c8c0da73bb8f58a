import type { TableName } from './tables.ts';

/**
 * The version of the tables' schema. Increment it when a key, an index or the meaning of an attribute
 * changes, so that rows exported with one version are not imported into tables of another.
 * `docs/migrations.md` describes migrations.
 */
export const SCHEMA_VERSION = 14;

/**
 * The oldest version whose exports can be imported. Later versions only added attributes that are optional, projections
 * and tables.
 */
export const OLDEST_IMPORTED_VERSION = 11;

/** The version in which a table was added, after the oldest version that can be imported. */
export const tablesSince: Readonly<Partial<Record<TableName, number>>> = {
  emailAddresses: 13,
  emailCodes: 13,
  moderators: 14,
  audit: 14,
};
