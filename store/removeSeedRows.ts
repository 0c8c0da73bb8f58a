import { seededTables, type TableName } from '../model/tables.ts';
import { type BatchWriteOptions, deleteItem, RowsLeftError, writeBatch } from './batchWrite.ts';
import type { Database } from './database.ts';
import { inParallel } from './inParallel.ts';
import { chunks, REQUESTS_AT_A_TIME } from './putSeedRows.ts';
import { defaultRetryPolicy, isTransient, waitBeforeRetry } from './retry.ts';
import {
  otherRuns,
  type RunRange,
  runsOf,
  type SeededKey,
  type SeedRun,
  seededKeys,
  seedShards,
} from './seedIndex.ts';
import { Tally } from './tally.ts';
import { type TransactItem, transact } from './transaction.ts';

/**
 * Deletes every seeded row of every set and nothing else, and counts them in `tally`. The number of requests
 * depends only on the seeded rows.
 *
 * @throws RowsLeftError when DynamoDB does not delete some rows.
 */
export function removeAllSeedRows(
  database: Database,
  tally: Tally,
  options: BatchWriteOptions = {},
): Promise<void> {
  return removeUntilNone(database, [undefined], tally, options, removeIn);
}

/**
 * Deletes every row of one set and nothing else, and counts them in `tally`. This includes rows that events
 * of the set's channels added later, because these rows inherit the channel's mark. The number of requests
 * depends only on the rows of this set.
 *
 * @throws RowsLeftError when DynamoDB does not delete some rows.
 */
export function removeSet(
  database: Database,
  set: number,
  tally: Tally,
  options: BatchWriteOptions = {},
): Promise<void> {
  return removeUntilNone(database, [runsOf(set)], tally, options, removeIn);
}

/**
 * Invariant: only seeded rows are deleted. Keys of seeded rows are unique to seeding, except those of
 * usernames: a user may have taken a name since the index was read. Therefore usernames are deleted with a
 * condition from the first pass on.
 */
const removeIn = (pass: number): Remove =>
  pass > 0
    ? removeIfOfRun
    : (database, table, ...rest) =>
        (table === 'usernames' ? removeIfOfRun : removeKeys)(database, table, ...rest);

/**
 * Deletes the rows that other runs of the same set left. A row that `run` has replaced stays, even while the
 * index still lists it for another run.
 *
 * @throws RowsLeftError when DynamoDB does not delete some rows.
 */
export function removeOtherRuns(
  database: Database,
  run: SeedRun,
  tally: Tally,
  options: BatchWriteOptions = {},
): Promise<void> {
  return removeUntilNone(database, otherRuns(run), tally, options, () => removeIfOfRun);
}

type Remove = (
  database: Database,
  table: TableName,
  keys: readonly SeededKey[],
  tally: Tally,
  options: BatchWriteOptions,
) => Promise<void>;

/**
 * Repeats passes over the index until it lists no row. The index lags: it may still list a deleted row and
 * may not list a new row yet. Therefore each pass after the first deletes with a condition, so that each row
 * is counted once.
 */
async function removeUntilNone(
  database: Database,
  ranges: readonly (RunRange | undefined)[],
  tally: Tally,
  options: BatchWriteOptions,
  removeIn: (pass: number) => Remove,
): Promise<void> {
  const { policy = defaultRetryPolicy, signal } = options;
  for (let pass = 0; ; pass++) {
    const listed = await removePass(database, ranges, tally, options, removeIn(pass));
    if (listed.total === 0 || signal?.aborted) return;
    if (pass >= policy.tries)
      throw new RowsLeftError(`seededIndex still lists these rows after ${pass + 1} passes: ${listed}`);
    if (pass > 0) await waitBeforeRetry(pass - 1, policy, signal);
  }
}

/**
 * Makes one pass over the index.
 *
 * @returns the number of rows that the index listed.
 */
async function removePass(
  database: Database,
  ranges: readonly (RunRange | undefined)[],
  tally: Tally,
  options: BatchWriteOptions,
  remove: Remove,
): Promise<Tally> {
  const listed = new Tally();
  const parts = seededTables.flatMap(table =>
    seedShards.flatMap(shard => ranges.map(range => ({ table, shard, range }))),
  );
  await inParallel(parts, REQUESTS_AT_A_TIME, options.signal, async ({ table, shard, range }) => {
    for await (const keys of seededKeys(database, table, shard, range, options)) {
      listed.add(table, keys.length);
      for (const batch of chunks(keys)) {
        if (options.signal?.aborted) return;
        await remove(database, table, batch, tally, options);
      }
    }
  });
  return listed;
}

const removeKeys: Remove = (database, table, keys, tally, options) =>
  writeBatch(
    database,
    keys.map(({ key }) => deleteItem(table, key)),
    tally,
    options,
  );

/** Deletes the rows of `keys` that still belong to the run in the index. */
const removeIfOfRun: Remove = async (
  database,
  table,
  keys,
  tally,
  { policy = defaultRetryPolicy, signal },
) => {
  let pending = keys;
  for (let failed = 0; pending.length > 0 && !signal?.aborted; ) {
    try {
      const result = await transact(
        database,
        pending.map(({ key, run }) => deleteIfOfRun(database.names[table], key, run)),
      );
      if (result.committed) {
        tally.add(table, pending.length);
        return;
      }
      pending = pending.filter((_, index) => !result.failed.includes(index));
    } catch (error) {
      if (!isTransient(error)) throw error;
      failed += 1;
      if (failed >= policy.tries) {
        throw new RowsLeftError(
          `DynamoDB did not delete these rows in ${failed} tries: ${table} ${pending.length}`,
          {
            cause: error,
          },
        );
      }
      await waitBeforeRetry(failed, policy, signal);
    }
  }
};

function deleteIfOfRun(tableName: string, key: SeededKey['key'], run: string): TransactItem {
  return {
    Delete: {
      TableName: tableName,
      Key: key,
      ConditionExpression: 'seedRun = :run',
      ExpressionAttributeValues: { ':run': run },
    },
  };
}
