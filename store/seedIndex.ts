import { QueryCommand, type QueryCommandInput, type QueryCommandOutput } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { type TableName, tables } from '../model/tables.ts';
import type { BatchWriteOptions } from './batchWrite.ts';
import type { Database } from './database.ts';
import type { Key } from './pages.ts';
import { defaultRetryPolicy, retry } from './retry.ts';

/**
 * The partitions of every `seededIndex`. One takes 1,000 writes a second; these take as many as one writer makes.
 * Each costs a query or two of every table, however few rows were seeded.
 */
export const seedShards: readonly string[] = [...'0123'];

/** One run of seeding, of the set `set`. Ids of runs begin with the time, so they sort by it. */
export interface SeedRun {
  readonly set: number;
  readonly id: string;
}

/** Runs from one to another, as they are kept in `seedRun`, both included. */
export interface RunRange {
  readonly from: string;
  readonly to: string;
}

export function runMark({ set, id }: SeedRun): string {
  return `${set}#${id}`;
}

/** The run that began at `now`; `distinction` tells it from another that began at the same instant. */
export function newRun(set: number, now: Date, distinction: string): SeedRun {
  return { set, id: `${now.toISOString()}-${distinction}` };
}

/** All runs of a set. */
export function runsOf(set: number): RunRange {
  // A run's id begins with a digit, which is less than "~".
  return { from: `${set}#`, to: `${set}#~` };
}

/** All runs of the same set but this one: those that sort before it and those that sort after it. */
export function otherRuns(run: SeedRun): RunRange[] {
  const mark = runMark(run);
  const { from, to } = runsOf(run.set);
  return [
    // Shorter than the mark, so less than it; every run of an earlier instant is less than either.
    { from, to: mark.slice(0, -1) },
    { from: `${mark}!`, to },
  ];
}

/** The key of a seeded row, and the run that wrote it. */
export interface SeededKey {
  readonly key: Key;
  readonly run: string;
}

// A page is held in memory while its rows are being deleted.
const PAGE = 1_000;

/** The keys of a table's seeded rows in one shard, page by page. The index lags behind the table a little. */
export async function* seededKeys(
  database: Database,
  table: TableName,
  shard: string,
  range?: RunRange,
  options: BatchWriteOptions = {},
): AsyncGenerator<SeededKey[]> {
  const { hash, range: sort } = tables[table].key;
  const keyNames = sort === undefined ? [hash] : [hash, sort];
  const query = { ...indexQuery(database.names[table], shard, range), Limit: PAGE };
  for await (const page of queryPages(database, query, options)) {
    yield (page.Items ?? []).map(item => {
      const { seedRun = '', ...attributes } = keys.parse(item);
      return { key: Object.fromEntries(keyNames.map(name => [name, attributes[name] ?? ''])), run: seedRun };
    });
  }
}

/** How many rows of `table` one run has, as far as the index knows by now. */
export async function countRun(
  database: Database,
  table: TableName,
  run: SeedRun,
  options: BatchWriteOptions = {},
): Promise<number> {
  const mark = runMark(run);
  const counts = seedShards.map(async shard => {
    const query = indexQuery(database.names[table], shard, { from: mark, to: mark });
    let count = 0;
    for await (const page of queryPages(database, { ...query, Select: 'COUNT' }, options)) {
      count += page.Count ?? 0;
    }
    return count;
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

const keys = z.record(z.string(), z.string());

async function* queryPages(
  { client }: Database,
  query: QueryCommandInput,
  { policy = defaultRetryPolicy, signal }: BatchWriteOptions,
): AsyncGenerator<QueryCommandOutput> {
  let after: QueryCommandOutput['LastEvaluatedKey'];
  do {
    const command = new QueryCommand({ ...query, ExclusiveStartKey: after });
    const page = await retry(() => client.send(command), policy, signal);
    yield page;
    after = page.LastEvaluatedKey;
  } while (after !== undefined);
}

function indexQuery(tableName: string, shard: string, range: RunRange | undefined): QueryCommandInput {
  const within = range === undefined ? '' : ' AND seedRun BETWEEN :from AND :to';
  return {
    TableName: tableName,
    IndexName: 'seededIndex',
    KeyConditionExpression: `seedShard = :shard${within}`,
    ExpressionAttributeValues: {
      ':shard': shard,
      ...(range === undefined ? {} : { ':from': range.from, ':to': range.to }),
    },
  };
}
