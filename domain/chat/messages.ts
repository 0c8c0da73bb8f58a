import type { Budget } from '../../ivs/budget.ts';
import type { ChatControl } from '../../ivs/ports.ts';
import type { Database } from '../../store/database.ts';
import type { Caller } from '../accounts/tokens.ts';
import { withRoomErrors } from '../ivsAnswers.ts';
import { getModeratedChannel, roomArnOf } from './rooms.ts';

export interface MessageDependencies {
  readonly database: Database<'channels'>;
  readonly chat: Pick<ChatControl, 'deleteMessage'>;
}

// All clients see this text, including the author of the message.
const REASON = 'deleted by the owner of the channel';

/**
 * Deletes a message from a channel's chat: IVS tells clients to remove it. Nothing is written here, because
 * the archive reads the deletion from the room's log. IVS does not report whether the message existed. One
 * database request.
 *
 * @throws NotFoundError when the channel does not exist
 * @throws ForbiddenError when the caller does not own the channel
 * @throws ConflictError when the room does not exist at IVS
 * @throws BusyError when IVS is busy
 */
export async function deleteMessage(
  { database, chat }: MessageDependencies,
  caller: Pick<Caller, 'channelId'>,
  { username, messageId }: { readonly username: string; readonly messageId: string },
  budget: Budget,
): Promise<void> {
  const roomArn = roomArnOf(await getModeratedChannel(database, caller, username));
  await withRoomErrors(chat.deleteMessage(roomArn, messageId, REASON, budget));
}
