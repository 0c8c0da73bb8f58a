import type { ChannelPageRow } from '../model/channel.ts';
import { isStarted, type StartedStream, type Stream } from '../model/stream.ts';
import { findByUsername } from '../store/channels.ts';
import type { Database } from '../store/database.ts';
import { getStream } from '../store/streams.ts';
import { NotFoundError } from './errors.ts';

export interface ChannelPage {
  readonly channel: ChannelPageRow;
  /** The stream that viewers can watch now, if any. */
  readonly liveStream: StartedStream | undefined;
}

/**
 * Reads the channel of the user `username`, regardless of case. One database request, two while a session is
 * open.
 *
 * @throws NotFoundError when the channel does not exist
 */
export async function getChannelPage(
  database: Database<'channels' | 'streams'>,
  username: string,
): Promise<ChannelPage> {
  const channel = await getChannelByUsername(database, username);
  if (channel.openStreamId === undefined) return { channel, liveStream: undefined };
  // The channel comes from an index that lags, so its session may have ended. The session's row decides.
  const stream = await getStream(database, channel.id, channel.openStreamId);
  return { channel, liveStream: isWatchable(stream) ? stream : undefined };
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

function isWatchable(stream: Stream | undefined): stream is StartedStream {
  return stream?.isLive === true && isStarted(stream);
}
