/**
 * The version of the tables' shape: raised whenever a key, an index or the meaning of an attribute changes, so that
 * rows that were exported at one version are not put into tables of another. `docs/migrations.md` has how a table
 * gets from one version to the next.
 */
export const SCHEMA_VERSION = 2;
