import { chmod, mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { SCHEMA_VERSION } from '../model/schemaVersion.ts';
import { type TableName, tableNames, tables } from '../model/tables.ts';
import { CommandError } from '../model/variables.ts';
import type { Database } from '../store/database.ts';
import { fileFailure } from '../store/failures.ts';
import { inParallel } from '../store/inParallel.ts';
import { type Item, itemText, UnknownTypeError } from '../store/itemText.ts';
import type { Tally } from '../store/tally.ts';
import { scanSegment, segmentsOf } from '../store/wholeTable.ts';
import { fileOf, MANIFEST, type Manifest, type TableRecord } from './manifest.ts';
import { type TableFile, writeTableFile } from './tableFile.ts';

export interface ExportOptions {
  readonly stack: string;
  /** An empty folder, or a path that does not exist yet. */
  readonly folder: string;
  readonly now: Date;
  /** Counts the rows as they are written. */
  readonly tally: Tally;
  readonly signal?: AbortSignal | undefined;
}

const SCANS_AT_A_TIME = 8;

/**
 * Writes every row of every table to `folder`. Memory use does not depend on the size of the tables. The
 * export is not a snapshot: a row that is written during the export can be in one file while a related row is
 * missing in another.
 *
 * @returns the manifest, or undefined when `signal` was aborted: the folder then has no manifest
 * @throws CommandError when the folder is not empty or cannot be written
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
        await files.get(segment.table)?.append(items.map(item => textOf(segment.table, item)));
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
  // A rename is atomic: an export that is killed never leaves a partial manifest.
  const path = join(folder, MANIFEST);
  await writeFile(`${path}.part`, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.part`, path);
  return manifest;
}

/** @throws CommandError with the row's key when the row cannot be written as text */
function textOf(table: TableName, item: Item): string {
  try {
    return itemText(item);
  } catch (error) {
    if (!(error instanceof UnknownTypeError)) throw error;
    const { hash, range = hash } = tables[table].key;
    const key = itemText(Object.fromEntries([hash, range].flatMap(name => keyPart(item, name))));
    throw new CommandError(`${table}: the row ${key} cannot be exported: ${error.message}`, { cause: error });
  }
}

function keyPart(item: Item, name: string): [string, Item[string]][] {
  const value = item[name];
  return value === undefined ? [] : [[name, value]];
}

/** Rows contain password hashes and stream keys, so only the file's owner can read the folder. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await makeFolders(resolve(folder));
    if (!(await stat(folder)).isDirectory())
      throw new CommandError(`OUT: ${folder} is not a folder. Name a new folder.`);
    if ((await readdir(folder)).length === 0) return await chmod(folder, 0o700);
  } catch (error) {
    const reason = fileFailure(error);
    if (reason === undefined) throw error;
    throw new CommandError(`OUT: cannot write to ${folder}: ${reason}. Name a new folder.`, { cause: error });
  }
  throw new CommandError(`OUT: ${folder} is not empty. Name a new folder.`);
}

/**
 * Creates a folder and its parent folders. Node's recursive mkdir never returns on a file system that refuses
 * a new name with ENOENT, for example /proc.
 */
async function makeFolders(folder: string): Promise<void> {
  const missing: string[] = [];
  for (let path = folder; !(await exists(path)); path = dirname(path)) missing.unshift(path);
  for (const path of missing) await mkdir(path, { mode: 0o700 });
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT')
      return false;
    throw error;
  }
}
