import type { ChannelPageRow } from '../../model/channel.ts';
import { addMs } from '../../model/time.ts';
import { usernameKeyOf } from '../../model/username.ts';
import { minuteOf } from '../../model/viewerMinute.ts';
import { findByUsername } from '../../store/channels.ts';
import type { Database } from '../../store/database.ts';
import { type AudienceStream, readAudience } from '../../store/viewerMinutes.ts';
import { NotFoundError } from '../errors.ts';
import { kept } from './kept.ts';

/** A stream that has started, and how many watch it. */
export interface CurrentAudience {
  readonly channelId: string;
  readonly stream: AudienceStream;
  /** 0 when the stream is over. */
  readonly viewers: number;
}

/** Finds a channel's stream and its audience now, by the channel owner's name in any case. */
export type ReadAudience = (username: string, streamId: string) => Promise<CurrentAudience>;

// A renamed channel answers to its old name for so long.
const CHANNEL_KEPT_MS = 60_000;
const CHANNELS_KEPT = 10_000;

/**
 * Reads how many watch a stream: one database request, however many they are. Which channel a name belongs to is one
 * more, and is kept for a minute.
 *
 * The viewers are those of the minute that is running, or of the last whole one if they were more: in its first
 * seconds, a minute has heard of few.
 *
 * The function it gives throws NotFoundError when there is no such channel, or no such stream of it.
 */
export function audienceReader(
  database: Database<'channels' | 'streams' | 'metrics'>,
  clock: () => Date,
): ReadAudience {
  const cache = { ms: CHANNEL_KEPT_MS, size: CHANNELS_KEPT, clock };
  const channelOf = kept<ChannelPageRow>(cache, key => findByUsername(database, key));
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

const AUDIENCE_KEPT_MS = 1_000;

/**
 * `read`, that asks once a second for each stream: of those who join a stream at once, one in each process reads for
 * all. DynamoDB takes 3,000 reads a second of one stream's rows.
 */
export function audienceForJoins(read: ReadAudience, clock: () => Date): ReadAudience {
  const cache = { ms: AUDIENCE_KEPT_MS, size: CHANNELS_KEPT, clock };
  const byStream = kept<CurrentAudience>(cache, key => {
    const [username = '', streamId = ''] = key.split(SEPARATOR);
    return read(username, streamId);
  });
  return async (username, streamId) => {
    const audience = await byStream(`${usernameKeyOf(username)}${SEPARATOR}${streamId}`);
    if (audience === undefined) throw new NotFoundError('stream');
    return audience;
  };
}

// Neither a name nor an id has one.
const SEPARATOR = '/';
