import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import { type TableName, tables } from '../model/tables.ts';
import * as z from '../model/zod.ts';
import { BATCH_SIZE, deleteItem, writeBatch } from './batchWrite.ts';
import type { Database } from './database.ts';
import type { Key } from './pages.ts';
import type { RetryPolicy } from './retry.ts';
import { Tally } from './tally.ts';

/** Selects rows by one value of an attribute: the hash key of the table or of an index. */
export interface RowsWith {
  readonly attribute: string;
  readonly value: string;
  readonly index?: string;
}

// The caller waits at most a few seconds. The next run deletes the remaining rows.
const policy: RetryPolicy = { tries: 6, firstDelayMs: 50, longestDelayMs: 1_000 };

/**
 * Deletes all selected rows and yields the keys of each deleted page, so that the caller can stop between
 * pages. Reads of the table are consistent, reads of an index are not.
 *
 * @throws RowsLeftError when DynamoDB does not delete some rows.
 */
export async function* removeRows<T extends TableName>(
  database: Database<T>,
  table: T,
  rows: RowsWith,
): AsyncGenerator<readonly Key[]> {
  for await (const keys of keyPages(database, table, rows)) {
    await removeKeys(database, table, keys);
    yield keys;
  }
}

// The number of keys in memory at a time. A page of DynamoDB's own size could have thousands.
const PAGE = 200;

const keyRow = z.record(z.string(), z.union([z.string(), z.number()]));

/** Yields the keys of all selected rows, page by page. */
export async function* keyPages<T extends TableName>(
  { client, names }: Database<T>,
  table: T,
  { attribute, value, index }: RowsWith,
): AsyncGenerator<readonly Key[]> {
  const { hash, range } = tables[table].key;
  const key = range === undefined ? [hash] : [hash, range];
  const pages = paginateQuery(
    { client, pageSize: PAGE },
    {
      TableName: names[table],
      ...(index === undefined ? { ConsistentRead: true } : { IndexName: index }),
      KeyConditionExpression: '#attribute = :value',
      ProjectionExpression: key.map(name => `#${name}`).join(', '),
      ExpressionAttributeNames: {
        '#attribute': attribute,
        ...Object.fromEntries(key.map(name => [`#${name}`, name])),
      },
      ExpressionAttributeValues: { ':value': value },
    },
  );
  for await (const { Items = [] } of pages) yield Items.map(item => keyRow.parse(item));
}

export async function removeKeys<T extends TableName>(
  database: Database<T>,
  table: T,
  keys: readonly Key[],
): Promise<void> {
  for (let from = 0; from < keys.length; from += BATCH_SIZE) {
    const batch = keys.slice(from, from + BATCH_SIZE).map(key => deleteItem(table, key));
    await writeBatch(database, batch, new Tally(), { policy });
  }
}
