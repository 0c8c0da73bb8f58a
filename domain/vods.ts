import type { ChannelPageRow } from '../model/channel.ts';
import type { Vod } from '../model/stream.ts';
import { getPages } from '../store/channels.ts';
import type { Database } from '../store/database.ts';
import { listAllVods, listVods } from '../store/streams.ts';
import { getChannelByUsername } from './channelPage.ts';
import type { CursorCodec } from './cursors.ts';
import { type List, type ListRequest, readList } from './lists.ts';

/**
 * Lists a channel's playable recordings, newest first, of the streams that started at `since` or later. A recording that spans reconnects is listed once. Two
 * database requests per page.
 *
 * @throws NotFoundError when the channel does not exist
 * @throws InvalidCursorError when the cursor does not belong to this list
 */
export async function listChannelVods(
  database: Database<'channels' | 'streams'>,
  cursors: CursorCodec,
  username: string,
  since: string,
  request: ListRequest,
): Promise<List<Vod>> {
  const { id } = await getChannelByUsername(database, username);
  return readList(cursors, ['listVods', id], request, page => listVods(database, id, since, page));
}

/** A recording and the current state of its channel. */
export interface ChannelVod {
  readonly vod: Vod;
  readonly channel: ChannelPageRow;
}

/**
 * Lists the playable recordings of all channels, or of those of one category, newest first, of the
 * streams that started at `since` or later. Five database requests per page: four at the same time, then one for the channels, so a rename shows at once. The recordings of a channel that is
 * being deleted are left out.
 *
 * @throws InvalidCursorError when the cursor does not belong to this list
 */
export async function listRecordings(
  database: Database<'channels' | 'streams'>,
  cursors: CursorCodec,
  since: string,
  { categoryId, ...request }: ListRequest & { readonly categoryId?: string | undefined },
): Promise<List<ChannelVod>> {
  const scope = ['listRecordings', categoryId ?? null] as const;
  const { items, nextCursor } = await readList(cursors, scope, request, page =>
    listAllVods(database, categoryId, since, page),
  );
  const channels = await getPages(database, [...new Set(items.map(({ channelId }) => channelId))]);
  const shown = items.flatMap(vod => {
    const channel = channels.get(vod.channelId);
    return channel === undefined ? [] : [{ vod, channel }];
  });
  return { items: shown, nextCursor };
}
