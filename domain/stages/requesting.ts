import type { ChannelPageRow } from '../../model/channel.ts';
import type { OpenStageRequest, Stage } from '../../model/stage.ts';
import { addMs, type Timestamp, toTimestamp } from '../../model/time.ts';
import { retryOnConflict } from '../../store/conflicts.ts';
import type { Database } from '../../store/database.ts';
import { getRequest, putRequest, takeRequestBack } from '../../store/stageRequests.ts';
import type { Caller } from '../accounts/tokens.ts';
import { getChannelByUsername } from '../channelPage.ts';
import { ConflictError, ForbiddenError } from '../errors.ts';
import { isUsable } from './invitations.ts';
import { DECLINED_MS, expiryOf, keptUntil, MAX_REQUESTS, openRequests } from './requests.ts';
import { readStage, stageOf } from './stageRead.ts';

export interface RequestingDependencies {
  readonly database: Database<'channels' | 'stages' | 'stageRequests' | 'bans' | 'users'>;
  readonly clock: () => Date;
}

type Viewer = Pick<Caller, 'userId'>;

/** What became of a user's wish to come on a stage. */
export type RequestState =
  | { readonly state: 'none' }
  | { readonly state: 'open' | 'declined'; readonly requestedAt: Timestamp; readonly expiresAt: Timestamp }
  | { readonly state: 'invited'; readonly expiresAt: Timestamp };

/**
 * Asks the host `username` to let the caller come on stage. A caller who has an open request or a usable
 * invitation gets it, and nothing changes. Three database requests; more only when other writers change the stage
 * at the same time.
 *
 * @throws NotFoundError when the stage does not exist
 * @throws ConflictError when the caller is the host or is being deleted, when neither the stage nor the host's
 * channel is live, when the stage has too many open requests, or when the host has just declined one
 * @throws ForbiddenError when the caller is banned from the host's channel
 * @throws TransactionContentionError when too many writers of the stage conflict
 */
export async function requestStage(
  { database, clock }: RequestingDependencies,
  { userId }: Viewer,
  username: string,
): Promise<RequestState> {
  const channel = await getChannelByUsername(database, username);
  if (channel.userId === userId)
    throw new ConflictError('self', 'the host needs no request, because the host can always publish');
  const { id } = stageOf(channel);
  return retryOnConflict(async () => {
    const stage = await readStage(database, id);
    const at = clock();
    const known = knownState(stage, channel, userId, at);
    if (known !== undefined) return known;
    const now = toTimestamp(at);
    const open = openRequests(stage, channel.openStreamId, now);
    requirePlace(stage, channel, open);
    const request: OpenStageRequest = {
      userId,
      requestedAt: now,
      ...(channel.isLive && channel.openStreamId !== undefined ? { streamId: channel.openStreamId } : {}),
    };
    const times = { requestedAt: now, createdAt: now, updatedAt: now };
    const row = { stageId: id, userId, ...times, expiresAt: keptUntil(expiryOf(request)) };
    const declinedSince = addMs(now, -DECLINED_MS);
    const added = { requests: [...open, request], row, channelId: channel.id, declinedSince };
    switch (await putRequest(database, stage, added, now)) {
      case 'added':
        return openState(request);
      case 'conflict':
        return 'conflict';
      case 'noUser':
        throw new ConflictError('account-closing', 'your account is being deleted');
      case 'banned':
        throw new ForbiddenError('banned', 'you are banned from this channel');
      case 'declined':
        return declined(database, id, userId);
    }
  });
}

/** @throws ConflictError when nobody may ask now, or when too many users have asked */
function requirePlace(stage: Stage, channel: ChannelPageRow, open: readonly OpenStageRequest[]): void {
  if (!stage.isLive && !channel.isLive)
    throw new ConflictError('stage-not-live', 'neither the stage nor the channel of the host is live');
  if (open.length >= MAX_REQUESTS)
    throw new ConflictError(
      'stage-requests-full',
      `the stage has ${MAX_REQUESTS} open requests: try again when the host has answered some of them`,
      { parameters: { limit: MAX_REQUESTS } },
    );
}

/** @throws ConflictError that says until when the user cannot ask */
async function declined(
  database: Database<'stageRequests'>,
  stageId: string,
  userId: string,
): Promise<'conflict'> {
  const declinedAt = (await getRequest(database, stageId, userId))?.declinedAt;
  // Time has passed, or TTL has deleted the row, since the condition failed.
  if (declinedAt === undefined) return 'conflict';
  const until = addMs(declinedAt, DECLINED_MS);
  throw new ConflictError('request-declined', `the host declined your request: try again after ${until}`, {
    parameters: { until },
  });
}

const openState = (request: OpenStageRequest): RequestState => ({
  state: 'open',
  requestedAt: request.requestedAt,
  expiresAt: expiryOf(request),
});

/** Returns the state that the stage's row knows: the user is invited or has an open request. */
function knownState(
  stage: Stage,
  { openStreamId }: ChannelPageRow,
  userId: string,
  now: Date,
): RequestState | undefined {
  const ofUser = (one: { readonly userId: string }) => one.userId === userId;
  const invitation = stage.invitations?.find(candidate => ofUser(candidate) && isUsable(candidate, now));
  if (invitation !== undefined) return { state: 'invited', expiresAt: invitation.expiresAt };
  const request = openRequests(stage, openStreamId, toTimestamp(now)).find(ofUser);
  return request === undefined ? undefined : openState(request);
}

/**
 * Returns what became of the caller's request to come on the stage of the user `username`. Three database
 * requests.
 *
 * @throws NotFoundError when the stage does not exist
 */
export async function getOwnRequest(
  { database, clock }: RequestingDependencies,
  { userId }: Viewer,
  username: string,
): Promise<RequestState> {
  const channel = await getChannelByUsername(database, username);
  const { id } = stageOf(channel);
  const [stage, row] = await Promise.all([readStage(database, id), getRequest(database, id, userId)]);
  const now = clock();
  const known = knownState(stage, channel, userId, now);
  if (known !== undefined) return known;
  if (row?.declinedAt === undefined) return { state: 'none' };
  const expiresAt = addMs(row.declinedAt, DECLINED_MS);
  if (expiresAt <= toTimestamp(now)) return { state: 'none' };
  return { state: 'declined', requestedAt: row.requestedAt, expiresAt };
}

/**
 * Takes the caller's request to come on the stage of the user `username` back. Without one, nothing changes. Three
 * database requests; two when there is no request.
 *
 * @throws NotFoundError when the channel has no stage
 * @throws TransactionContentionError when too many writers of the stage conflict
 */
export async function withdrawRequest(
  { database, clock }: RequestingDependencies,
  { userId }: Viewer,
  username: string,
): Promise<void> {
  const { id } = stageOf(await getChannelByUsername(database, username));
  await takeRequestBack(database, id, userId, clock);
}
