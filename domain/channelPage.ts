import type { Ban } from '../model/ban.ts';
import type { ChannelPageRow } from '../model/channel.ts';
import type { ChannelPageStream } from '../model/stream.ts';
import type { Timestamp } from '../model/time.ts';
import { isInForce } from '../store/bans.ts';
import { findByUsername } from '../store/channels.ts';
import type { Database } from '../store/database.ts';
import { follows } from '../store/follows.ts';
import { getStanding } from '../store/moderators.ts';
import { getChannelPageStream } from '../store/streams.ts';
import type { Caller } from './accounts/tokens.ts';
import { NotFoundError } from './errors.ts';

/** What a signed-in user is to a channel. */
export interface Relation {
  readonly isFollowing: boolean;
  readonly isOwner: boolean;
  readonly isModerator: boolean;
  /** The ban from the chat that applies now, if any. */
  readonly ban: Pick<Ban, 'until'> | undefined;
}

/** A session that has started and that viewers can watch. */
type WatchableStream = ChannelPageStream & { readonly startedAt: string };

export interface ChannelPage {
  readonly channel: ChannelPageRow;
  /** The stream that viewers can watch now, if any. */
  readonly liveStream: WatchableStream | undefined;
  /** Undefined for a guest. */
  readonly relation: Relation | undefined;
}

/**
 * Reads the channel of the user `username`, regardless of case. One database request, then all others at the
 * same time: one while a session is open, and two for a signed-in user who does not own the channel.
 *
 * @param caller undefined for a guest
 * @throws NotFoundError when the channel does not exist
 */
export async function getChannelPage(
  database: Database<'channels' | 'streams' | 'follows' | 'bans' | 'moderators'>,
  username: string,
  caller: Pick<Caller, 'userId'> | undefined,
  now: Timestamp,
): Promise<ChannelPage> {
  const channel = await getChannelByUsername(database, username);
  const [liveStream, relation] = await Promise.all([
    liveStreamOf(database, channel),
    caller === undefined ? undefined : relationOf(database, channel, caller, now),
  ]);
  return { channel, liveStream, relation };
}

async function liveStreamOf(
  database: Database<'streams'>,
  { id, openStreamId }: ChannelPageRow,
): Promise<WatchableStream | undefined> {
  if (openStreamId === undefined) return undefined;
  // The channel comes from an index that lags, so its session may have ended. The session's row decides.
  const stream = await getChannelPageStream(database, id, openStreamId);
  return isWatchable(stream) ? stream : undefined;
}

async function relationOf(
  database: Database<'follows' | 'bans' | 'moderators'>,
  channel: ChannelPageRow,
  { userId }: Pick<Caller, 'userId'>,
  now: Timestamp,
): Promise<Relation> {
  // Owners cannot follow or moderate their channel as others do, and cannot be banned from it.
  if (channel.userId === userId)
    return { isOwner: true, isFollowing: false, isModerator: false, ban: undefined };
  const [isFollowing, { isModerator, ban }] = await Promise.all([
    follows(database, userId, channel.id),
    getStanding(database, channel.id, userId),
  ]);
  return {
    isOwner: false,
    isFollowing,
    isModerator,
    ban: ban !== undefined && isInForce(ban, now) ? ban : undefined,
  };
}

/**
 * Reads the channel of the user `username`, regardless of case. One database request.
 *
 * @throws NotFoundError when the channel does not exist
 */
export async function getChannelByUsername(
  database: Database<'channels'>,
  username: string,
): Promise<ChannelPageRow> {
  const channel = await findByUsername(database, username);
  if (channel === undefined) throw new NotFoundError('channel');
  return channel;
}

function isWatchable(stream: ChannelPageStream | undefined): stream is WatchableStream {
  return stream?.isLive === true && stream.startedAt !== undefined;
}
