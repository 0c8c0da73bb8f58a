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
  /** Whether existing rows are deleted first. When false, existing rows are an error. */
  readonly replace: boolean;
  /** Counts of the rows written and of the existing rows deleted, updated during the import. */
  readonly put: Tally;
  readonly removed: Tally;
  readonly signal?: AbortSignal | undefined;
}

/** A deployment writes rows to these tables. The import replaces them, even without FORCE=1. */
const filledByDeployment: readonly TableName[] = ['categories'];

/**
 * Makes the tables of a stack contain exactly the rows of an export, and verifies it by reading them again.
 *
 * The files are checked against the manifest before the first write. After an interruption, the next run
 * resumes at the table that was not finished: a note next to the manifest records the stack and the finished
 * tables.
 *
 * @returns false when `signal` was aborted before the import was complete
 * @throws CommandError when the export is incomplete or was changed, when a table has rows and `replace` is
 * false, or when a table does not have the exported rows at the end
 */
export async function importStack(database: Database, options: ImportOptions): Promise<boolean> {
  const { folder, signal } = options;
  const manifest = await verifiedManifest(folder);
  const note = await openNote(options, manifest);
  // The note is written after the deletion: an interrupted deletion starts again, and needs FORCE=1 again.
  if (note.isNew) await clear(database, options);
  if (signal?.aborted) return false;
  await note.save();
  for (const table of tableNames) {
    if (signal?.aborted) return false;
    if (note.done.has(table) || manifest.tables[table] === undefined) continue;
    await putItems(database, table, itemsOf(join(folder, fileOf(table))), options.put, { signal });
    if (signal?.aborted) return false;
    note.done.add(table);
    await note.save();
  }
  const different = await differences(database, manifest);
  // The note is removed after the check: a run that is interrupted during the check resumes with the check.
  await note.remove();
  if (different.length === 0) return true;
  throw new CommandError(
    `these tables do not have the exported rows: ${different.join(', ')}. Stop everything that writes to them, then run make import again with FORCE=1.`,
  );
}

/** @throws CommandError that lists every file that is missing or does not match the manifest */
async function verifiedManifest(folder: string): Promise<Manifest> {
  const manifest = parseManifest(await readText(folder));
  const bad: string[] = [];
  for (const name of tableNames) {
    const record = manifest.tables[name];
    if (record === undefined) continue;
    const { rows, sha256, rowsDigest } = record;
    const found = await readTableRecord(join(folder, fileOf(name))).catch(missing);
    if (found?.rows === rows && found.sha256 === sha256 && found.rowsDigest === rowsDigest) continue;
    bad.push(fileOf(name));
  }
  if (bad.length === 0) return manifest;
  throw new CommandError(
    `IN: ${folder}: these files are missing or were changed after the export: ${bad.join(', ')}. Nothing was written.`,
  );
}

async function readText(folder: string): Promise<string> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(missing);
  if (text === undefined)
    throw new CommandError(
      `IN: ${folder} has no ${MANIFEST}, so it is not a complete export. Name a folder that make export completed.`,
    );
  return text;
}

function missing(error: unknown): undefined {
  if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT')
    return undefined;
  throw error;
}

async function clear(database: Database, { stack, replace, removed, signal }: ImportOptions): Promise<void> {
  const notEmpty: TableName[] = [];
  for (const name of tableNames) if (!(await isEmpty(database, name))) notEmpty.push(name);
  const conflicting = notEmpty.filter(name => !filledByDeployment.includes(name));
  if (conflicting.length > 0 && !replace)
    throw new CommandError(
      `${stack} has rows in ${conflicting.join(', ')}: FORCE=1 first deletes every row of every table`,
    );
  for (const name of notEmpty) await removeAllItems(database, name, removed, { signal });
}

/** @throws CommandError with the number of a line that is not a row */
async function* itemsOf(path: string): AsyncGenerator<Item> {
  let line = 0;
  for await (const row of rowsOf(path)) {
    line += 1;
    const item = parseItem(row);
    if (item === undefined)
      throw new CommandError(`IN: ${path}:${line}: the line is not a row in the format of make export`);
    yield item;
  }
}

/** Returns the tables whose rows differ from the manifest, with the row counts. */
async function differences(database: Database, { tables }: Manifest): Promise<string[]> {
  const different: string[] = [];
  await inParallel(tableNames, 4, undefined, async name => {
    const digest = new RowsDigest();
    for (const segment of segmentsOf(name))
      for await (const items of scanSegment(database, segment))
        for (const item of items) digest.add(itemText(item));
    const { rows, rowsDigest } = tables[name] ?? { rows: 0, rowsDigest: new RowsDigest().hex };
    if (digest.hex !== rowsDigest) different.push(`${name} (${digest.rows} instead of ${rows} rows)`);
  });
  return different;
}

const noteText = z.object({ stack: z.string(), exportedAt: z.string(), done: z.array(z.string()) });

/** The progress of an import, stored in a file next to the manifest. */
interface Note {
  /** Whether no earlier run started to write this export to this stack. */
  readonly isNew: boolean;
  readonly done: Set<string>;
  save(): Promise<void>;
  remove(): Promise<void>;
}

/** @returns undefined when the note is malformed: the import then starts from the beginning */
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
      // A rename is atomic: a process that is killed never leaves a partial note.
      await writeFile(`${path}.part`, JSON.stringify({ stack, exportedAt, done: [...done] }), {
        mode: 0o600,
      });
      await rename(`${path}.part`, path);
    },
    remove: () => rm(path, { force: true }),
  };
}
