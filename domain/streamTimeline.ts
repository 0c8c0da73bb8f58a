import type { StreamEvent } from '../model/streamEvent.ts';
import * as z from '../model/zod.ts';
import type { Database } from '../store/database.ts';
import { listEvents } from '../store/streamEvents.ts';
import { getStream } from '../store/streams.ts';
import type { Caller } from './accounts/tokens.ts';
import { getChannelByUsername } from './channelPage.ts';
import type { CursorCodec } from './cursors.ts';
import { ForbiddenError, NotFoundError } from './errors.ts';
import { type List, type ListRequest, readList } from './lists.ts';

/**
 * Lists the events of one of the caller's streams, oldest first. Three database requests per page.
 *
 * @throws NotFoundError when the channel does not exist or the caller has no such stream
 * @throws ForbiddenError when the caller does not own the channel
 * @throws InvalidCursorError when the cursor does not belong to this list
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
  // Events are stored by stream only, so the stream's row must prove that the stream belongs to the channel.
  // A stream without a known start also has events.
  if ((await getStream(database, id, streamId)) === undefined) throw new NotFoundError('stream');
  return readList(cursors, ['listStreamEvents', id, streamId], request, page =>
    listEvents(database, streamId, page),
  );
}

const text = z.catch(z.optional(z.string().check(z.minLength(1))), undefined);
const amount = z.catch(z.optional(z.number()), undefined);

const ownersDetail = z.pipe(
  z.object({
    reason: text,
    recording_status_reason: text,
    code: text,
    limit_value: amount,
    exceeded_by: amount,
    limit_unit: text,
    recording_duration_ms: amount,
    recording_session_stream_ids: z.catch(z.optional(z.array(z.string())), undefined),
  }),
  z.transform(detail => ({
    reason: detail.reason ?? detail.recording_status_reason,
    code: detail.code,
    limitValue: detail.limit_value,
    exceededBy: detail.exceeded_by,
    limitUnit: detail.limit_unit,
    recordingDurationMs: detail.recording_duration_ms,
    recordingStreamIds: detail.recording_session_stream_ids,
  })),
);
export type OwnersDetail = z.infer<typeof ownersDetail>;

/**
 * Returns the part of an event's detail that is meant for the broadcaster. The rest is internal to the AWS
 * account: recordings' key prefixes contain the account number, and the detail names their bucket.
 */
export function detailForOwner(detail: StreamEvent['detail']): OwnersDetail {
  return ownersDetail.parse(detail);
}
