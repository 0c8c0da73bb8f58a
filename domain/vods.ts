import type { Vod } from '../model/stream.ts';
import type { Database } from '../store/database.ts';
import { listVods } from '../store/streams.ts';
import { getChannelByUsername } from './channelPage.ts';
import type { CursorCodec } from './cursors.ts';
import { type List, type ListRequest, readList } from './lists.ts';

/**
 * Lists a channel's playable recordings, newest first. A recording that spans reconnects is listed once. Two
 * database requests per page.
 *
 * @throws NotFoundError when the channel does not exist
 * @throws InvalidCursorError when the cursor does not belong to this list
 */
export async function listChannelVods(
  database: Database<'channels' | 'streams'>,
  cursors: CursorCodec,
  username: string,
  request: ListRequest,
): Promise<List<Vod>> {
  const { id } = await getChannelByUsername(database, username);
  return readList(cursors, ['listVods', id], request, page => listVods(database, id, page));
}
