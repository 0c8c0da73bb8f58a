import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { RowsDigest } from '../store/rowsDigest.ts';
import type { TableRecord } from './manifest.ts';

/** A file that the rows of a table are written to, by several at a time. */
export interface TableFile {
  /** Adds rows, as their texts. Comes back when they are written. */
  append(rows: readonly string[]): Promise<void>;
  /** Ends the file, once it is on the disk, and says what is in it. */
  close(): Promise<TableRecord>;
}

/** Makes the file at `path`, which nobody but its owner may read. @throws when there is one */
export async function writeTableFile(path: string): Promise<TableFile> {
  const file: FileHandle = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  const digest = new RowsDigest();
  // One write after another: a file handle does not keep those that overlap apart.
  let written: Promise<unknown> = Promise.resolve();
  return {
    append: async rows => {
      if (rows.length === 0) return;
      const chunk = Buffer.from(rows.map(row => `${row}\n`).join(''));
      const turn = written.then(async () => {
        await file.appendFile(chunk);
        hash.update(chunk);
        for (const row of rows) digest.add(row);
      });
      // The one who waits for this turn is told of its failure; the next one finds out by itself.
      written = turn.catch(() => {});
      await turn;
    },
    close: async () => {
      await written;
      await file.sync();
      await file.close();
      return { rows: digest.rows, sha256: hash.digest('hex'), rowsDigest: digest.hex };
    },
  };
}

/** What is in the file at `path`. */
export async function readTableRecord(path: string): Promise<TableRecord> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  const digest = new RowsDigest();
  for await (const row of rowsOf(path)) digest.add(row);
  return { rows: digest.rows, sha256: hash.digest('hex'), rowsDigest: digest.hex };
}

/** The rows of the file at `path`, as their texts, one by one. */
export async function* rowsOf(path: string): AsyncGenerator<string> {
  let rest = '';
  // Not Node's readline: it also ends a line where a text has a U+2028, which JSON allows in one.
  for await (const chunk of createReadStream(path, 'utf8')) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
