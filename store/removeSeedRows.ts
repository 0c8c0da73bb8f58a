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
 * Deletes every seeded row of every set and nothing else, and counts them in `tally`. The number of requests depends on
 * the seeded rows alone.
 *
 * @throws RowsLeftError when DynamoDB does not delete some.
 */
export function removeAllSeedRows(
  database: Database,
  tally: Tally,
  options: BatchWriteOptions = {},
): Promise<void> {
  return removeUntilNone(database, [undefined], tally, options, removeIn);
}

/**
 * Deletes every row of one set and nothing else, and counts them in `tally`: also the rows that events of its channels
 * added later, which carry the mark of their channel. The number of requests depends on the rows of this set alone.
 *
 * @throws RowsLeftError when DynamoDB does not delete some.
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
 * Invariant: no row is deleted that is not seeded. The keys of seeded rows are nobody else's, except that of a username:
 * a person may have taken one since the index named it. So usernames are deleted on a condition from the first pass on.
 */
const removeIn = (pass: number): Remove =>
  pass > 0
    ? removeIfOfRun
    : (database, table, ...rest) =>
        (table === 'usernames' ? removeIfOfRun : removeKeys)(database, table, ...rest);

/**
 * Deletes the rows that other runs of the set of `run` left. A row that `run` has replaced stays, also while
 * the index still says that it is another run's.
 *
 * @throws RowsLeftError when some do not go away.
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
 * Goes over the index until it names no row any more. The index lags, so a row that is gone may be named again
 * and one that was just written may not be named yet: after the first pass only a conditional delete counts
 * each row once.
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
    const named = await removePass(database, ranges, tally, options, removeIn(pass));
    if (named.total === 0 || signal?.aborted) return;
    if (pass >= policy.tries) throw new RowsLeftError(`seededIndex still names these: ${named}`);
    if (pass > 0) await waitBeforeRetry(pass - 1, policy, signal);
  }
}

/** One pass over the index. @returns the rows it named. */
async function removePass(
  database: Database,
  ranges: readonly (RunRange | undefined)[],
  tally: Tally,
  options: BatchWriteOptions,
  remove: Remove,
): Promise<Tally> {
  const named = new Tally();
  const parts = seededTables.flatMap(table =>
    seedShards.flatMap(shard => ranges.map(range => ({ table, shard, range }))),
  );
  await inParallel(parts, REQUESTS_AT_A_TIME, options.signal, async ({ table, shard, range }) => {
    for await (const keys of seededKeys(database, table, shard, range, options)) {
      named.add(table, keys.length);
      for (const batch of chunks(keys)) {
        if (options.signal?.aborted) return;
        await remove(database, table, batch, tally, options);
      }
    }
  });
  return named;
}

const removeKeys: Remove = (database, table, keys, tally, options) =>
  writeBatch(
    database,
    keys.map(({ key }) => deleteItem(table, key)),
    tally,
    options,
  );

/** Deletes those of `keys` whose rows are still of the run that the index says. */
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
          `DynamoDB did not delete these in ${failed} tries: ${table} ${pending.length}`,
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
