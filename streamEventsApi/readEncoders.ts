import type { Log } from '../model/log.ts';
import { MOCK_ID_PREFIX } from '../model/row.ts';
import { addMs, type Clock, toTimestamp } from '../model/time.ts';
import { listLive } from '../store/channels.ts';
import type { Database } from '../store/database.ts';
import { putEncoder, withoutEncoder } from '../store/encoders.ts';
import type { IvsSessions, IvsStream } from './ivsSessions.ts';

/** A live stream. Its channel's ARN is undefined if the stream is known from our own tables. */
type LiveStream = Omit<IvsStream, 'channelArn'> & { readonly channelArn: string | undefined };

export interface EncoderDependencies {
  readonly database: Database<'streams'>;
  readonly ivs: Pick<IvsSessions, 'find'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The number of sessions that a run asks IVS for. With four calls per second, they take a third of the reconciler's
 * period. Later runs read the others while they are young enough: of 100,000 streams that start at once, about 2,400.
 */
const MAX_READS = 400;

/** For how long the configuration of a stream is looked for. IVS knows it seconds after the start. */
const RECENT_MS = 30 * 60_000;

/** How long after its start a stream is new. Two runs of the reconciler read the others. */
const NEW_MS = 6 * 60_000;

const BATCH = 100;

/**
 * Reads the encoder configuration of live streams that started within the last half hour from IVS, newest first, and
 * stores it on their rows. Each stream is read once. One database request for 100 streams, and one and one call of
 * IVS for each stream without a configuration.
 *
 * This is best effort: the configuration is shown to the owner only, so a failure is logged and the next run retries.
 *
 * @param live the streams that IVS lists, or that the tables show as live
 * @returns how many configurations were stored
 */
export async function readEncoders(
  { database, ivs, clock, log }: EncoderDependencies,
  live: readonly LiveStream[],
  maxReads = MAX_READS,
  maxAgeMs = RECENT_MS,
): Promise<number> {
  const since = addMs(toTimestamp(clock()), -maxAgeMs);
  const recent = live
    .filter(({ startedAt }) => startedAt !== undefined && startedAt > since)
    .toSorted((a, b) => ((a.startedAt ?? '') > (b.startedAt ?? '') ? -1 : 1));
  let [reads, stored] = [0, 0];
  try {
    for (let from = 0; from < recent.length && reads < maxReads; from += BATCH) {
      const batch = recent.slice(from, from + BATCH);
      const arns = new Map(batch.map(({ streamId, channelArn }) => [streamId, channelArn]));
      const keys = batch.map(({ channelId, streamId }) => ({ channelId, id: streamId }));
      for (const stream of await withoutEncoder(database, keys)) {
        // The channel of another stack or account can have the same id.
        const listed = arns.get(stream.id) ?? stream.channelArn;
        if (listed !== stream.channelArn || reads === maxReads) continue;
        reads++;
        const session = await ivs.find(stream.channelArn, stream.id);
        if (session?.encoder === undefined) continue;
        if (await putEncoder(database, stream, session.encoder)) stored++;
      }
    }
  } catch (error) {
    log.warn('encoder configurations not read', { reads, stored, error });
  }
  if (reads > 0) log.info('encoder configurations read', { reads, stored });
  return stored;
}

/**
 * Reads the encoder configuration of the newest live channels, up to 100. Four database requests, and those of
 * `readEncoders`.
 */
export async function readNewEncoders(
  dependencies: EncoderDependencies & { readonly database: Database<'channels'> },
  maxReads: number,
): Promise<number> {
  const { items } = await listLive(dependencies.database, undefined, { limit: BATCH });
  const live = items
    .filter(({ openStreamId }) => !openStreamId.startsWith(MOCK_ID_PREFIX))
    .map(({ id, openStreamId, liveStartedAt }) => ({
      channelId: id,
      channelArn: undefined,
      streamId: openStreamId,
      startedAt: liveStartedAt,
    }));
  return readEncoders(dependencies, live, maxReads, NEW_MS);
}
