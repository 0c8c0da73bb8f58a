import { z } from 'zod';
import type { StreamEvent } from '../model/streamEvent.ts';
import type { Database } from '../store/database.ts';
import { listEvents } from '../store/streamEvents.ts';
import { getStream } from '../store/streams.ts';
import type { Caller } from './accounts/tokens.ts';
import { getChannelByUsername } from './channelPage.ts';
import type { CursorCodec } from './cursors.ts';
import { ForbiddenError, NotFoundError } from './errors.ts';
import { type List, type ListRequest, readList } from './lists.ts';

/**
 * What IVS told of one of the caller's streams, oldest first. Three database requests a page.
 *
 * @throws NotFoundError when there is no such channel, or no such stream of the caller's
 * @throws ForbiddenError when the channel is somebody else's
 * @throws InvalidCursorError
 */
export async function listTimeline(
  database: Database<'channels' | 'streams' | 'streamEvents'>,
  cursors: CursorCodec,
  caller: Pick<Caller, 'channelId'>,
  { username, streamId }: { readonly username: string; readonly streamId: string },
  request: ListRequest,
): Promise<List<StreamEvent>> {
  const { id } = await getChannelByUsername(database, username);
  if (id !== caller.channelId)
    throw new ForbiddenError('not-owner', 'only the owner of a channel may see its timelines');
  // Events are kept by stream alone: that the stream is the channel's is what its row says. One that has not started,
  // as far as is known, has events all the same.
  if ((await getStream(database, id, streamId)) === undefined) throw new NotFoundError('stream');
  return readList(cursors, ['listStreamEvents', id, streamId], request, page =>
    listEvents(database, streamId, page),
  );
}

const text = z.string().min(1).optional().catch(undefined);
const amount = z.number().optional().catch(undefined);

const ownersDetail = z
  .object({
    reason: text,
    recording_status_reason: text,
    code: text,
    limit_value: amount,
    exceeded_by: amount,
    limit_unit: text,
    recording_duration_ms: amount,
    recording_session_stream_ids: z.array(z.string()).optional().catch(undefined),
  })
  .transform(detail => ({
    reason: detail.reason ?? detail.recording_status_reason,
    code: detail.code,
    limitValue: detail.limit_value,
    exceededBy: detail.exceeded_by,
    limitUnit: detail.limit_unit,
    recordingDurationMs: detail.recording_duration_ms,
    recordingStreamIds: detail.recording_session_stream_ids,
  }));
export type OwnersDetail = z.infer<typeof ownersDetail>;

/**
 * The part of an event's detail that concerns a broadcaster. The rest is the account's own: its number is in the key
 * prefix of recordings, and there is the name of their bucket.
 */
export function detailForOwner(detail: StreamEvent['detail']): OwnersDetail {
  return ownersDetail.parse(detail);
}
