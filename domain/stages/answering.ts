import type { OpenStageRequest } from '../../model/stage.ts';
import { addMs, type Timestamp, toTimestamp } from '../../model/time.ts';
import { findByUsername } from '../../store/channels.ts';
import { retryOnConflict } from '../../store/conflicts.ts';
import type { Database } from '../../store/database.ts';
import type { Page } from '../../store/pages.ts';
import { declineRequest as decline } from '../../store/stageRequests.ts';
import { getShownUsers, type ShownUser } from '../../store/users.ts';
import type { Caller } from '../accounts/tokens.ts';
import type { CursorCodec } from '../cursors.ts';
import { NotFoundError } from '../errors.ts';
import { type List, type ListRequest, readList } from '../lists.ts';
import { DECLINED_MS, expiryOf, keptUntil, openRequests } from './requests.ts';
import { ownChannel, readStage, stageOf } from './stageRead.ts';

export interface AnsweringDependencies {
  readonly database: Database<'channels' | 'stages' | 'stageRequests' | 'users'>;
  readonly clock: () => Date;
}

type Host = Pick<Caller, 'channelId'>;

/** A request to come on the caller's stage, with the current name of its user. */
export interface ListedStageRequest {
  readonly user: ShownUser;
  readonly requestedAt: Timestamp;
  readonly expiresAt: Timestamp;
}

/**
 * Lists the open requests to come on the caller's stage, oldest first. Three database requests per page. A user
 * who is deleted between the requests is left out.
 *
 * @throws NotFoundError when the caller has no stage
 * @throws InvalidCursorError when the cursor does not belong to this list
 */
export async function listRequests(
  { database, clock }: AnsweringDependencies,
  cursors: CursorCodec,
  { channelId }: Host,
  request: ListRequest,
): Promise<List<ListedStageRequest>> {
  const channel = await ownChannel(database, channelId);
  const { id } = stageOf(channel);
  const { items, nextCursor } = await readList(cursors, ['listStageRequests', id], request, async page => {
    const open = openRequests(await readStage(database, id), channel.openStreamId, toTimestamp(clock()));
    return pageOf(open, page.limit, page.after);
  });
  const users = await getShownUsers(
    database,
    items.map(({ userId }) => userId),
  );
  const requests = items.flatMap(one => {
    const user = users.get(one.userId);
    return user === undefined ? [] : [{ user, requestedAt: one.requestedAt, expiresAt: expiryOf(one) }];
  });
  return { items: requests, nextCursor };
}

/** Returns the requests after the one with the key `after`, which may have ended in the meantime. */
function pageOf(
  open: readonly OpenStageRequest[],
  limit: number,
  after: Page<OpenStageRequest>['next'],
): Page<OpenStageRequest> {
  const place = ({ requestedAt, userId }: OpenStageRequest) => `${requestedAt} ${userId}`;
  const last = after === undefined ? '' : `${after['requestedAt']} ${after['userId']}`;
  const rest = open.toSorted((a, b) => (place(a) < place(b) ? -1 : 1)).filter(one => place(one) > last);
  const items = rest.slice(0, limit);
  const end = items.at(-1);
  if (end === undefined || rest.length === items.length) return { items };
  return { items, next: { requestedAt: end.requestedAt, userId: end.userId } };
}

/**
 * Declines the request of the user `username` to come on the caller's stage. The user cannot ask again for ten
 * minutes. Without an open request, nothing changes. Four database requests; three when there is no request.
 *
 * @throws NotFoundError when no user has that name, or the caller has no stage
 * @throws TransactionContentionError when too many writers of the stage conflict
 */
export async function declineRequest(
  { database, clock }: AnsweringDependencies,
  { channelId }: Host,
  username: string,
): Promise<void> {
  const [channel, user] = await Promise.all([
    ownChannel(database, channelId),
    findByUsername(database, username),
  ]);
  const { id } = stageOf(channel);
  if (user === undefined) throw new NotFoundError('user');
  const { userId } = user;
  await retryOnConflict(async () => {
    const stage = await readStage(database, id);
    const now = toTimestamp(clock());
    const open = openRequests(stage, channel.openStreamId, now);
    if (!open.some(request => request.userId === userId)) return 'none';
    const expiresAt = keptUntil(addMs(now, DECLINED_MS));
    return (await decline(database, stage, { userId, expiresAt }, now)) ? 'declined' : 'conflict';
  });
}
