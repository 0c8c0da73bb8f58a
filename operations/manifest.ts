import * as z from 'zod';
import { OLDEST_IMPORTED_VERSION, SCHEMA_VERSION, tablesSince } from '../model/schemaVersion.ts';
import { type TableName, tableNames } from '../model/tables.ts';
import { CommandError } from '../model/variables.ts';

export const MANIFEST = 'manifest.json';

/** Returns the file name of a table's rows: one row per line, in DynamoDB JSON. */
export const fileOf = (table: TableName) => `${table}.jsonl`;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const tableRecord = z.strictObject({
  rows: z.number().int().min(0),
  /** Digest of the file's bytes. Detects a changed file. */
  sha256,
  /** Digest of the rows in any order. Detects a table that does not have exactly these rows. */
  rowsDigest: sha256,
});
export type TableRecord = z.infer<typeof tableRecord>;

const manifest = z.strictObject({
  format: z.literal(1),
  schemaVersion: z.number().int(),
  stack: z.string(),
  exportedAt: z.string(),
  tables: z.record(z.string(), tableRecord),
});

/** Describes an export. It is written last, so an export without a manifest is incomplete. */
export interface Manifest extends Omit<z.infer<typeof manifest>, 'tables'> {
  /** Without the tables that were added after its schema version. */
  readonly tables: Readonly<Partial<Record<TableName, TableRecord>>>;
}

/**
 * Parses the text of a manifest.
 * @throws CommandError when it is malformed, or its rows cannot be imported by this code
 */
export function parseManifest(text: string): Manifest {
  const parsed = manifest.safeParse(readJson(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new CommandError(`${MANIFEST}: ${issue?.path.join('.') || 'the file'}: ${issue?.message}`);
  }
  const { tables, ...rest } = parsed.data;
  const { schemaVersion } = rest;
  if (schemaVersion < OLDEST_IMPORTED_VERSION || schemaVersion > SCHEMA_VERSION)
    throw new CommandError(
      `${MANIFEST}: the rows have schema version ${schemaVersion} and this code needs ${OLDEST_IMPORTED_VERSION} to ${SCHEMA_VERSION}: see docs/migrations.md`,
    );
  const unknown = Object.keys(tables).filter(name => !tableNames.some(known => known === name));
  if (unknown.length > 0) throw new CommandError(`${MANIFEST}: there is no table ${unknown.join(', ')}`);
  const missing = tableNames.filter(
    name => tables[name] === undefined && (tablesSince[name] ?? 0) <= schemaVersion,
  );
  if (missing.length > 0) throw new CommandError(`${MANIFEST}: the table ${missing.join(', ')} is missing`);
  return { ...rest, tables };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CommandError(`${MANIFEST}: the file is not JSON`);
  }
}
