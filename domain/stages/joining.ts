import type { Budget } from '../../ivs/budget.ts';
import type { ParticipantTokenRequest, StageCapability, StageControl } from '../../ivs/ports.ts';
import { type ProfileCard, tokenAttributes } from '../../model/profile.ts';
import { type Timestamp, toTimestamp } from '../../model/time.ts';
import type { User } from '../../model/user.ts';
import { getBan, isInForce } from '../../store/bans.ts';
import type { Database } from '../../store/database.ts';
import { getStageToken } from '../../store/stageTokens.ts';
import { getActiveUser } from '../accounts/profile.ts';
import type { Caller } from '../accounts/tokens.ts';
import { getChannelByUsername } from '../channelPage.ts';
import { withStageErrors } from '../ivsAnswers.ts';
import { isUsable } from './invitations.ts';
import { readStage, stageOf } from './stageRead.ts';

export interface JoiningDependencies {
  readonly database: Database<'channels' | 'stages' | 'stageTokens' | 'bans' | 'users'>;
  readonly stages: StageControl;
  /** The base URL of recordings and images, without a slash at the end. */
  readonly recordingsUrl: string;
  readonly clock: () => Date;
}

/** The values with which a client joins a stage. */
export interface StageAccess {
  /** A secret of the caller. */
  readonly token: string;
  readonly participantId: string;
  readonly expiresAt: Timestamp;
  readonly capabilities: readonly StageCapability[];
}

/** The capabilities of hosts and guests. */
export const PUBLISHING: readonly StageCapability[] = ['PUBLISH', 'SUBSCRIBE'];
const WATCHING: readonly StageCapability[] = ['SUBSCRIBE'];

// A participant who has joined stays when the token expires. A stolen token is useful for as long as an
// access token.
const JOIN_MINUTES = 15;

/**
 * Returns a token for the stage of the user `username`: the host publishes, an invited guest publishes as the
 * participant of their invitation, and other callers watch. One database request for a guest, two for the
 * host, three for another user, and five without a call of IVS for an invited user. The token carries the
 * user's current name and profile; that of an invited user, those at the time of the invitation.
 *
 * A banned user can watch, as anybody can without signing in, and cannot publish.
 *
 * @param caller undefined for an anonymous guest
 * @throws UnauthenticatedError when the caller's account is deleted or being deleted
 * @throws NotFoundError when the stage does not exist
 * @throws ConflictError when the stage does not exist at IVS
 * @throws BusyError when IVS is busy: it creates 50 tokens per second for all stages together
 */
export async function joinStage(
  dependencies: JoiningDependencies,
  caller: Pick<Caller, 'userId'> | undefined,
  username: string,
  budget: Budget,
): Promise<StageAccess> {
  const { database, stages, recordingsUrl } = dependencies;
  const [channel, user] = await Promise.all([
    getChannelByUsername(database, username),
    caller === undefined ? undefined : getActiveUser(database, caller),
  ]);
  const stage = stageOf(channel);
  const isHost = caller?.userId === channel.userId;
  if (caller !== undefined && !isHost) {
    const invited = await invitedAccess(dependencies, channel.id, stage.id, caller.userId);
    if (invited !== undefined) return invited;
  }
  const capabilities = isHost ? PUBLISHING : WATCHING;
  const request = { ...identityOf(user, recordingsUrl), capabilities, minutes: JOIN_MINUTES };
  const made = await withStageErrors(stages.createToken(stage.arn, request, budget));
  return { ...made, capabilities };
}

/** Returns the token of the user's invitation, if it is usable. */
async function invitedAccess(
  { database, clock }: JoiningDependencies,
  channelId: string,
  stageId: string,
  userId: string,
): Promise<StageAccess | undefined> {
  const { invitations = [] } = await readStage(database, stageId);
  const invitation = invitations.find(candidate => candidate.userId === userId);
  if (invitation === undefined || !isUsable(invitation, clock())) return undefined;
  const { participantId, expiresAt } = invitation;
  // Read after the stage: an invitation that was withdrawn in between has no token.
  // A ban is stored before the invitation is ended.
  const [row, ban] = await Promise.all([
    getStageToken(database, stageId, participantId),
    getBan(database, channelId, userId),
  ]);
  if (row?.userId !== userId) return undefined;
  if (ban !== undefined && isInForce(ban, toTimestamp(clock()))) return undefined;
  return { token: row.token, participantId, expiresAt, capabilities: PUBLISHING };
}

/**
 * Returns the identity that participants see: the id, name and profile of a user, or empty values for an
 * anonymous guest.
 */
function identityOf(
  user: Pick<User, 'id' | 'username' | keyof ProfileCard> | undefined,
  recordingsUrl: string,
): Pick<ParticipantTokenRequest, 'userId' | 'attributes'> {
  if (user === undefined) return { userId: '', attributes: {} };
  return { userId: user.id, attributes: tokenAttributes(user, recordingsUrl) };
}
