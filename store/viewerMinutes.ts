import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { type Channel, channelRow } from '../model/channel.ts';
import type { SeedMark } from '../model/row.ts';
import { type Stream, streamRow } from '../model/stream.ts';
import type { Timestamp } from '../model/time.ts';
import { type ViewerMinute, viewerMinuteRow } from '../model/viewerMinute.ts';
import { batchGet } from './batchGet.ts';
import type { Database } from './database.ts';
import { queryAll } from './pages.ts';

type MetricsDatabase = Database<'metrics'>;

/** What is added to the attributes of a minute's row: `viewers` and others that only count. */
export type Added = Readonly<{ viewers: number }> & Readonly<Record<string, number>>;

const throttling = z.object({
  name: z.enum(['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded']),
});

/**
 * Adds to the row of a stream's minute, and makes it if it is not there. One request, which writes one unit: the row
 * stays below 1 KB.
 *
 * @param mark the seed mark of the stream, so that what belongs to a mock stream goes with it.
 * @returns the row's viewers with these; `throttled` when the row has more writers than DynamoDB takes, and nothing was
 *   added.
 */
export async function addToMinute(
  { client, names }: MetricsDatabase,
  { streamId, minute }: { readonly streamId: string; readonly minute: Timestamp },
  added: Added,
  mark: SeedMark,
  now: Timestamp,
): Promise<number | 'throttled'> {
  const counts = Object.entries(added);
  const first = Object.entries({ createdAt: now, ...mark }).filter(([, value]) => value !== undefined);
  const set = first.map(([name]) => `${name} = if_not_exists(${name}, :${name})`);
  const update = new UpdateCommand({
    TableName: names.metrics,
    Key: { streamId, id: minute },
    // By number: the names of kinds have a colon.
    UpdateExpression: `SET updatedAt = :now, ${set.join(', ')} ADD ${counts.map((_, n) => `#${n} :${n}`).join(', ')}`,
    ExpressionAttributeNames: Object.fromEntries(counts.map(([name], n) => [`#${n}`, name])),
    ExpressionAttributeValues: {
      ...Object.fromEntries(counts.map(([, count], n) => [`:${n}`, count])),
      ...Object.fromEntries(first.map(([name, value]) => [`:${name}`, value])),
      ':now': now,
    },
    ReturnValues: 'UPDATED_NEW',
  });
  try {
    const { Attributes } = await client.send(update);
    return viewerMinuteRow.pick({ viewers: true }).parse(Attributes).viewers;
  } catch (error) {
    if (throttling.safeParse(error).success) return 'throttled';
    throw error;
  }
}

/** What a stream's own row and the rows of some minutes tell of its audience. */
export interface Audience {
  /** Undefined when there is no such stream. */
  readonly stream: AudienceStream | undefined;
  /** The viewers of each minute asked for; none where nobody reported. */
  readonly viewers: ReadonlyMap<Timestamp, number>;
}

const audienceStream = streamRow.pick({
  id: true,
  isOpen: true,
  startedAt: true,
  endedAt: true,
  seedShard: true,
  seedRun: true,
});
const audienceMinute = viewerMinuteRow.pick({ id: true, viewers: true });
export type AudienceStream = Pick<Stream, keyof typeof audienceStream.shape>;

/** A stream and its viewers in each of `minutes`, however many there are. One request; lags behind writes a little. */
export async function readAudience(
  database: Database<'streams' | 'metrics'>,
  { channelId, streamId }: { readonly channelId: string; readonly streamId: string },
  minutes: readonly Timestamp[],
): Promise<Audience> {
  const { streams, metrics } = database.names;
  const keys = [
    { table: streams, key: { channelId, id: streamId } },
    ...minutes.map(id => ({ table: metrics, key: { streamId, id } })),
  ];
  const attributes = [
    ...new Set([...Object.keys(audienceStream.shape), ...Object.keys(audienceMinute.shape)]),
  ];
  const rows = await batchGet(database, keys, { consistent: false, attributes });
  const [stream] = (rows.get(streams) ?? []).map(row => audienceStream.parse(row));
  const read = (rows.get(metrics) ?? []).map(row => audienceMinute.parse(row));
  return { stream, viewers: new Map(read.map(({ id, viewers }) => [id, viewers])) };
}

const ownerChannel = channelRow.pick({ id: true, usernameKey: true, chatRoomArn: true });

/** A channel and a stream of it, for the owner: as they are at this instant. One request. */
export async function readOwnStream(
  database: Database<'channels' | 'streams'>,
  channelId: string,
  streamId: string,
): Promise<{
  readonly channel: Pick<Channel, 'id' | 'usernameKey' | 'chatRoomArn'> | undefined;
  readonly stream: Stream | undefined;
}> {
  const { channels, streams } = database.names;
  const rows = await batchGet(database, [
    { table: channels, key: { id: channelId } },
    { table: streams, key: { channelId, id: streamId } },
  ]);
  const [channel] = (rows.get(channels) ?? []).map(row => ownerChannel.parse(row));
  const [stream] = (rows.get(streams) ?? []).map(row => streamRow.parse(row));
  return { channel, stream };
}

/**
 * The minutes of a stream from the minute `from` to the minute `to`, both included, in order; minutes in which nobody
 * reported are left out. One request for a megabyte, which is some 1,400 minutes.
 */
export async function listViewerMinutes(
  database: MetricsDatabase,
  streamId: string,
  from: Timestamp,
  to: Timestamp,
): Promise<readonly ViewerMinute[]> {
  const minutes: ViewerMinute[] = [];
  const rows = queryAll(database, viewerMinuteRow, {
    TableName: database.names.metrics,
    KeyConditionExpression: 'streamId = :streamId AND id BETWEEN :from AND :to',
    ExpressionAttributeValues: { ':streamId': streamId, ':from': from, ':to': to },
  });
  for await (const minute of rows) minutes.push(minute);
  return minutes;
}
