import { shardsOf } from '../model/row.ts';
import type * as z from '../model/zod.ts';
import type { Database } from './database.ts';
import { type Key, type Page, type PageRequest, queryPage } from './pages.ts';

/** The rows of an index that `shardOf(value, id)` spreads over several partitions, in the order of `range`. */
export interface ShardedRows<Range extends string> {
  /** The physical name of the table. */
  readonly table: string;
  /** The attributes of the table's key. Their values contain no space. Default: `id`. */
  readonly key?: readonly string[];
  readonly index: string;
  /** The attribute that is the partition key of the index. */
  readonly hash: string;
  readonly value: string;
  /** The attribute by which each partition is sorted. Its values contain no space. */
  readonly range: Range;
  /** Rows whose `range` is less are left out. */
  readonly from?: string;
}

/**
 * Lists the rows of all partitions as one list, greatest `range` first. Four requests per page, all at the same
 * time: one for each partition. Another round is needed only if a partition has far more of the first rows than
 * its share.
 *
 * @param page `after` has, for each partition, the last row that earlier pages showed.
 */
export async function queryShards<Range extends string, T extends Readonly<Record<Range | 'id', string>>>(
  database: Database<never>,
  row: z.ZodMiniType<T>,
  { table, key = ['id'], index, hash, value, range, from }: ShardedRows<Range>,
  { limit, after = {} }: PageRequest,
): Promise<Page<T>> {
  const shards = shardsOf(value);
  const read = async ({ shard, items, next }: Part<T>): Promise<Part<T>> => {
    // DynamoDB refuses to continue after a key outside the condition.
    if (from !== undefined && next !== undefined && String(next[range]) < from)
      return { shard, items, next: undefined };
    const query = {
      TableName: table,
      IndexName: index,
      KeyConditionExpression: from === undefined ? '#hash = :value' : '#hash = :value AND #range >= :from',
      ExpressionAttributeNames: { '#hash': hash, ...(from === undefined ? {} : { '#range': range }) },
      ExpressionAttributeValues: { ':value': shard, ...(from === undefined ? {} : { ':from': from }) },
      ScanIndexForward: false,
    };
    const page = await queryPage(database, row, query, {
      limit: shareOf(limit, shards.length),
      after: next,
    });
    return { shard, items: [...items, ...page.items], next: page.next };
  };
  const begin = (shard: string) => (shard in after ? keyAt(after[shard], shard) : undefined);
  const keyAt = (place: string | number | undefined, shard: string): Key => {
    const [position = '', ...ids] = String(place).split(' ');
    const rowKey = Object.fromEntries(key.map((name, n) => [name, ids[n] ?? '']));
    return { [hash]: shard, [range]: position, ...rowKey };
  };
  const placeOf = (item: Readonly<Record<string, unknown>>) =>
    [range, ...key].map(name => String(item[name])).join(' ');
  let parts = await Promise.all(shards.map(shard => read({ shard, items: [], next: begin(shard) })));
  for (;;) {
    const found = parts.flatMap(({ shard, items }) => items.map(item => ({ shard, item })));
    // The sort is stable, so rows of one partition with the same `range` keep the index's order.
    found.sort(({ item: a }, { item: b }) => compare(b[range], a[range]));
    const shown = found.slice(0, limit);
    const items = shown.map(({ item }) => item);
    const end = shown.length < limit ? undefined : items.at(-1);
    // The next row of such a partition may belong before rows that other partitions show.
    const isShort = (part: Part<T>) =>
      part.next !== undefined && part.items.every(item => item !== end && items.includes(item));
    if (!parts.some(isShort)) {
      if (found.length === shown.length && parts.every(({ next }) => next === undefined)) return { items };
      const places = shown.map(({ shard, item }) => [shard, placeOf(item)] as const);
      return { items, next: { ...after, ...Object.fromEntries(places) } };
    }
    parts = await Promise.all(parts.map(part => (isShort(part) ? read(part) : part)));
  }
}

/** The rows read from one partition so far, and where to continue. */
interface Part<T> {
  readonly shard: string;
  readonly items: readonly T[];
  readonly next: Key | undefined;
}

/**
 * Returns how many rows to read from each of `parts` partitions for a page of `limit` rows. A partition has a random
 * part of the first rows, and exceeds the mean by four standard deviations in fewer than one of 1,000 pages.
 */
function shareOf(limit: number, parts: number): number {
  const mean = limit / parts;
  return Math.min(limit, Math.ceil(mean + 4 * Math.sqrt(mean * (1 - 1 / parts))));
}

const compare = (a: string, b: string) => (a === b ? 0 : a < b ? -1 : 1);
