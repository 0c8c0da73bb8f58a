import type { ChannelPageRow } from '../model/channel.ts';
import { isStarted, type StartedStream, type Stream } from '../model/stream.ts';
import { findByUsername } from '../store/channels.ts';
import type { Database } from '../store/database.ts';
import { getStream } from '../store/streams.ts';
import { NotFoundError } from './errors.ts';

export interface ChannelPage {
  readonly channel: ChannelPageRow;
  /** The stream that can be watched now, if there is one. */
  readonly liveStream: StartedStream | undefined;
}

/**
 * The channel of the user called `username`, in any case. One database request, two while a session is open.
 *
 * @throws NotFoundError
 */
export async function getChannelPage(
  database: Database<'channels' | 'streams'>,
  username: string,
): Promise<ChannelPage> {
  const channel = await getChannelByUsername(database, username);
  if (channel.openStreamId === undefined) return { channel, liveStream: undefined };
  // The channel was read from an index that lags, so its session may be over by now: its own row decides.
  const stream = await getStream(database, channel.id, channel.openStreamId);
  return { channel, liveStream: isWatchable(stream) ? stream : undefined };
}

/** @throws NotFoundError */
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
