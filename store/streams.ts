import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { present } from '../model/row.ts';
import {
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
import type { TransactItem } from './transaction.ts';
import { differences, setAll } from './update.ts';

type StreamsDatabase = Database<'streams'>;

/** One session of a channel. One request. */
export async function getStream(
  { client, names }: StreamsDatabase,
  channelId: string,
  id: string,
): Promise<Stream | undefined> {
  const { Item } = await client.send(new GetCommand({ TableName: names.streams, Key: { channelId, id } }));
  return Item === undefined ? undefined : streamRow.parse(Item);
}

/** A channel's sessions that have started, newest first. One request a page. */
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
 * A channel's recordings that can be watched, newest first. One request a page, of full pages: the index has no other
 * sessions. It lags behind writes a little.
 */
export function listVods(
  database: StreamsDatabase,
  channelId: string,
  page: PageRequest,
): Promise<Page<Vod>> {
  return queryPage(
    database,
    vodRow,
    {
      TableName: database.names.streams,
      IndexName: 'vodIndex',
      KeyConditionExpression: 'channelId = :channelId',
      ExpressionAttributeValues: { ':channelId': channelId },
      ScanIndexForward: false,
    },
    page,
  );
}

/** Every open session, newest first, to the end. */
export function allOpen(database: StreamsDatabase): AsyncGenerator<OpenStream> {
  return queryAll(database, openStreamRow, {
    TableName: database.names.streams,
    IndexName: 'isOpenIndex',
    KeyConditionExpression: 'isOpen = :open',
    ExpressionAttributeValues: { ':open': present },
    ScanIndexForward: false,
  });
}

/** Every session that is known from its recording alone, newest first, to the end. The index lags a little. */
export function allIncomplete(database: StreamsDatabase): AsyncGenerator<IncompleteStream> {
  return queryAll(database, incompleteStreamRow, {
    TableName: database.names.streams,
    IndexName: 'incompleteIndex',
    KeyConditionExpression: 'isIncomplete = :incomplete',
    ExpressionAttributeValues: { ':incomplete': present },
    ScanIndexForward: false,
  });
}

/** A place in a channel's order of sessions. */
export interface Start {
  readonly startedAt: string;
  readonly id: string;
}

/**
 * The started session next before or next after a place in the channel's order, read consistently.
 * `without` is passed over. Sessions that start at the same instant are in the order of their ids.
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
  // The index orders rows of one instant by nothing in particular, so all of that instant are compared.
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
 * The sessions whose recordings were merged into that of `carrier`, itself not among them, newest first: those of its
 * channel that started from when the recording began until it ended. One request for up to eight sessions of that time.
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
    // A recording begins a moment after its first session.
    if (row.startedAt !== undefined && row.startedAt <= recording.startedAt) break;
  }
  return merged;
}

// Few recordings have more interruptions than this.
const MERGED_PAGE = 8;

// Two sessions of one channel in one second are rare; three fit one small request all the same.
const NEIGHBOR_PAGE = 4;

/** The order of a channel's sessions: by start, then by id. */
export function compareStarts(a: Start, b: Start): number {
  if (a.startedAt !== b.startedAt) return a.startedAt < b.startedAt ? -1 : 1;
  return a.id === b.id ? 0 : a.id < b.id ? -1 : 1;
}

/**
 * Writes a folded session, if its row is still as it was read.
 *
 * @param before the row as it was read; undefined when there was none. Only what differs from it is written.
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
