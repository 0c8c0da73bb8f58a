import type { Budget } from '../../ivs/budget.ts';
import type { ParticipantToken, StageControl } from '../../ivs/ports.ts';
import { tokenAttributes } from '../../model/profile.ts';
import { seedMarkOf } from '../../model/row.ts';
import type { Stage, StageInvitation, StageToken } from '../../model/stage.ts';
import { type Timestamp, toTimestamp } from '../../model/time.ts';
import { findByUsername } from '../../store/channels.ts';
import { retryOnConflict } from '../../store/conflicts.ts';
import type { Database } from '../../store/database.ts';
import { changeGuests } from '../../store/stageTokens.ts';
import type { Caller } from '../accounts/tokens.ts';
import { ConflictError, NotFoundError } from '../errors.ts';
import { withStageErrors } from '../ivsAnswers.ts';
import { type GuestEventDependencies, sendGuestEvent } from './guestEvents.ts';
import { isUsable, MAX_INVITATIONS, placesTaken } from './invitations.ts';
import { PUBLISHING } from './joining.ts';
import { ownChannel, readStage, stageOf } from './stageRead.ts';

export interface InvitingDependencies extends GuestEventDependencies {
  readonly database: Database<'channels' | 'stages' | 'stageTokens' | 'stageRequests' | 'bans'>;
  readonly stages: Pick<StageControl, 'createToken'>;
  /** The base URL of recordings and images, without a slash at the end. */
  readonly recordingsUrl: string;
  readonly clock: () => Date;
}

// Long enough for the guest to notice and decide, and to rejoin with the same token after a lost connection.
const INVITATION_MINUTES = 60;

/**
 * Invites the user `username` to the caller's stage and informs the caller's chat room. For a user with a
 * usable invitation nothing is created or sent. If the user has asked to come on stage, this accepts the request. Four database requests, more only when other writers change
 * the stage at the same time; three for an invited user.
 *
 * IVS creates at most one token, and only when the stage has a free place. If the place is taken in the
 * meantime or the write fails, the token is discarded; no client has seen it.
 *
 * @throws NotFoundError when the user does not exist or the caller has no stage
 * @throws ConflictError when the user is the caller or is banned, when all places are taken, or when the stage does not
 * exist at IVS
 * @throws BusyError when IVS is busy
 * @throws TransactionContentionError when too many writers of the stage conflict
 */
export async function inviteGuest(
  dependencies: InvitingDependencies,
  caller: Pick<Caller, 'userId' | 'channelId'>,
  username: string,
  budget: Budget,
): Promise<StageInvitation> {
  const { database, stages, clock, recordingsUrl } = dependencies;
  const [channel, found] = await Promise.all([
    ownChannel(database, caller.channelId),
    findByUsername(database, username),
  ]);
  if (found === undefined) throw new NotFoundError('user');
  const guest = { userId: found.userId, username: found.username };
  if (guest.userId === caller.userId)
    throw new ConflictError('self', 'the host cannot be invited, because the host can always publish');
  const { arn, id } = stageOf(channel);
  const first = await readStage(database, id);
  const existing = usableInvitation(first, guest.userId, clock());
  if (existing !== undefined) return existing;

  const request = {
    userId: guest.userId,
    attributes: tokenAttributes(found, recordingsUrl),
    capabilities: PUBLISHING,
    minutes: INVITATION_MINUTES,
  };
  const made = await withStageErrors(stages.createToken(arn, request, budget));
  const invitation = await place(dependencies, channel.id, first, guest, made);
  // If the answer to the write was lost, the next read finds this invitation, which is also new.
  if (invitation.participantId === made.participantId)
    await sendGuestEvent(dependencies, channel, 'stage:invitation', invitation, budget);
  return invitation;
}

/**
 * Writes the invitation of `guest` with its token, or returns an invitation that another request wrote in the
 * meantime.
 */
function place(
  { database, clock }: InvitingDependencies,
  channelId: string,
  first: Stage,
  guest: Pick<StageInvitation, 'userId' | 'username'>,
  { participantId, token, expiresAt }: ParticipantToken,
): Promise<StageInvitation> {
  let read: Stage | undefined = first;
  return retryOnConflict(async () => {
    const stage: Stage = read ?? (await readStage(database, first.id));
    read = undefined;
    const at = clock();
    const existing = usableInvitation(stage, guest.userId, at);
    if (existing !== undefined) return existing;
    const now = toTimestamp(at);
    const invitation = { ...guest, participantId, invitedAt: now, expiresAt };
    const others = placesTaken(stage, at).filter(({ userId }) => userId !== guest.userId);
    const change = {
      invitations: [...others, invitation],
      added: { token: tokenRow(stage, invitation, token, now), channelId },
    };
    switch (await changeGuests(database, stage, change, now)) {
      case 'changed':
        return invitation;
      case 'conflict':
        return 'conflict';
      case 'banned':
        throw new ConflictError('user-banned', 'the user is banned from your channel: lift the ban first');
    }
  });
}

/**
 * Returns the user's usable invitation. Undefined when the user needs a new one and a place is free. An
 * invitation of the user that expires too soon is replaced and keeps its place.
 *
 * @throws ConflictError when all places are taken
 */
function usableInvitation(stage: Stage, userId: string, now: Date): StageInvitation | undefined {
  const taken = placesTaken(stage, now);
  const own = taken.find(invitation => invitation.userId === userId);
  if (own !== undefined && isUsable(own, now)) return own;
  if (own === undefined && taken.length >= MAX_INVITATIONS)
    throw new ConflictError(
      'stage-full',
      `all ${MAX_INVITATIONS} guest places of the stage are taken: withdraw an invitation first`,
      { parameters: { limit: MAX_INVITATIONS } },
    );
  return undefined;
}

function tokenRow(
  stage: Stage,
  { userId, participantId, expiresAt }: StageInvitation,
  token: string,
  now: Timestamp,
): StageToken {
  return {
    stageId: stage.id,
    participantId,
    userId,
    token,
    expiresAt: Math.floor(Date.parse(expiresAt) / 1000),
    createdAt: now,
    updatedAt: now,
    ...seedMarkOf(stage),
  };
}
