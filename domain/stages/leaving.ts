import type { Budget } from '../../ivs/budget.ts';
import type { StageControl } from '../../ivs/ports.ts';
import type { Channel } from '../../model/channel.ts';
import type { StageInvitation } from '../../model/stage.ts';
import { toTimestamp } from '../../model/time.ts';
import { usernameKeyOf } from '../../model/username.ts';
import { findByUsername } from '../../store/channels.ts';
import { retryOnConflict } from '../../store/conflicts.ts';
import type { Database } from '../../store/database.ts';
import { changeGuests } from '../../store/stageTokens.ts';
import type { Caller } from '../accounts/tokens.ts';
import { NotFoundError } from '../errors.ts';
import { ofStage } from '../ivsAnswers.ts';
import { type GuestNewsDependencies, tellRoom } from './guestNews.ts';
import { placesTaken } from './invitations.ts';
import { ownChannel, readStage, stageOf } from './stageRead.ts';

export interface LeavingDependencies extends GuestNewsDependencies {
  readonly database: Database<'channels' | 'stages' | 'stageTokens'>;
  readonly stages: Pick<StageControl, 'disconnect'>;
  readonly clock: () => Date;
}

type Owner = Pick<Caller, 'channelId'>;

/**
 * Ends the invitation of the user called `username` to the caller's stage, throws them off it and tells the caller's
 * chat room; done again, it changes nothing. Five database requests, three when there is nothing to end.
 *
 * The name may be the one in the list of invitations, which is how the user was called then.
 *
 * @throws NotFoundError when nobody has that name, or the caller has no stage
 * @throws BusyError when IVS is busy: the invitation stands still
 * @throws TransactionContentionError when the stage has too many writers at once
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
    await throwOff(dependencies, channel, invitation.participantId, 'the invitation is withdrawn', budget);
  else if (user === undefined) throw new NotFoundError('user');
}

/**
 * Throws a participant off the caller's stage. A guest's invitation is over with it: the same token would bring them
 * back. Three database requests for a guest, else two.
 *
 * @throws NotFoundError when the caller has no stage
 * @throws BusyError when IVS is busy: nothing has changed
 * @throws TransactionContentionError when the stage has too many writers at once
 */
export async function disconnectParticipant(
  dependencies: LeavingDependencies,
  caller: Owner,
  participantId: string,
  budget: Budget,
): Promise<void> {
  const channel = await ownChannel(dependencies.database, caller.channelId);
  await throwOff(dependencies, channel, participantId, 'disconnected by the host', budget);
}

/**
 * IVS first: should anything fail after it, the invitation stands, and the same request does all of it again. The
 * other way round nobody would know any more whom to disconnect.
 */
async function throwOff(
  dependencies: LeavingDependencies,
  channel: Channel,
  participantId: string,
  reason: string,
  budget: Budget,
): Promise<void> {
  const { arn, id } = stageOf(channel);
  await ofStage(dependencies.stages.disconnect(arn, participantId, reason, budget));
  const ended = await endInvitation(dependencies, id, participantId);
  if (ended !== 'none') await tellRoom(dependencies, channel, 'stage:invitation-withdrawn', ended, budget);
}

/**
 * Ends the invitation that `participantId` is of, with its token, and gives it.
 *
 * @throws NotFoundError when there is no such stage
 * @throws TransactionContentionError when the stage has too many writers at once
 */
export function endInvitation(
  { database, clock }: { readonly database: Database<'stages' | 'stageTokens'>; readonly clock: () => Date },
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
    return (await changeGuests(database, stage, { invitations }, toTimestamp(now))) ? ended : 'conflict';
  });
}
