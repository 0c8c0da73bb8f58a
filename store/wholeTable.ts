import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { type TableName, tables } from '../model/tables.ts';
import { BATCH_SIZE, type BatchItem, type BatchWriteOptions, writeBatch } from './batchWrite.ts';
import type { Database } from './database.ts';
import { inParallel } from './inParallel.ts';
import type { Item } from './itemText.ts';
import { defaultRetryPolicy, retry } from './retry.ts';
import type { Tally } from './tally.ts';

// Everything here is for an operator's commands, which are to read or write all there is. No request and no event
// is served by it.

/** A part of a table that is scanned by itself: one of `of`, counted from 0. */
export interface Segment {
  readonly table: TableName;
  readonly index: number;
  readonly of: number;
}

/** How many segments of a table are scanned at a time. */
const SEGMENTS = 4;

export function segmentsOf(table: TableName): Segment[] {
  return Array.from({ length: SEGMENTS }, (_, index) => ({ table, index, of: SEGMENTS }));
}

/** The rows of a segment as they are stored, read consistently, page by page: 1 MB at most. */
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

/** Whether a table has no row. One request. */
export async function isEmpty({ client, names }: Database, table: TableName): Promise<boolean> {
  const command = new ScanCommand({ TableName: names[table], Limit: 1, ConsistentRead: true });
  const { Items = [] } = await retry(() => client.send(command), defaultRetryPolicy);
  return Items.length === 0;
}

/** Puts rows as they are, over those with the same keys, and counts them in `tally`. @throws RowsLeftError */
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

/** Deletes every row of a table, and counts them in `tally`. @throws RowsLeftError */
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
