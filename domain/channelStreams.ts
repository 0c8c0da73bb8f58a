import { isStarted, type StartedStream } from '../model/stream.ts';
import type { Database } from '../store/database.ts';
import { getStream, listStreams } from '../store/streams.ts';
import { getChannelByUsername } from './channelPage.ts';
import type { CursorCodec } from './cursors.ts';
import { NotFoundError } from './errors.ts';
import { type List, type ListRequest, readList } from './lists.ts';

/**
 * Lists a channel's started sessions, newest first. Two database requests per page.
 *
 * @throws NotFoundError when the channel does not exist
 * @throws InvalidCursorError when the cursor does not belong to this list
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
 * Reads one session of a channel. Two database requests.
 *
 * @throws NotFoundError when the channel does not exist or has no started session with this id
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
