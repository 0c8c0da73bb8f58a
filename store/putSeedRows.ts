import type { TableName } from '../model/tables.ts';
import type { PlainRow } from './attributeValue.ts';
import { BATCH_SIZE, type BatchItem, type BatchWriteOptions, putItem, writeBatch } from './batchWrite.ts';
import type { Database } from './database.ts';
import { inParallel } from './inParallel.ts';
import { runMark, type SeedRun, seedShards } from './seedIndex.ts';
import type { Tally } from './tally.ts';

/** A row of a table, without the seed mark. */
export interface UnmarkedRow {
  readonly table: TableName;
  readonly row: PlainRow;
}

/** How many requests are under way at a time. More do not help: one process is busy with these. */
export const REQUESTS_AT_A_TIME = 8;

/**
 * Puts `rows`, marked as seeded by `run`, and counts them in `tally`. Putting a row again replaces it, so this
 * can be run again after it was interrupted. Rows are taken as there is room for them: memory does not grow
 * with their number.
 *
 * @throws RowsLeftError when DynamoDB does not take some.
 */
export async function putSeedRows(
  database: Database,
  rows: Iterable<UnmarkedRow>,
  run: SeedRun,
  tally: Tally,
  options: BatchWriteOptions = {},
): Promise<void> {
  const batches = batchesOf(marked(rows, run));
  await inParallel(batches, REQUESTS_AT_A_TIME, options.signal, batch =>
    writeBatch(database, batch, tally, options),
  );
}

function* marked(rows: Iterable<UnmarkedRow>, run: SeedRun): Generator<BatchItem> {
  const seedRun = runMark(run);
  let nth = 0;
  for (const { table, row } of rows) {
    yield putItem(table, { ...row, seedShard: seedShards[nth++ % seedShards.length], seedRun });
  }
}

/**
 * Full batches of one table each, which cost a database less than batches of several; what is left at the end
 * is put together.
 */
function* batchesOf(items: Iterable<BatchItem>): Generator<BatchItem[]> {
  const waiting = new Map<TableName, BatchItem[]>();
  for (const item of items) {
    const batch = waiting.get(item.table) ?? [];
    batch.push(item);
    waiting.set(item.table, batch);
    if (batch.length < BATCH_SIZE) continue;
    waiting.delete(item.table);
    yield batch;
  }
  yield* chunks([...waiting.values()].flat());
}

export function* chunks<T>(items: readonly T[]): Generator<T[]> {
  for (let start = 0; start < items.length; start += BATCH_SIZE) yield items.slice(start, start + BATCH_SIZE);
}
