import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Channel, channelRow } from '../model/channel.ts';
import type { SeedMark } from '../model/row.ts';
import { type Stream, streamRow } from '../model/stream.ts';
import type { Timestamp } from '../model/time.ts';
import { type ViewerMinute, viewerMinuteRow } from '../model/viewerMinute.ts';
import * as z from '../model/zod.ts';
import { batchGet } from './batchGet.ts';
import type { Database } from './database.ts';
import { queryAll } from './pages.ts';

type MetricsDatabase = Database<'metrics'>;

/** The values to add to a minute's row: `viewers` and other counts. */
export type MinuteAdditions = Readonly<{ viewers: number }> & Readonly<Record<string, number>>;

const minuteCount = z.pick(viewerMinuteRow, { viewers: true, views: true });
/** The counts of a minute after an addition. `views` is absent if the addition has none. */
export type MinuteCount = Readonly<z.infer<typeof minuteCount>>;

const throttling = z.object({
  name: z.enum(['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded']),
});

/** Returns whether DynamoDB has too little capacity for a request, also after the SDK's retries. */
export const isThrottling = (error: unknown) => throttling.safeParse(error).success;

/**
 * Adds to the row of a stream's minute, and creates the row if necessary. One request, which costs one write
 * unit because the row stays below 1 KB.
 *
 * @param mark the seed mark of the stream, so that the row is deleted with a mock stream.
 * @returns the row's counts after the addition; `throttled` when DynamoDB throttles writes to the row, and
 * then nothing was added.
 */
export async function addToMinute(
  { client, names }: MetricsDatabase,
  { streamId, minute }: { readonly streamId: string; readonly minute: Timestamp },
  added: MinuteAdditions,
  mark: SeedMark,
  now: Timestamp,
): Promise<MinuteCount | 'throttled'> {
  const counts = Object.entries(added);
  const first = Object.entries({ createdAt: now, ...mark }).filter(([, value]) => value !== undefined);
  const set = first.map(([name]) => `${name} = if_not_exists(${name}, :${name})`);
  const update = new UpdateCommand({
    TableName: names.metrics,
    Key: { streamId, id: minute },
    // Numbered, because the names of kinds contain a colon.
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
    return minuteCount.parse(Attributes);
  } catch (error) {
    if (isThrottling(error)) return 'throttled';
    throw error;
  }
}

/** A stream, and its viewers per minute. */
export interface Audience {
  /** Undefined when the stream does not exist. */
  readonly stream: AudienceStream | undefined;
  /** The viewers of each requested minute. A minute without reports is missing. */
  readonly viewers: ReadonlyMap<Timestamp, number>;
}

const audienceStream = z.pick(streamRow, {
  id: true,
  isOpen: true,
  startedAt: true,
  endedAt: true,
  vodStartedAt: true,
  seedShard: true,
  seedRun: true,
});
const audienceMinute = z.pick(viewerMinuteRow, { id: true, viewers: true });
export type AudienceStream = Pick<Stream, keyof typeof audienceStream.shape>;

/**
 * Reads a stream and its viewers in each of `minutes`. One request for up to 99 minutes; may lag behind
 * writes.
 */
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

const ownerChannel = z.pick(channelRow, { id: true, usernameKey: true, chatRoomArn: true });

/** Reads a channel and one of its streams for the owner, consistently. One request. */
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
 * Lists a stream's minutes from `from` to `to`, both included, in order. Minutes without reports are left
 * out. One request per megabyte, which is about 1,400 minutes.
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
