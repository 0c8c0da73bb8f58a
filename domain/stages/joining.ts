import type { Budget } from '../../ivs/budget.ts';
import type { ParticipantTokenRequest, StageCapability, StageControl } from '../../ivs/ports.ts';
import type { Timestamp } from '../../model/time.ts';
import type { User } from '../../model/user.ts';
import type { Database } from '../../store/database.ts';
import { getStageToken } from '../../store/stageTokens.ts';
import { getActiveUser } from '../accounts/profile.ts';
import type { Caller } from '../accounts/tokens.ts';
import { getChannelByUsername } from '../channelPage.ts';
import { ofStage } from '../ivsAnswers.ts';
import { isGood } from './invitations.ts';
import { readStage, stageOf } from './stageRead.ts';

export interface JoiningDependencies {
  readonly database: Database<'channels' | 'stages' | 'stageTokens' | 'users'>;
  readonly stages: StageControl;
  readonly clock: () => Date;
}

/** What a client joins a stage with. */
export interface StageAccess {
  /** A secret of the one who asked. */
  readonly token: string;
  readonly participantId: string;
  readonly expiresAt: Timestamp;
  readonly capabilities: readonly StageCapability[];
}

/** What hosts and guests may do. */
export const PUBLISHING: readonly StageCapability[] = ['PUBLISH', 'SUBSCRIBE'];
const WATCHING: readonly StageCapability[] = ['SUBSCRIBE'];

// A token is for joining, and whoever has joined stays when it ends. One that gets into wrong hands is of little use
// after as long as an access token.
const JOIN_MINUTES = 15;

/**
 * What the caller may join a stage with: the host to publish, a guest who is invited to publish as the participant of
 * their invitation, everybody else to watch. One database request for a guest, two for the host, three for another user,
 * four and no call of IVS for an invited one. The token carries the name that the user has now.
 *
 * Whether a user is banned from the chat is of no account here: that is another room.
 *
 * @param caller undefined for somebody unknown
 * @throws UnauthenticatedError when the caller has deleted their account
 * @throws NotFoundError when there is no such stage
 * @throws ConflictError when IVS does not have it
 * @throws BusyError when IVS is busy: it makes 50 tokens a second for all stages together
 */
export async function joinStage(
  dependencies: JoiningDependencies,
  caller: Pick<Caller, 'userId'> | undefined,
  username: string,
  budget: Budget,
): Promise<StageAccess> {
  const { database, stages } = dependencies;
  const [channel, user] = await Promise.all([
    getChannelByUsername(database, username),
    caller === undefined ? undefined : getActiveUser(database, caller),
  ]);
  const stage = stageOf(channel);
  const isHost = caller?.userId === channel.userId;
  if (caller !== undefined && !isHost) {
    const invited = await invitedAccess(dependencies, stage.id, caller.userId);
    if (invited !== undefined) return invited;
  }
  const capabilities = isHost ? PUBLISHING : WATCHING;
  const request = { ...identityOf(user), capabilities, minutes: JOIN_MINUTES };
  const made = await ofStage(stages.createToken(stage.arn, request, budget));
  return { ...made, capabilities };
}

/** The token of the user's invitation, if there is one that is good. */
async function invitedAccess(
  { database, clock }: JoiningDependencies,
  stageId: string,
  userId: string,
): Promise<StageAccess | undefined> {
  const { invitations = [] } = await readStage(database, stageId);
  const invitation = invitations.find(candidate => candidate.userId === userId);
  if (invitation === undefined || !isGood(invitation, clock())) return undefined;
  const { participantId, expiresAt } = invitation;
  // Read after the stage: an invitation that is withdrawn in between has no token any more.
  const row = await getStageToken(database, stageId, participantId);
  if (row?.userId !== userId) return undefined;
  return { token: row.token, participantId, expiresAt, capabilities: PUBLISHING };
}

/** Who everybody on the stage sees: an id and a name for a user, nobody for somebody unknown. */
function identityOf(
  user: Pick<User, 'id' | 'username'> | undefined,
): Pick<ParticipantTokenRequest, 'userId' | 'attributes'> {
  if (user === undefined) return { userId: '', attributes: {} };
  return { userId: user.id, attributes: { username: user.username } };
}
