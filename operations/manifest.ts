import * as z from 'zod';
import { SCHEMA_VERSION } from '../model/schemaVersion.ts';
import { type TableName, tableNames } from '../model/tables.ts';
import { CommandError } from '../model/variables.ts';

export const MANIFEST = 'manifest.json';

/** The file of a table: one row a line, in DynamoDB's own JSON. */
export const fileOf = (table: TableName) => `${table}.jsonl`;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const tableRecord = z.strictObject({
  rows: z.number().int().min(0),
  /** Of the file's bytes: whether it is the file that was written. */
  sha256,
  /** Of the rows in any order: whether a table holds these rows and no others. */
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

/** What an export is of. It is written last: a folder without one is not a whole export. */
export interface Manifest extends Omit<z.infer<typeof manifest>, 'tables'> {
  readonly tables: Readonly<Record<TableName, TableRecord>>;
}

/**
 * Reads the text of a manifest whose tables are this code's, all of them and no others.
 * @throws CommandError
 */
export function parseManifest(text: string): Manifest {
  const parsed = manifest.safeParse(readJson(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new CommandError(`${MANIFEST}: ${issue?.path.join('.') || 'it'}: ${issue?.message}`);
  }
  const { tables, ...rest } = parsed.data;
  if (rest.schemaVersion !== SCHEMA_VERSION)
    throw new CommandError(
      `${MANIFEST}: the rows are of schema version ${rest.schemaVersion} and this code is of ${SCHEMA_VERSION}: see docs/migrations.md`,
    );
  const unknown = Object.keys(tables).filter(name => !tableNames.some(known => known === name));
  if (unknown.length > 0) throw new CommandError(`${MANIFEST}: there is no table ${unknown.join(', ')}`);
  const records = tableNames.map(name => {
    const record = tables[name];
    if (record === undefined) throw new CommandError(`${MANIFEST}: the table ${name} is missing`);
    return [name, record] as const;
  });
  return { ...rest, tables: Object.fromEntries(records) as Record<TableName, TableRecord> };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CommandError(`${MANIFEST}: it is not JSON`);
  }
}
