import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import {
  CURRENT,
  type CurrentRanking,
  currentRankingRow,
  type RankingPart,
  ROW_CHANNELS,
  rankedList,
  rankingPart,
  rankingPartRow,
} from '../model/ranking.ts';
import { batchGet } from './batchGet.ts';
import { BATCH_SIZE, putItem, writeBatch } from './batchWrite.ts';
import type { Database } from './database.ts';
import { inParallel } from './inParallel.ts';
import { queryAll } from './pages.ts';
import { Tally } from './tally.ts';

type RankingsDatabase = Database<'rankings'>;

// Invariants:
// - A ranking never changes after it has become the current one. Its parts are written first, under its own id, and
//   the write that makes it the current one is a single one. So a reader sees a whole ranking, wherever a writer stops.
// - A ranking replaces only the one that its writer has read. So of two writers at the same time one succeeds, and a
//   slow writer does not replace a newer ranking.

/** How many requests write a ranking at the same time. */
const AT_ONCE = 8;

/**
 * Reads the current ranking of all channels or of a category. Undefined if there was never a live channel. One request;
 * may lag behind writes.
 */
export async function getCurrentRanking(
  { client, names }: RankingsDatabase,
  categoryId: string | undefined,
): Promise<CurrentRanking | undefined> {
  const { Item } = await client.send(
    new GetCommand({ TableName: names.rankings, Key: { part: CURRENT, id: rankedList(categoryId) } }),
  );
  return Item === undefined ? undefined : currentRankingRow.parse(Item);
}

/** Reads the current rankings of all lists consistently, by the names of the lists. One request for 1 MB, about 600. */
export async function currentRankings(
  database: RankingsDatabase,
): Promise<ReadonlyMap<string, CurrentRanking>> {
  const rankings = new Map<string, CurrentRanking>();
  const rows = queryAll(database, currentRankingRow, {
    TableName: database.names.rankings,
    KeyConditionExpression: 'part = :current',
    ExpressionAttributeValues: { ':current': CURRENT },
    ConsistentRead: true,
  });
  for await (const row of rows) rankings.set(row.id, row);
  return rankings;
}

/** A ranking that is to become the current one. */
export interface NewRanking {
  readonly current: CurrentRanking;
  readonly channelIds: readonly string[];
  /** When its parts expire, as Unix time in seconds. */
  readonly expiresAt: number;
}

/**
 * Makes `ranking` the current one, if `before` still is. One request, and one for each 25 parts of 250 channels.
 *
 * @returns whether it is the current one now.
 */
export async function putRanking(
  database: RankingsDatabase,
  { current, channelIds, expiresAt }: NewRanking,
  before: CurrentRanking | undefined,
): Promise<boolean> {
  const { id: list, ranking, createdAt, updatedAt } = current;
  const count = Math.ceil(channelIds.length / ROW_CHANNELS);
  const items = Array.from({ length: count }, (_, number) => {
    const row: RankingPart = {
      part: rankingPart(list, number),
      id: ranking,
      channelIds: channelIds.slice(number * ROW_CHANNELS, (number + 1) * ROW_CHANNELS),
      expiresAt,
      createdAt,
      updatedAt,
    };
    return putItem('rankings', row);
  });
  const batches = Array.from({ length: Math.ceil(count / BATCH_SIZE) }, (_, n) =>
    items.slice(n * BATCH_SIZE, (n + 1) * BATCH_SIZE),
  );
  await inParallel(batches, AT_ONCE, undefined, batch => writeBatch(database, batch, new Tally()));
  try {
    await database.client.send(
      new PutCommand({
        TableName: database.names.rankings,
        Item: current,
        ...(before === undefined
          ? { ConditionExpression: 'attribute_not_exists(id)' }
          : {
              ConditionExpression: 'ranking = :before',
              ExpressionAttributeValues: { ':before': before.ranking },
            }),
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** A place in a ranking. */
export interface RankingPlace {
  readonly categoryId: string | undefined;
  readonly ranking: string;
  readonly offset: number;
}

/**
 * Reads the ids of at most `limit` channels of a ranking, which need not be the current one, from `offset` on. One
 * request for up to 250 channels. Reads consistently: the parts of a ranking are not much older than its first reader.
 *
 * @returns undefined when the ranking has expired.
 */
export async function rankedChannelIds(
  database: RankingsDatabase,
  { categoryId, ranking, offset }: RankingPlace,
  limit: number,
): Promise<readonly string[] | undefined> {
  const table = database.names.rankings;
  const first = Math.floor(offset / ROW_CHANNELS);
  const last = Math.floor((offset + limit - 1) / ROW_CHANNELS);
  const parts = Array.from({ length: last - first + 1 }, (_, n) =>
    rankingPart(rankedList(categoryId), first + n),
  );
  const rows = await batchGet(
    database,
    parts.map(part => ({ table, key: { part, id: ranking } })),
  );
  const found = new Map(
    (rows.get(table) ?? []).map(row => {
      const { part, channelIds } = rankingPartRow.parse(row);
      return [part, channelIds];
    }),
  );
  if (parts.some(part => !found.has(part))) return undefined;
  const ids = parts.flatMap(part => found.get(part) ?? []);
  return ids.slice(offset - first * ROW_CHANNELS, offset - first * ROW_CHANNELS + limit);
}
