import type { Budget } from '../../ivs/budget.ts';
import type { ParticipantToken, StageControl } from '../../ivs/ports.ts';
import { seedMarkOf } from '../../model/row.ts';
import type { Stage, StageInvitation, StageToken } from '../../model/stage.ts';
import { type Timestamp, toTimestamp } from '../../model/time.ts';
import { findByUsername } from '../../store/channels.ts';
import { retryOnConflict } from '../../store/conflicts.ts';
import type { Database } from '../../store/database.ts';
import { changeGuests } from '../../store/stageTokens.ts';
import type { Caller } from '../accounts/tokens.ts';
import { ConflictError, NotFoundError } from '../errors.ts';
import { ofStage } from '../ivsAnswers.ts';
import { type GuestNewsDependencies, tellRoom } from './guestNews.ts';
import { isGood, MAX_INVITATIONS, placesTaken } from './invitations.ts';
import { PUBLISHING } from './joining.ts';
import { ownChannel, readStage, stageOf } from './stageRead.ts';

export interface InvitingDependencies extends GuestNewsDependencies {
  readonly database: Database<'channels' | 'stages' | 'stageTokens'>;
  readonly stages: Pick<StageControl, 'createToken'>;
  readonly clock: () => Date;
}

// Long enough to be found, read and thought about; and a guest whose connection breaks comes back with the same token.
const INVITATION_MINUTES = 60;

/**
 * Invites the user called `username` to the caller's stage, and tells the caller's chat room. One who is invited
 * stays so: nothing is made, and nobody told again. Four database requests, more only when others write to the stage
 * at the same time; three when the user is invited.
 *
 * IVS is asked for one token at most, and only when the stage has a place free. When that place goes to another
 * meanwhile, or the write fails, the token is dropped: nobody has seen it.
 *
 * @throws NotFoundError when there is no such user, or the caller has no stage
 * @throws ConflictError when it is the caller, when every place is taken, or when IVS does not have the stage
 * @throws BusyError when IVS is busy
 * @throws TransactionContentionError when the stage has too many writers at once
 */
export async function inviteGuest(
  dependencies: InvitingDependencies,
  caller: Pick<Caller, 'userId' | 'channelId'>,
  username: string,
  budget: Budget,
): Promise<StageInvitation> {
  const { database, stages, clock } = dependencies;
  const [channel, found] = await Promise.all([
    ownChannel(database, caller.channelId),
    findByUsername(database, username),
  ]);
  if (found === undefined) throw new NotFoundError('user');
  const guest = { userId: found.userId, username: found.username };
  if (guest.userId === caller.userId)
    throw new ConflictError('self', 'the host cannot be invited: the host may always publish');
  const { arn, id } = stageOf(channel);
  const first = await readStage(database, id);
  const standing = roomFor(first, guest.userId, clock());
  if (standing !== undefined) return standing;

  const request = {
    userId: guest.userId,
    attributes: { username: guest.username },
    capabilities: PUBLISHING,
    minutes: INVITATION_MINUTES,
  };
  const made = await ofStage(stages.createToken(arn, request, budget));
  const invitation = await place(dependencies, first, guest, made);
  // When the answer to the write was lost, the next read finds this very invitation: it is new all the same.
  if (invitation.participantId === made.participantId)
    await tellRoom(dependencies, channel, 'stage:invitation', invitation, budget);
  return invitation;
}

/** Writes the invitation of `guest` with its token, or gives the one that somebody else wrote meanwhile. */
function place(
  { database, clock }: InvitingDependencies,
  first: Stage,
  guest: Pick<StageInvitation, 'userId' | 'username'>,
  { participantId, token, expiresAt }: ParticipantToken,
): Promise<StageInvitation> {
  let read: Stage | undefined = first;
  return retryOnConflict(async () => {
    const stage: Stage = read ?? (await readStage(database, first.id));
    read = undefined;
    const at = clock();
    const standing = roomFor(stage, guest.userId, at);
    if (standing !== undefined) return standing;
    const now = toTimestamp(at);
    const invitation = { ...guest, participantId, invitedAt: now, expiresAt };
    const others = placesTaken(stage, at).filter(({ userId }) => userId !== guest.userId);
    const change = {
      invitations: [...others, invitation],
      added: tokenRow(stage, invitation, token, now),
    };
    return (await changeGuests(database, stage, change, now)) ? invitation : 'conflict';
  });
}

/**
 * The good invitation that the user has. Undefined, they need one and there is a place for it: one of their own that
 * ends too soon to be of use is replaced, and keeps its place.
 *
 * @throws ConflictError when every place is taken
 */
function roomFor(stage: Stage, userId: string, now: Date): StageInvitation | undefined {
  const taken = placesTaken(stage, now);
  const own = taken.find(invitation => invitation.userId === userId);
  if (own !== undefined && isGood(own, now)) return own;
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
