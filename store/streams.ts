import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { present, shardsOf } from '../model/row.ts';
import {
  type ChannelPageStream,
  channelPageStreamRow,
  type IncompleteStream,
  incompleteStreamRow,
  type OpenStream,
  openStreamRow,
  type Stream,
  streamRow,
  type Vod,
  vodRow,
} from '../model/stream.ts';
import type { Timestamp } from '../model/time.ts';
import type { Database } from './database.ts';
import { type Page, type PageRequest, queryAll, queryPage } from './pages.ts';
import { queryShards } from './shards.ts';
import type { TransactItem } from './transaction.ts';
import { differences, setAll } from './update.ts';

type StreamsDatabase = Database<'streams'>;

/** Reads one session of a channel. One request. */
export async function getStream(
  { client, names }: StreamsDatabase,
  channelId: string,
  id: string,
): Promise<Stream | undefined> {
  const { Item } = await client.send(new GetCommand({ TableName: names.streams, Key: { channelId, id } }));
  return Item === undefined ? undefined : streamRow.parse(Item);
}

/** Reads what the page of a channel shows of one of its sessions. One request. */
export async function getChannelPageStream(
  { client, names }: StreamsDatabase,
  channelId: string,
  id: string,
): Promise<ChannelPageStream | undefined> {
  const { Item } = await client.send(new GetCommand({ TableName: names.streams, Key: { channelId, id } }));
  return Item === undefined ? undefined : channelPageStreamRow.parse(Item);
}

/** Lists a channel's started sessions, newest first. One request per page. */
export function listStreams(
  database: StreamsDatabase,
  channelId: string,
  page: PageRequest,
): Promise<Page<Stream>> {
  return queryPage(
    database,
    streamRow,
    {
      TableName: database.names.streams,
      IndexName: 'startedAtIndex',
      KeyConditionExpression: 'channelId = :channelId',
      ExpressionAttributeValues: { ':channelId': channelId },
      ScanIndexForward: false,
    },
    page,
  );
}

/**
 * Lists a channel's playable recordings of the streams that started at `since` or later, newest first. One request per page; pages are full, because the
 * index contains no other sessions. May lag behind writes.
 */
export async function listVods(
  database: StreamsDatabase,
  channelId: string,
  since: string,
  page: PageRequest,
): Promise<Page<Vod>> {
  // DynamoDB refuses to continue after a key outside the condition.
  if (page.after !== undefined && String(page.after['vodStartedAt']) < since) return { items: [] };
  return queryPage(
    database,
    vodRow,
    {
      TableName: database.names.streams,
      IndexName: 'vodIndex',
      KeyConditionExpression: 'channelId = :channelId AND vodStartedAt >= :since',
      ExpressionAttributeValues: { ':channelId': channelId, ':since': since },
      ScanIndexForward: false,
    },
    page,
  );
}

/**
 * Lists the playable recordings of all channels, or of one category, of the streams that started at `since` or later,
 * newest first. Four requests per page, all at the
 * same time: see `queryShards`. May lag behind writes.
 */
export function listAllVods(
  database: StreamsDatabase,
  categoryId: string | undefined,
  since: string,
  page: PageRequest,
): Promise<Page<Vod>> {
  const rows =
    categoryId === undefined
      ? { index: 'allVodsIndex', hash: 'vodShard', value: present }
      : { index: 'categoryVodsIndex', hash: 'vodCategoryId', value: categoryId };
  const table = { table: database.names.streams, key: ['channelId', 'id'] };
  return queryShards(database, vodRow, { ...table, ...rows, range: 'vodStartedAt', from: since }, page);
}

/**
 * Reads every open session, in no particular order. The partitions over which the index spreads its rows are read at
 * the same time. The index may lag behind writes.
 */
export async function allOpen(database: StreamsDatabase): Promise<OpenStream[]> {
  const partitions = shardsOf(present).map(async shard => {
    const open: OpenStream[] = [];
    const rows = queryAll(database, openStreamRow, {
      TableName: database.names.streams,
      IndexName: 'isOpenIndex',
      KeyConditionExpression: 'isOpen = :open',
      ExpressionAttributeValues: { ':open': shard },
    });
    for await (const row of rows) open.push(row);
    return open;
  });
  return (await Promise.all(partitions)).flat();
}

/**
 * Yields every session that is known only from its recording, newest first. The index may lag behind writes.
 */
export function allIncomplete(database: StreamsDatabase): AsyncGenerator<IncompleteStream> {
  return queryAll(database, incompleteStreamRow, {
    TableName: database.names.streams,
    IndexName: 'incompleteIndex',
    KeyConditionExpression: 'isIncomplete = :incomplete',
    ExpressionAttributeValues: { ':incomplete': present },
    ScanIndexForward: false,
  });
}

/** A position in a channel's order of sessions. */
export interface Start {
  readonly startedAt: string;
  readonly id: string;
}

/**
 * Reads the started session directly before or after a position in the channel's order, consistently. Skips
 * the session `without`. Sessions that start at the same instant are ordered by id.
 */
export async function neighbor(
  database: StreamsDatabase,
  channelId: string,
  side: 'before' | 'after',
  place: Start,
  without: string,
): Promise<Stream | undefined> {
  const before = side === 'before';
  const rows = queryAll(database, streamRow, {
    TableName: database.names.streams,
    IndexName: 'startedAtIndex',
    ConsistentRead: true,
    KeyConditionExpression: `channelId = :channelId AND startedAt ${before ? '<=' : '>='} :startedAt`,
    ExpressionAttributeValues: { ':channelId': channelId, ':startedAt': place.startedAt },
    ScanIndexForward: !before,
    Limit: NEIGHBOR_PAGE,
  });
  // The index does not define the order of rows with the same start, so all of them are compared.
  let best: Stream | undefined;
  for await (const row of rows) {
    if (best !== undefined && row.startedAt !== best.startedAt) break;
    const order = compareStarts({ startedAt: row.startedAt ?? '', id: row.id }, place);
    if (row.id === without || (before ? order >= 0 : order <= 0)) continue;
    if (best === undefined || (before ? row.id > best.id : row.id < best.id)) best = row;
  }
  return best;
}

/**
 * Lists the sessions whose recordings were merged into that of `carrier`, without `carrier`, newest first:
 * sessions of its channel that started while the recording ran. One request for up to eight sessions of that
 * time.
 */
export async function listMerged(
  database: StreamsDatabase,
  carrier: Pick<Stream, 'channelId' | 'id'>,
  recording: { readonly startedAt: Timestamp; readonly endedAt: Timestamp },
): Promise<Stream[]> {
  const rows = queryAll(database, streamRow, {
    TableName: database.names.streams,
    IndexName: 'startedAtIndex',
    KeyConditionExpression: 'channelId = :channelId AND startedAt <= :endedAt',
    ExpressionAttributeValues: { ':channelId': carrier.channelId, ':endedAt': recording.endedAt },
    ScanIndexForward: false,
    Limit: MERGED_PAGE,
  });
  const merged: Stream[] = [];
  for await (const row of rows) {
    if (row.recordingStreamId === carrier.id) merged.push(row);
    // A recording starts shortly after its first session.
    if (row.startedAt !== undefined && row.startedAt <= recording.startedAt) break;
  }
  return merged;
}

// Most recordings have fewer interruptions.
const MERGED_PAGE = 8;

// Two sessions of one channel rarely start in the same second. Four rows still fit a small request.
const NEIGHBOR_PAGE = 4;

/** Compares two sessions of a channel: by start, then by id. */
export function compareStarts(a: Start, b: Start): number {
  if (a.startedAt !== b.startedAt) return a.startedAt < b.startedAt ? -1 : 1;
  return a.id === b.id ? 0 : a.id < b.id ? -1 : 1;
}

/**
 * Writes a folded session, if its row is unchanged since it was read.
 *
 * @param before the row that was read, or undefined when there was none. Only differences from it are
 * written.
 */
export function putFolded(
  { names }: Pick<StreamsDatabase, 'names'>,
  before: Stream | undefined,
  after: Stream,
): TransactItem {
  if (before === undefined) {
    const Item = { ...after, version: 1 };
    return { Put: { TableName: names.streams, Item, ConditionExpression: 'attribute_not_exists(id)' } };
  }
  const update = setAll({ ...differences(before, after), version: before.version + 1 });
  return {
    Update: {
      TableName: names.streams,
      Key: { channelId: after.channelId, id: after.id },
      ...update,
      ConditionExpression: '#version = :read',
      ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ':read': before.version },
    },
  };
}
