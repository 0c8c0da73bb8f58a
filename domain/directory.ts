import type { LiveChannel } from '../model/channel.ts';
import { listLive } from '../store/channels.ts';
import type { Database } from '../store/database.ts';
import type { CursorCodec } from './cursors.ts';
import { type List, type ListRequest, readList } from './lists.ts';

export interface DirectoryRequest extends ListRequest {
  /** Only channels that had this category when they went live. */
  readonly categoryId?: string | undefined;
}

/**
 * Lists live channels, newest first. Four database requests per page, all at the same time.
 *
 * @throws InvalidCursorError when the cursor does not belong to this list
 */
export function listDirectory(
  database: Database<'channels'>,
  cursors: CursorCodec,
  { categoryId, ...request }: DirectoryRequest,
): Promise<List<LiveChannel>> {
  return readList(cursors, ['listChannels', categoryId ?? null], request, page =>
    listLive(database, categoryId, page),
  );
}
