import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type TableName, tables } from '../model/tables.ts';
import type { Username } from '../model/user.ts';
import type { PlainRow } from './attributeValue.ts';
import { BATCH_SIZE, type BatchItem, type BatchWriteOptions, putItem, writeBatch } from './batchWrite.ts';
import type { Database } from './database.ts';
import { inParallel } from './inParallel.ts';
import type { Key } from './pages.ts';
import { defaultRetryPolicy, retry } from './retry.ts';
import { runMark, type SeedRun, seedShards } from './seedIndex.ts';
import type { Tally } from './tally.ts';
import { setAll } from './update.ts';
import { NAME_IS_FREE } from './usernames.ts';

/** A row of a table, without the seed mark. */
export interface UnmarkedRow {
  readonly table: TableName;
  readonly row: PlainRow;
}

/** The maximum number of concurrent requests. More do not help, because these use the whole processor. */
export const REQUESTS_AT_A_TIME = 8;

/**
 * Writes `rows`, marked as seeded by `run`, and counts them in `tally`. Writing a row again replaces it, so
 * an interrupted run can be repeated. Rows are taken only when a request is free, so memory does not grow
 * with their number.
 *
 * @throws RowsLeftError when DynamoDB does not write some rows.
 */
export async function putSeedRows(
  database: Database,
  rows: Iterable<UnmarkedRow>,
  run: SeedRun,
  tally: Tally,
  options: BatchWriteOptions = {},
): Promise<void> {
  const batches = batchesOf(markedRows(rows, run));
  await inParallel(batches, REQUESTS_AT_A_TIME, options.signal, batch =>
    writeBatch(database, batch, tally, options),
  );
}

/**
 * Writes the first row of a new set, marked as seeded by `run`.
 *
 * Invariant: of two runs that choose the same set number, only one gets it. The condition requires that the
 * row is absent or belongs to this run. The row belongs to this run when the answer to a request was lost and
 * the SDK sent the request again.
 *
 * @returns false when another run wrote this row.
 */
export function claimRow(
  database: Database,
  { table, row }: UnmarkedRow,
  run: SeedRun,
  options: BatchWriteOptions = {},
): Promise<boolean> {
  const condition = {
    ConditionExpression: 'attribute_not_exists(#key) OR seedRun = :run',
    ExpressionAttributeNames: { '#key': tables[table].key.hash },
    ExpressionAttributeValues: { ':run': runMark(run) },
  };
  return putIf(database, { table, row }, run, condition, options);
}

/**
 * Writes the row of a username that users may also choose, marked as seeded by `run`.
 *
 * Invariant: a name of a real user or of another set keeps its owner. The condition requires that the name is
 * free, or that it belongs to a user of the same set, whose id begins with `idPrefix`. A name that a user gave up
 * is not free while it is kept for them.
 *
 * @returns false when the name belongs to another user.
 */
export function claimName(
  database: Database,
  row: Username,
  idPrefix: string,
  run: SeedRun,
  options: BatchWriteOptions = {},
): Promise<boolean> {
  const condition = {
    ConditionExpression: `${NAME_IS_FREE} OR begins_with(userId, :prefix)`,
    ExpressionAttributeValues: { ':prefix': idPrefix, ':now': row.createdAt },
  };
  return putIf(database, { table: 'usernames', row }, run, condition, options);
}

async function putIf(
  { client, names }: Database,
  { table, row }: UnmarkedRow,
  run: SeedRun,
  condition: {
    readonly ConditionExpression: string;
    readonly ExpressionAttributeNames?: Record<string, string>;
    readonly ExpressionAttributeValues: Record<string, string>;
  },
  { policy = defaultRetryPolicy, signal }: BatchWriteOptions,
): Promise<boolean> {
  const Item = { ...row, seedShard: seedShards[0], seedRun: runMark(run) };
  const command = new PutCommand({ TableName: names[table], Item, ...condition });
  try {
    await retry(() => client.send(command), policy, signal);
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** An existing row. */
export interface RowPlace {
  readonly table: TableName;
  readonly key: Key;
}

/**
 * Marks existing rows as seeded by `run`, so that they are deleted with its set. One request per row. A row that does
 * not exist stays absent.
 */
export async function markRows(
  { client, names }: Database,
  rows: readonly RowPlace[],
  run: SeedRun,
): Promise<void> {
  const mark = setAll({ seedShard: seedShards[0], seedRun: runMark(run) });
  for (const { table, key } of rows) {
    const condition = { ConditionExpression: 'attribute_exists(createdAt)' };
    const command = new UpdateCommand({ TableName: names[table], Key: key, ...mark, ...condition });
    await client.send(command).catch(error => {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    });
  }
}

/** Yields the requests that write `rows`, marked as seeded by `run`. */
export function* markedRows(rows: Iterable<UnmarkedRow>, run: SeedRun): Generator<BatchItem> {
  const seedRun = runMark(run);
  let nth = 0;
  for (const { table, row } of rows) {
    yield putItem(table, { ...row, seedShard: seedShards[nth++ % seedShards.length], seedRun });
  }
}

/**
 * Yields full batches of one table each, which cost the database less than mixed batches. The remaining rows
 * are combined at the end.
 */
export function* batchesOf(items: Iterable<BatchItem>): Generator<BatchItem[]> {
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
