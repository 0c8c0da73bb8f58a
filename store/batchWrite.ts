import { BatchWriteItemCommand, type WriteRequest } from '@aws-sdk/client-dynamodb';
import type { TableName } from '../model/tables.ts';
import { type PlainRow, toItem } from './attributeValue.ts';
import type { Database } from './database.ts';
import type { Key } from './pages.ts';
import { defaultRetryPolicy, isTransient, type RetryPolicy, waitBeforeRetry } from './retry.ts';
import { Tally } from './tally.ts';

/** The maximum number of items of a BatchWriteItem request. */
export const BATCH_SIZE = 25;

export interface BatchItem<T extends TableName = TableName> {
  readonly table: T;
  readonly request: WriteRequest;
}

export function putItem<T extends TableName>(table: T, row: PlainRow): BatchItem<T> {
  return { table, request: { PutRequest: { Item: toItem(row) } } };
}

export function deleteItem<T extends TableName>(table: T, key: Key): BatchItem<T> {
  return { table, request: { DeleteRequest: { Key: toItem(key) } } };
}

/**
 * Some rows were not written or deleted despite all retries. `message` is one line that counts these rows.
 */
export class RowsLeftError extends Error {
  override readonly name = 'RowsLeftError';
}

export interface BatchWriteOptions {
  readonly policy?: RetryPolicy;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes at most 25 items of any tables, and adds the written items to `tally`. Unprocessed items and
 * throttled batches are sent again.
 *
 * An aborted `signal` ends the work after the current request.
 *
 * @throws RowsLeftError when as many attempts as `policy` allows wrote nothing.
 */
export async function writeBatch<T extends TableName>(
  database: Database<T>,
  batch: readonly BatchItem<T>[],
  tally: Tally,
  { policy = defaultRetryPolicy, signal }: BatchWriteOptions = {},
): Promise<void> {
  let pending = batch;
  for (let failed = 0; ; ) {
    const { left, cause } = await send(database, pending);
    for (const [table, rows] of count(pending).entries()) tally.add(table, rows - count(left).of(table));
    if (left.length === 0) return;
    failed = left.length < pending.length ? 0 : failed + 1;
    pending = left;
    if (failed >= policy.tries) {
      const reason = cause instanceof Error ? cause.name : 'unprocessed items';
      throw new RowsLeftError(
        `DynamoDB did not write these rows in ${failed} tries (${reason}): ${count(pending)}`,
        { cause },
      );
    }
    await waitBeforeRetry(failed, policy, signal);
    if (signal?.aborted) return;
  }
}

async function send<T extends TableName>(
  { client, names }: Database<T>,
  batch: readonly BatchItem<T>[],
): Promise<{ left: readonly BatchItem<T>[]; cause?: unknown }> {
  const requests: Record<string, WriteRequest[]> = {};
  for (const { table, request } of batch) {
    const name = names[table];
    requests[name] ??= [];
    requests[name].push(request);
  }
  try {
    const { UnprocessedItems = {} } = await client.send(
      new BatchWriteItemCommand({ RequestItems: requests }),
    );
    const left = [...new Set(batch.map(({ table }) => table))].flatMap(table =>
      (UnprocessedItems[names[table]] ?? []).map(request => ({ table, request })),
    );
    return { left };
  } catch (error) {
    if (!isTransient(error)) throw error;
    return { left: batch, cause: error };
  }
}

function count(items: readonly BatchItem[]): Tally {
  const tally = new Tally();
  for (const { table } of items) tally.add(table, 1);
  return tally;
}
