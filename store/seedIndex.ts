import { QueryCommand, type QueryCommandInput, type QueryCommandOutput } from '@aws-sdk/lib-dynamodb';
import { type TableName, tables } from '../model/tables.ts';
import * as z from '../model/zod.ts';
import type { BatchWriteOptions } from './batchWrite.ts';
import type { Database } from './database.ts';
import type { Key } from './pages.ts';
import { defaultRetryPolicy, retry } from './retry.ts';

/**
 * The partitions of every `seededIndex`. One partition accepts 1,000 writes per second; these four accept as
 * many as one process writes. Each costs one or two queries per table, even when few rows were seeded.
 */
export const seedShards: readonly string[] = [...'0123'];

/** One seeding run of a set. Ids of runs begin with the time, so they sort by time. */
export interface SeedRun {
  readonly set: number;
  readonly id: string;
}

/** A range of runs by their `seedRun` values, both ends included. */
export interface RunRange {
  readonly from: string;
  readonly to: string;
}

export function runMark({ set, id }: SeedRun): string {
  return `${set}#${id}`;
}

/** Creates the run that starts at `now`. `distinction` distinguishes runs that start at the same instant. */
export function newRun(set: number, now: Date, distinction: string): SeedRun {
  return { set, id: `${now.toISOString()}-${distinction}` };
}

/** Returns the range of all runs of a set. */
export function runsOf(set: number): RunRange {
  // A run's id begins with a digit, which sorts before "~".
  return { from: `${set}#`, to: `${set}#~` };
}

/**
 * Returns the ranges of all other runs of the same set: those that sort before this run and those that sort
 * after it.
 */
export function otherRuns(run: SeedRun): RunRange[] {
  const mark = runMark(run);
  const { from, to } = runsOf(run.set);
  return [
    // A prefix of the mark sorts before the mark, and every run of an earlier instant sorts before both.
    { from, to: mark.slice(0, -1) },
    { from: `${mark}!`, to },
  ];
}

/** The key of a seeded row, and the run that wrote it. */
export interface SeededKey {
  readonly key: Key;
  readonly run: string;
}

// A page stays in memory while its rows are deleted.
const PAGE = 1_000;

/** Yields the keys of a table's seeded rows in one shard, page by page. The index may lag behind writes. */
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

/** Counts the rows of one run in `table`. The index may lag behind writes. */
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
