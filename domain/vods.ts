import type { Vod } from '../model/stream.ts';
import type { Database } from '../store/database.ts';
import { listVods } from '../store/streams.ts';
import { getChannelByUsername } from './channelPage.ts';
import type { CursorCodec } from './cursors.ts';
import { type List, type ListRequest, readList } from './lists.ts';

/**
 * A channel's recordings that can be watched, newest first, each once, also where one was merged over reconnects.
 * Two database requests a page.
 *
 * @throws NotFoundError when there is no such channel
 * @throws InvalidCursorError
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
