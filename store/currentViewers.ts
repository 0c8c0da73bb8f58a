import { ConditionalCheckFailedException, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { channelRow, VIEWERS_REWRITTEN_MS } from '../model/channel.ts';
import { streamRow } from '../model/stream.ts';
import { addMs, type Timestamp } from '../model/time.ts';
import { viewerMinuteRow } from '../model/viewerMinute.ts';
import * as z from '../model/zod.ts';
import { batchGet } from './batchGet.ts';
import type { Database } from './database.ts';
import { isThrottling } from './viewerMinutes.ts';

// Invariants:
// - `viewers` of a channel are viewers of its open session. The write here requires that their session is the open
//   one, and the fold's write that opens or closes a session removes them, whatever the fold has read.
// - `viewersAt` only increases while a session is open. So a channel is written at most once a minute, and a delayed
//   request of an earlier minute changes nothing.
// - `peakViewers` of a stream never decreases, and is the count of a minute in which the stream was open.
// - A fold of an event never fails because of a write here: these writes do not change `version`, and DynamoDB
//   refuses them, not the fold's transaction, when both write a row at the same time. The next minute's count then
//   replaces the one that was refused.

/** The viewers of a stream in a minute, up to a sample. The first sample of a minute counts for `viewers`. */
export interface CountedSample {
  readonly channelId: string;
  readonly streamId: string;
  readonly minute: Timestamp;
  readonly viewers: number;
}

/** Records how many viewers a stream has, on the row of the stream, and if it says so on that of its channel. */
export type RecordViewers = (sample: CountedSample) => Promise<void>;

type RecorderDatabase = Database<'channels' | 'streams' | 'metrics'>;

const shownChannel = z.pick(channelRow, { openStreamId: true, viewers: true, viewersAt: true });
const shownStream = z.pick(streamRow, { peakViewers: true });
const shownMinute = z.pick(viewerMinuteRow, { viewers: true });
const attributes = [shownChannel, shownStream, shownMinute].flatMap(({ shape }) => Object.keys(shape));

/**
 * Returns a function that records the viewers of the minute before a first sample, or those of the sample if they are
 * more: a stream whose first viewer has just come has one viewer. Only the request that counted the first sample of a
 * stream in a minute may call it.
 *
 * One request; one more if the number on the channel changes, and one more if the stream has a new peak. The number
 * on the channel changes if it differs by at least 10 % from the one that is stored, or if that one is five minutes
 * old.
 */
export function viewersRecorder(database: RecorderDatabase): RecordViewers {
  const { names } = database;
  return async ({ channelId, streamId, minute, viewers: first }) => {
    const before = addMs(minute, -60_000);
    const rows = await batchGet(
      database,
      [
        { table: names.channels, key: { id: channelId } },
        { table: names.streams, key: { channelId, id: streamId } },
        { table: names.metrics, key: { streamId, id: before } },
      ],
      { consistent: false, attributes: [...new Set(attributes)] },
    );
    const rowOf = (table: string) => rows.get(table)?.[0] ?? {};
    const channel = shownChannel.parse(rowOf(names.channels));
    const { peakViewers = 0 } = shownStream.parse(rowOf(names.streams));
    const { viewers: last = 0 } = z.partial(shownMinute).parse(rowOf(names.metrics));
    const viewers = Math.max(first, last);
    const isNew = channel.openStreamId === streamId && isNews(channel, viewers, minute);
    await Promise.all([
      isNew && writeCurrent(database, { channelId, streamId, minute, viewers }),
      viewers > peakViewers &&
        raisePeak(database, { channelId, streamId, viewers, minute: last < first ? minute : before }),
    ]);
  };
}

/**
 * Returns a function that raises the peak of a stream to the viewers of a minute that is not over yet, if they are more.
 * So a stream that ends in its first minute has a peak too. One request.
 */
export function peakRecorder(database: RecorderDatabase): RecordViewers {
  return sample => raisePeak(database, sample);
}

const isNews = (
  { viewers: stored = 0, viewersAt = '' }: z.infer<typeof shownChannel>,
  viewers: number,
  minute: Timestamp,
) =>
  Math.abs(viewers - stored) >= Math.max(1, stored / 10) ||
  Date.parse(minute) - Date.parse(viewersAt) >= VIEWERS_REWRITTEN_MS;

function writeCurrent(
  database: RecorderDatabase,
  { channelId, streamId, minute, viewers }: CountedSample,
): Promise<void> {
  return updateIfAllowed(database, {
    TableName: database.names.channels,
    Key: { id: channelId },
    UpdateExpression: 'SET viewers = :viewers, viewersAt = :minute',
    ConditionExpression:
      'openStreamId = :streamId AND (attribute_not_exists(viewersAt) OR viewersAt < :minute)',
    ExpressionAttributeValues: { ':streamId': streamId, ':viewers': viewers, ':minute': minute },
  });
}

/** @param count the viewers of a minute, which counts only if the stream was open in it. */
function raisePeak(
  database: RecorderDatabase,
  { channelId, streamId, minute, viewers }: CountedSample,
): Promise<void> {
  return updateIfAllowed(database, {
    TableName: database.names.streams,
    Key: { channelId, id: streamId },
    UpdateExpression: 'SET peakViewers = :viewers',
    ConditionExpression:
      'attribute_exists(id) AND (attribute_not_exists(endedAt) OR endedAt > :minute) AND ' +
      '(attribute_not_exists(peakViewers) OR peakViewers < :viewers)',
    ExpressionAttributeValues: { ':viewers': viewers, ':minute': minute },
  });
}

/** Sends an update, and ignores that its condition fails or that DynamoDB has no room for it now. */
async function updateIfAllowed({ client }: RecorderDatabase, update: UpdateCommandInput): Promise<void> {
  try {
    await client.send(new UpdateCommand(update));
  } catch (error) {
    const isRefused =
      error instanceof ConditionalCheckFailedException || error instanceof TransactionConflictException;
    if (!isRefused && !isThrottling(error)) throw error;
  }
}
