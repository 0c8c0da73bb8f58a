import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { RowsDigest } from '../store/rowsDigest.ts';
import type { TableRecord } from './manifest.ts';

/** A file for the rows of a table. Several callers may append at the same time. */
export interface TableFile {
  /** Appends one line per row. Resolves when the lines are written. */
  append(rows: readonly string[]): Promise<void>;
  /** Flushes and closes the file. Resolves to its row count and digests. */
  close(): Promise<TableRecord>;
}

/** Creates the file at `path`, which only its owner can read. @throws when the file exists */
export async function writeTableFile(path: string): Promise<TableFile> {
  const file: FileHandle = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  const digest = new RowsDigest();
  // The writes are serialized, because overlapping writes of a file handle can mix.
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
      // The caller of this write receives the error. It must not fail the next write.
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

/** Reads the file at `path` and returns its row count and digests. */
export async function readTableRecord(path: string): Promise<TableRecord> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  const digest = new RowsDigest();
  for await (const row of rowsOf(path)) digest.add(row);
  return { rows: digest.rows, sha256: hash.digest('hex'), rowsDigest: digest.hex };
}

/** Yields the lines of the file at `path`, one row per line. */
export async function* rowsOf(path: string): AsyncGenerator<string> {
  let rest = '';
  // Node's readline also splits at U+2028, which JSON allows inside a string.
  for await (const chunk of createReadStream(path, 'utf8')) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
