import type { Budget } from '../../ivs/budget.ts';
import type { ChatControl } from '../../ivs/ports.ts';
import type { Database } from '../../store/database.ts';
import type { Caller } from '../accounts/tokens.ts';
import { ofRoom } from '../ivsAnswers.ts';
import { getModeratedChannel, roomArnOf } from './rooms.ts';

export interface MessageDependencies {
  readonly database: Database<'channels'>;
  readonly chat: Pick<ChatControl, 'deleteMessage'>;
}

// Clients see it, and so does who wrote the message.
const REASON = 'deleted by the owner of the channel';

/**
 * Deletes a message from a channel's chat: clients are told to remove it. Nothing is written here: the room's log says
 * so too, and the archive goes by that. IVS does not say whether there was such a message. One database request.
 *
 * @throws NotFoundError when there is no such channel
 * @throws ForbiddenError when it is somebody else's
 * @throws ConflictError when IVS does not have the room
 * @throws BusyError when IVS is busy
 */
export async function deleteMessage(
  { database, chat }: MessageDependencies,
  caller: Pick<Caller, 'channelId'>,
  { username, messageId }: { readonly username: string; readonly messageId: string },
  budget: Budget,
): Promise<void> {
  const roomArn = roomArnOf(await getModeratedChannel(database, caller, username));
  await ofRoom(chat.deleteMessage(roomArn, messageId, REASON, budget));
}
