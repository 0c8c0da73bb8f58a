import { isStarted, type StartedStream } from '../model/stream.ts';
import type { Database } from '../store/database.ts';
import { getStream, listStreams } from '../store/streams.ts';
import { getChannelByUsername } from './channelPage.ts';
import type { CursorCodec } from './cursors.ts';
import { NotFoundError } from './errors.ts';
import { type List, type ListRequest, readList } from './lists.ts';

/**
 * A channel's sessions that have started, newest first. Two database requests a page.
 *
 * @throws NotFoundError when there is no such channel
 * @throws InvalidCursorError
 */
export async function listChannelStreams(
  database: Database<'channels' | 'streams'>,
  cursors: CursorCodec,
  username: string,
  request: ListRequest,
): Promise<List<StartedStream>> {
  const { id } = await getChannelByUsername(database, username);
  const { items, nextCursor } = await readList(cursors, ['listStreams', id], request, page =>
    listStreams(database, id, page),
  );
  return { items: items.filter(isStarted), nextCursor };
}

/**
 * One session of a channel. Two database requests.
 *
 * @throws NotFoundError when there is no such channel, or no session of that id that has started
 */
export async function getChannelStream(
  database: Database<'channels' | 'streams'>,
  username: string,
  streamId: string,
): Promise<StartedStream> {
  const { id } = await getChannelByUsername(database, username);
  const stream = await getStream(database, id, streamId);
  if (!isStarted(stream)) throw new NotFoundError('stream');
  return stream;
}
