import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { type TableName, tableNames } from '../model/tables.ts';
import { CommandError } from '../seed/commandError.ts';
import type { Database } from '../store/database.ts';
import { inParallel } from '../store/inParallel.ts';
import { type Item, itemText, parseItem } from '../store/itemText.ts';
import { RowsDigest } from '../store/rowsDigest.ts';
import type { Tally } from '../store/tally.ts';
import { isEmpty, putItems, removeAllItems, scanSegment, segmentsOf } from '../store/wholeTable.ts';
import { fileOf, MANIFEST, type Manifest, parseManifest } from './manifest.ts';
import { readTableRecord, rowsOf } from './tableFile.ts';

export interface ImportOptions {
  readonly stack: string;
  readonly folder: string;
  /** Whether rows that are there are deleted first; without it, their being there is an error. */
  readonly replace: boolean;
  /** Count the rows as they are put, and those that were there and are deleted. */
  readonly put: Tally;
  readonly removed: Tally;
  readonly signal?: AbortSignal | undefined;
}

/** A deployment fills it: its rows are replaced. */
const filledByDeployment: readonly TableName[] = ['categories'];

/**
 * Makes the tables of a stack hold exactly what an export holds, and proves it by reading them again.
 *
 * Nothing is written before every file is found to be what its manifest says. Run again after an interruption, it goes
 * on with the table that it was at: a note beside the manifest says that these tables are being filled, and from what.
 *
 * @returns whether it is complete: `signal` ends it early
 * @throws CommandError when the export is not whole, a table has rows, or holds other rows in the end
 */
export async function importStack(database: Database, options: ImportOptions): Promise<boolean> {
  const { folder, signal } = options;
  const manifest = await verifiedManifest(folder);
  const note = await openNote(options, manifest);
  if (note.isNew) await clear(database, options);
  await note.save();
  for (const table of tableNames) {
    if (signal?.aborted) return false;
    if (note.done.has(table)) continue;
    await putItems(database, table, itemsOf(join(folder, fileOf(table))), options.put, { signal });
    if (signal?.aborted) return false;
    note.done.add(table);
    await note.save();
  }
  // Also when it fails: what is in the tables then is not ours to go on with.
  await note.remove();
  await prove(database, manifest);
  return true;
}

/** @throws CommandError naming every file that is not as it was written */
async function verifiedManifest(folder: string): Promise<Manifest> {
  const manifest = parseManifest(await readText(folder));
  const bad: string[] = [];
  for (const name of tableNames) {
    const { rows, sha256, rowsDigest } = manifest.tables[name];
    const found = await readTableRecord(join(folder, fileOf(name))).catch(missing);
    if (found?.rows === rows && found.sha256 === sha256 && found.rowsDigest === rowsDigest) continue;
    bad.push(fileOf(name));
  }
  if (bad.length === 0) return manifest;
  throw new CommandError(`IN: ${folder}: not as they were exported: ${bad.join(', ')}. Nothing is written.`);
}

async function readText(folder: string): Promise<string> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(missing);
  if (text === undefined)
    throw new CommandError(`IN: ${folder} has no ${MANIFEST}: it is not a whole export`);
  return text;
}

function missing(error: unknown): undefined {
  if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT')
    return undefined;
  throw error;
}

async function clear(database: Database, { stack, replace, removed, signal }: ImportOptions): Promise<void> {
  const full: TableName[] = [];
  for (const name of tableNames) if (!(await isEmpty(database, name))) full.push(name);
  const inTheWay = full.filter(name => !filledByDeployment.includes(name));
  if (inTheWay.length > 0 && !replace)
    throw new CommandError(
      `${stack} has rows in ${inTheWay.join(', ')}: FORCE=1 deletes every row of every table first`,
    );
  for (const name of full) await removeAllItems(database, name, removed, { signal });
}

async function* itemsOf(path: string): AsyncGenerator<Item> {
  for await (const row of rowsOf(path)) yield parseItem(row);
}

async function prove(database: Database, { tables }: Manifest): Promise<void> {
  const other: string[] = [];
  await inParallel(tableNames, 4, undefined, async name => {
    const digest = new RowsDigest();
    for (const segment of segmentsOf(name))
      for await (const items of scanSegment(database, segment))
        for (const item of items) digest.add(itemText(item));
    const { rows, rowsDigest } = tables[name];
    if (digest.hex !== rowsDigest) other.push(`${name} (${digest.rows} instead of ${rows} rows)`);
  });
  if (other.length > 0)
    throw new CommandError(
      `not what was exported, as somebody else writes to these tables: ${other.join(', ')}`,
    );
}

const noteText = z.object({ stack: z.string(), exportedAt: z.string(), done: z.array(z.string()) });

/** What is kept beside the manifest while tables are being filled from it. */
interface Note {
  /** No run has begun to fill these tables. */
  readonly isNew: boolean;
  readonly done: Set<string>;
  save(): Promise<void>;
  remove(): Promise<void>;
}

async function openNote({ stack, folder }: ImportOptions, { exportedAt }: Manifest): Promise<Note> {
  const path = join(folder, `importing-${stack}.json`);
  const text = await readFile(path, 'utf8').catch(missing);
  const read = text === undefined ? undefined : noteText.safeParse(JSON.parse(text)).data;
  const isOfThis = read?.stack === stack && read.exportedAt === exportedAt;
  const done = new Set(isOfThis ? read.done : []);
  return {
    isNew: !isOfThis,
    done,
    save: () => writeFile(path, JSON.stringify({ stack, exportedAt, done: [...done] }), { mode: 0o600 }),
    remove: () => rm(path, { force: true }),
  };
}
