import type { ChannelPageRow } from '../../model/channel.ts';
import { addMs } from '../../model/time.ts';
import { usernameKeyOf } from '../../model/username.ts';
import { minuteOf } from '../../model/viewerMinute.ts';
import { findByUsername } from '../../store/channels.ts';
import type { Database } from '../../store/database.ts';
import { type AudienceStream, readAudience } from '../../store/viewerMinutes.ts';
import { NotFoundError } from '../errors.ts';
import { readCache } from './readCache.ts';

/** A started stream and its number of viewers. */
export interface CurrentAudience {
  readonly channelId: string;
  readonly stream: AudienceStream;
  /** 0 when the stream has ended. */
  readonly viewers: number;
}

/** Reads a stream and its current audience. `username` is the channel owner's name, regardless of case. */
export type ReadAudience = (username: string, streamId: string) => Promise<CurrentAudience>;

// How long a renamed channel is found by its old name.
const CHANNEL_CACHE_MS = 60_000;
const MAX_CACHED_CHANNELS = 10_000;

/**
 * Returns a function that reads a stream's number of viewers with one database request. Finding the channel
 * of a name costs one more request and is cached for one minute.
 *
 * The result is the greater of the viewers of the current minute and of the previous minute, because only a
 * few viewers have reported in the first seconds of a minute.
 *
 * The returned function throws NotFoundError when the channel or the stream does not exist.
 */
export function audienceReader(
  database: Database<'channels' | 'streams' | 'metrics'>,
  clock: () => Date,
): ReadAudience {
  const cache = { ms: CHANNEL_CACHE_MS, size: MAX_CACHED_CHANNELS, clock };
  const channelOf = readCache<ChannelPageRow>(cache, key => findByUsername(database, key));
  return async (username, streamId) => {
    const channel = await channelOf(usernameKeyOf(username));
    if (channel === undefined) throw new NotFoundError('channel');
    const minute = minuteOf(clock());
    const minutes = [minute, addMs(minute, -60_000)];
    const { stream, viewers } = await readAudience(database, { channelId: channel.id, streamId }, minutes);
    if (stream?.startedAt === undefined) throw new NotFoundError('stream');
    const counts = minutes.map(one => viewers.get(one) ?? 0);
    return { channelId: channel.id, stream, viewers: stream.isOpen ? Math.max(...counts) : 0 };
  };
}

const AUDIENCE_CACHE_MS = 1_000;

/**
 * Returns `read` with a cache of one second per stream, so that of many simultaneous joins only one in each
 * process reads. DynamoDB allows 3,000 reads per second of one stream's rows.
 */
export function audienceForJoins(read: ReadAudience, clock: () => Date): ReadAudience {
  const cache = { ms: AUDIENCE_CACHE_MS, size: MAX_CACHED_CHANNELS, clock };
  const byStream = readCache<CurrentAudience>(cache, key => {
    const [username = '', streamId = ''] = key.split(SEPARATOR);
    return read(username, streamId);
  });
  return async (username, streamId) => {
    const audience = await byStream(`${usernameKeyOf(username)}${SEPARATOR}${streamId}`);
    if (audience === undefined) throw new NotFoundError('stream');
    return audience;
  };
}

// Neither names nor ids contain this character.
const SEPARATOR = '/';
