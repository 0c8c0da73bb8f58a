import type { Stage } from '../../model/stage.ts';
import type { Database } from '../../store/database.ts';
import { getChannelByUsername } from '../channelPage.ts';
import { readStage, stageOf } from './stageRead.ts';

/** Somebody whose camera or microphone is on the stage. */
export interface Publisher {
  readonly participantId: string;
  /** The guest it is; undefined for the host. */
  readonly guest: { readonly userId: string; readonly username: string } | undefined;
}

export interface StagePage {
  /** Of the host. */
  readonly username: string;
  readonly isLive: boolean;
  readonly publishers: readonly Publisher[];
}

/**
 * The stage of the user called `username`, in any case, as IVS's events tell of it. Two database requests.
 *
 * @throws NotFoundError
 */
export async function getStagePage(
  database: Database<'channels' | 'stages'>,
  username: string,
): Promise<StagePage> {
  const channel = await getChannelByUsername(database, username);
  const stage = await readStage(database, stageOf(channel).id);
  return { username: channel.username, isLive: stage.isLive, publishers: publishersOf(stage) };
}

function publishersOf({ publishedParticipants, invitations = [] }: Stage): Publisher[] {
  return publishedParticipants.map(participantId => {
    const invitation = invitations.find(candidate => candidate.participantId === participantId);
    if (invitation === undefined) return { participantId, guest: undefined };
    const { userId, username } = invitation;
    return { participantId, guest: { userId, username } };
  });
}
