import type { StageInvitation } from '../../model/stage.ts';
import type { Database } from '../../store/database.ts';
import type { Caller } from '../accounts/tokens.ts';
import { placesTaken } from './invitations.ts';
import { ownChannel, readStage, stageOf } from './stageRead.ts';

/** An invitation, and whether its guest is publishing. */
export interface ListedInvitation {
  readonly invitation: StageInvitation;
  readonly isPublishing: boolean;
}

/**
 * Lists the invitations that use a place on the caller's stage, oldest first; at most 11. Two database
 * requests.
 *
 * @throws NotFoundError when the caller has no stage
 */
export async function listInvitations(
  { database, clock }: { readonly database: Database<'channels' | 'stages'>; readonly clock: () => Date },
  caller: Pick<Caller, 'channelId'>,
): Promise<readonly ListedInvitation[]> {
  const channel = await ownChannel(database, caller.channelId);
  const stage = await readStage(database, stageOf(channel).id);
  return placesTaken(stage, clock()).map(invitation => ({
    invitation,
    isPublishing: stage.publishedParticipants.includes(invitation.participantId),
  }));
}
