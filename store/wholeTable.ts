import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { type TableName, tables } from '../model/tables.ts';
import { BATCH_SIZE, type BatchItem, type BatchWriteOptions, writeBatch } from './batchWrite.ts';
import type { Database } from './database.ts';
import { inParallel } from './inParallel.ts';
import type { Item } from './itemText.ts';
import { defaultRetryPolicy, retry } from './retry.ts';
import type { Tally } from './tally.ts';

// This file is only for an operator's commands that read or write whole tables. No request or event uses it.

/** A part of a table that is scanned separately: part `index` (from 0) of `of` parts. */
export interface Segment {
  readonly table: TableName;
  readonly index: number;
  readonly of: number;
}

/** The number of segments of a table that are scanned in parallel. */
const SEGMENTS = 4;

export function segmentsOf(table: TableName): Segment[] {
  return Array.from({ length: SEGMENTS }, (_, index) => ({ table, index, of: SEGMENTS }));
}

/** Yields the stored rows of a segment, read consistently, in pages of at most 1 MB. */
export async function* scanSegment(
  { client, names }: Database,
  { table, index, of }: Segment,
  signal?: AbortSignal,
): AsyncGenerator<Item[]> {
  let after: Item | undefined;
  do {
    const command = new ScanCommand({
      TableName: names[table],
      Segment: index,
      TotalSegments: of,
      ConsistentRead: true,
      ExclusiveStartKey: after,
    });
    const page = await retry(() => client.send(command), defaultRetryPolicy, signal);
    yield page.Items ?? [];
    after = page.LastEvaluatedKey;
  } while (after !== undefined && !signal?.aborted);
}

/** Returns whether a table is empty. One request. */
export async function isEmpty({ client, names }: Database, table: TableName): Promise<boolean> {
  const command = new ScanCommand({ TableName: names[table], Limit: 1, ConsistentRead: true });
  const { Items = [] } = await retry(() => client.send(command), defaultRetryPolicy);
  return Items.length === 0;
}

/**
 * Writes rows unchanged, replaces rows with the same keys, and counts them in `tally`.
 *
 * @throws RowsLeftError when DynamoDB does not write some rows.
 */
export async function putItems(
  database: Database,
  table: TableName,
  items: AsyncIterable<Item>,
  tally: Tally,
  options: BatchWriteOptions = {},
): Promise<void> {
  await inParallel(batchesOf(table, items), REQUESTS_AT_A_TIME, options.signal, batch =>
    writeBatch(database, batch, tally, options),
  );
}

const REQUESTS_AT_A_TIME = 8;

async function* batchesOf(table: TableName, items: AsyncIterable<Item>): AsyncGenerator<BatchItem[]> {
  let batch: BatchItem[] = [];
  for await (const Item of items) {
    batch.push({ table, request: { PutRequest: { Item } } });
    if (batch.length < BATCH_SIZE) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/**
 * Deletes every row of a table, and counts the rows in `tally`.
 *
 * @throws RowsLeftError when DynamoDB does not delete some rows.
 */
export async function removeAllItems(
  database: Database,
  table: TableName,
  tally: Tally,
  options: BatchWriteOptions = {},
): Promise<void> {
  await inParallel(segmentsOf(table), SEGMENTS, options.signal, async segment => {
    for await (const page of scanSegment(database, segment, options.signal)) {
      for (let from = 0; from < page.length; from += BATCH_SIZE) {
        const batch = page.slice(from, from + BATCH_SIZE).map(item => deletion(table, item));
        await writeBatch(database, batch, tally, options);
      }
    }
  });
}

function deletion(table: TableName, item: Item): BatchItem {
  const { hash, range } = tables[table].key;
  const names = range === undefined ? [hash] : [hash, range];
  const key = names.flatMap(name => {
    const value = item[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { table, request: { DeleteRequest: { Key: Object.fromEntries(key) } } };
}
