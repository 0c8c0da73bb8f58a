/**
 * The version of the tables' schema. Increment it when a key, an index or the meaning of an attribute
 * changes, so that rows exported with one version are not imported into tables of another.
 * `docs/migrations.md` describes migrations.
 */
export const SCHEMA_VERSION = 13;
