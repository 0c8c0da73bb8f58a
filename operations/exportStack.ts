import { chmod, mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SCHEMA_VERSION } from '../model/schemaVersion.ts';
import { type TableName, tableNames } from '../model/tables.ts';
import { CommandError } from '../seed/commandError.ts';
import type { Database } from '../store/database.ts';
import { inParallel } from '../store/inParallel.ts';
import { itemText } from '../store/itemText.ts';
import type { Tally } from '../store/tally.ts';
import { scanSegment, segmentsOf } from '../store/wholeTable.ts';
import { fileOf, MANIFEST, type Manifest, type TableRecord } from './manifest.ts';
import { type TableFile, writeTableFile } from './tableFile.ts';

export interface ExportOptions {
  readonly stack: string;
  /** A folder that is empty, or is not there yet. */
  readonly folder: string;
  readonly now: Date;
  /** Counts the rows as they are written. */
  readonly tally: Tally;
  readonly signal?: AbortSignal | undefined;
}

const SCANS_AT_A_TIME = 8;

/**
 * Writes every row of every table to `folder`. Memory does not grow with the tables. Each table is read once, so what
 * is written to the tables meanwhile may be in one file and not in another.
 *
 * @returns the manifest; undefined when `signal` ended it, and then the folder has none.
 * @throws CommandError when the folder has something in it
 */
export async function exportStack(
  database: Database,
  { stack, folder, now, tally, signal }: ExportOptions,
): Promise<Manifest | undefined> {
  await makeFolder(folder);
  const files = new Map<TableName, TableFile>();
  for (const name of tableNames) files.set(name, await writeTableFile(join(folder, fileOf(name))));
  const records: [TableName, TableRecord][] = [];
  try {
    await inParallel(tableNames.flatMap(segmentsOf), SCANS_AT_A_TIME, signal, async segment => {
      for await (const items of scanSegment(database, segment, signal)) {
        await files.get(segment.table)?.append(items.map(itemText));
        tally.add(segment.table, items.length);
      }
    });
  } finally {
    for (const [name, file] of files) records.push([name, await file.close()]);
  }
  if (signal?.aborted) return undefined;
  const manifest: Manifest = {
    format: 1,
    schemaVersion: SCHEMA_VERSION,
    stack,
    exportedAt: now.toISOString(),
    tables: Object.fromEntries(records) as Record<TableName, TableRecord>,
  };
  // At once or not at all: half a manifest would be none, and a killed export must not have one.
  const path = join(folder, MANIFEST);
  await writeFile(`${path}.part`, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.part`, path);
  return manifest;
}

/** Rows hold password hashes and stream keys: nobody but the owner may look into the folder. */
async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length > 0)
    throw new CommandError(`OUT: ${folder} is not empty: name a new folder`);
  await chmod(folder, 0o700);
}
