import type { Stage } from '../../model/stage.ts';
import type { Database } from '../../store/database.ts';
import { getChannelByUsername } from '../channelPage.ts';
import { readStage, stageOf } from './stageRead.ts';

/** A participant whose camera or microphone is on the stage. */
export interface Publisher {
  readonly participantId: string;
  /** The guest who publishes; undefined for the host. */
  readonly guest: { readonly userId: string; readonly username: string } | undefined;
}

export interface StagePage {
  /** The host's name. */
  readonly username: string;
  readonly isLive: boolean;
  readonly publishers: readonly Publisher[];
}

/**
 * Reads the stage of the user `username`, regardless of case, in the state that IVS's events describe. Two
 * database requests.
 *
 * @throws NotFoundError when the stage does not exist
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
