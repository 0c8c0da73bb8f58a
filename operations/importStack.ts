import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { type TableName, tableNames } from '../model/tables.ts';
import { CommandError } from '../model/variables.ts';
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
  // Without the note the next run deletes what is left, and needs FORCE=1 for it as this one did.
  if (note.isNew) await clear(database, options);
  if (signal?.aborted) return false;
  await note.save();
  for (const table of tableNames) {
    if (signal?.aborted) return false;
    if (note.done.has(table)) continue;
    await putItems(database, table, itemsOf(join(folder, fileOf(table))), options.put, { signal });
    if (signal?.aborted) return false;
    note.done.add(table);
    await note.save();
  }
  const different = await differences(database, manifest);
  // Only once the tables are known to be right or wrong: a run that ends while it reads them goes on with reading.
  await note.remove();
  if (different.length === 0) return true;
  throw new CommandError(
    `not what was exported, as something else writes to these tables: ${different.join(', ')}. Run make import again with FORCE=1.`,
  );
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
  throw new CommandError(
    `IN: ${folder}: these files are not as make export wrote them: ${bad.join(', ')}. Nothing was written.`,
  );
}

async function readText(folder: string): Promise<string> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(missing);
  if (text === undefined)
    throw new CommandError(`IN: ${folder} has no ${MANIFEST}, so it is not a complete export`);
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
      `${stack} has rows in ${inTheWay.join(', ')}: FORCE=1 first deletes every row of every table`,
    );
  for (const name of full) await removeAllItems(database, name, removed, { signal });
}

/** @throws CommandError that names a line that is not a row. */
async function* itemsOf(path: string): AsyncGenerator<Item> {
  let line = 0;
  for await (const row of rowsOf(path)) {
    line += 1;
    const item = parseItem(row);
    if (item === undefined)
      throw new CommandError(`IN: ${path}:${line}: it is not a row that make export writes`);
    yield item;
  }
}

/** The tables that do not hold what the manifest says. */
async function differences(database: Database, { tables }: Manifest): Promise<string[]> {
  const other: string[] = [];
  await inParallel(tableNames, 4, undefined, async name => {
    const digest = new RowsDigest();
    for (const segment of segmentsOf(name))
      for await (const items of scanSegment(database, segment))
        for (const item of items) digest.add(itemText(item));
    const { rows, rowsDigest } = tables[name];
    if (digest.hex !== rowsDigest) other.push(`${name} (${digest.rows} instead of ${rows} rows)`);
  });
  return other;
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

/** A note that cannot be read is none: the import begins anew. */
function parseNote(text: string): z.infer<typeof noteText> | undefined {
  try {
    return noteText.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

async function openNote({ stack, folder }: ImportOptions, { exportedAt }: Manifest): Promise<Note> {
  const path = join(folder, `importing-${stack}.json`);
  const text = await readFile(path, 'utf8').catch(missing);
  const read = text === undefined ? undefined : parseNote(text);
  const isOfThis = read?.stack === stack && read.exportedAt === exportedAt;
  const done = new Set(isOfThis ? read.done : []);
  return {
    isNew: !isOfThis,
    done,
    save: async () => {
      // At once or not at all: the process may end between any two bytes.
      await writeFile(`${path}.part`, JSON.stringify({ stack, exportedAt, done: [...done] }), {
        mode: 0o600,
      });
      await rename(`${path}.part`, path);
    },
    remove: () => rm(path, { force: true }),
  };
}
