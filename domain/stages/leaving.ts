import type { Budget } from '../../ivs/budget.ts';
import type { StageControl } from '../../ivs/ports.ts';
import type { Channel } from '../../model/channel.ts';
import type { StageInvitation } from '../../model/stage.ts';
import { toTimestamp } from '../../model/time.ts';
import { usernameKeyOf } from '../../model/username.ts';
import { findByUsername } from '../../store/channels.ts';
import { retryOnConflict } from '../../store/conflicts.ts';
import type { Database } from '../../store/database.ts';
import { takeRequestBack } from '../../store/stageRequests.ts';
import { getStage } from '../../store/stages.ts';
import { changeGuests } from '../../store/stageTokens.ts';
import type { Caller } from '../accounts/tokens.ts';
import { getChannelByUsername } from '../channelPage.ts';
import { NotFoundError } from '../errors.ts';
import { withStageErrors } from '../ivsAnswers.ts';
import { type GuestEventDependencies, sendGuestEvent } from './guestEvents.ts';
import { placesTaken } from './invitations.ts';
import { ownChannel, readStage, stageOf } from './stageRead.ts';

export interface LeavingDependencies extends GuestEventDependencies {
  readonly database: Database<'channels' | 'stages' | 'stageTokens' | 'stageRequests' | 'bans'>;
  readonly stages: Pick<StageControl, 'disconnect'>;
  readonly clock: () => Date;
}

type Owner = Pick<Caller, 'channelId'>;

/**
 * Ends the invitation of the user `username` to the caller's stage, disconnects the user from the stage and
 * informs the caller's chat room. A repetition changes nothing. Five database requests, three when there is
 * no invitation.
 *
 * The name may be the current one or the one in the list of invitations.
 *
 * @throws NotFoundError when no user has that name, or the caller has no stage
 * @throws BusyError when IVS is busy: the invitation still exists
 * @throws TransactionContentionError when too many writers of the stage conflict
 */
export async function withdrawInvitation(
  dependencies: LeavingDependencies,
  caller: Owner,
  username: string,
  budget: Budget,
): Promise<void> {
  const { database } = dependencies;
  const [channel, user] = await Promise.all([
    ownChannel(database, caller.channelId),
    findByUsername(database, username),
  ]);
  const { invitations = [] } = await readStage(database, stageOf(channel).id);
  const key = usernameKeyOf(username);
  const invitation =
    invitations.find(candidate => candidate.userId === user?.userId) ??
    invitations.find(candidate => usernameKeyOf(candidate.username) === key);
  if (invitation !== undefined)
    await disconnectAndEnd(
      dependencies,
      channel,
      invitation.participantId,
      'the invitation is withdrawn',
      budget,
    );
  else if (user === undefined) throw new NotFoundError('user');
}

/**
 * Disconnects a participant from the caller's stage. A guest's invitation ends too, because its token would
 * let the guest join again. Two database requests; three for a guest.
 *
 * @throws NotFoundError when the caller has no stage
 * @throws BusyError when IVS is busy: nothing has changed
 * @throws TransactionContentionError when too many writers of the stage conflict
 */
export async function disconnectParticipant(
  dependencies: LeavingDependencies,
  caller: Owner,
  participantId: string,
  budget: Budget,
): Promise<void> {
  const channel = await ownChannel(dependencies.database, caller.channelId);
  await disconnectAndEnd(dependencies, channel, participantId, 'disconnected by the host', budget);
}

/**
 * Ends the caller's own invitation to the stage of the user `username`, disconnects the caller from the stage and
 * informs the host's chat room. The place on the stage is free then. Without an invitation, nothing changes. Four
 * database requests; two when there is no invitation.
 *
 * @throws NotFoundError when the stage does not exist
 * @throws BusyError when IVS is busy: the invitation still exists
 * @throws TransactionContentionError when too many writers of the stage conflict
 */
export async function leaveStage(
  dependencies: LeavingDependencies,
  { userId }: Pick<Caller, 'userId'>,
  username: string,
  budget: Budget,
): Promise<void> {
  const { database } = dependencies;
  const channel = await getChannelByUsername(database, username);
  const { invitations = [] } = await readStage(database, stageOf(channel).id);
  const own = invitations.find(candidate => candidate.userId === userId);
  if (own === undefined) return;
  await disconnectAndEnd(dependencies, channel, own.participantId, 'the guest has left', budget);
}

/**
 * Ends the participation of a user in the stage of `channel`, because the user was banned: their invitation with its
 * connection, and their open request. The ban is already stored, and neither can be made while it applies, so nothing is
 * missed. One database request; three more for an invitation, and two more for a request.
 *
 * @throws BusyError when IVS is busy: the invitation still exists
 * @throws TransactionContentionError when too many writers of the stage conflict
 */
export async function endParticipation(
  dependencies: LeavingDependencies,
  channel: Pick<Channel, 'id' | 'chatRoomArn' | 'stageArn'>,
  userId: string,
  reason: string,
  budget: Budget,
): Promise<void> {
  if (channel.stageArn === undefined) return;
  const { database, clock } = dependencies;
  const { id } = stageOf(channel);
  const stage = await getStage(database, id);
  const invitation = stage?.invitations?.find(candidate => candidate.userId === userId);
  if (invitation !== undefined)
    await disconnectAndEnd(dependencies, channel, invitation.participantId, reason, budget);
  if (stage?.requests?.some(request => request.userId === userId) === true)
    await takeRequestBack(database, id, userId, clock);
}

/**
 * Disconnects at IVS first. If a later step fails, the invitation still exists, and repeating the request
 * does all steps again. In the other order, the participant to disconnect would be unknown.
 */
async function disconnectAndEnd(
  dependencies: LeavingDependencies,
  channel: Pick<Channel, 'id' | 'chatRoomArn' | 'stageArn'>,
  participantId: string,
  reason: string,
  budget: Budget,
): Promise<void> {
  const { arn, id } = stageOf(channel);
  await withStageErrors(dependencies.stages.disconnect(arn, participantId, reason, budget));
  const ended = await endInvitation(dependencies, id, participantId);
  if (ended !== 'none')
    await sendGuestEvent(dependencies, channel, 'stage:invitation-withdrawn', ended, budget);
}

/**
 * Ends and returns the invitation of `participantId`, and deletes its token.
 *
 * @throws NotFoundError when the stage does not exist
 * @throws TransactionContentionError when too many writers of the stage conflict
 */
export function endInvitation(
  {
    database,
    clock,
  }: {
    readonly database: Database<'stages' | 'stageTokens' | 'stageRequests' | 'bans'>;
    readonly clock: () => Date;
  },
  stageId: string,
  participantId: string,
): Promise<StageInvitation | 'none'> {
  return retryOnConflict(async () => {
    const stage = await readStage(database, stageId);
    const ended = stage.invitations?.find(candidate => candidate.participantId === participantId);
    if (ended === undefined) return 'none';
    const now = clock();
    const invitations = placesTaken(stage, now).filter(
      invitation => invitation.participantId !== participantId,
    );
    return (await changeGuests(database, stage, { invitations }, toTimestamp(now))) === 'changed'
      ? ended
      : 'conflict';
  });
}
