import type { Budget } from '../../ivs/budget.ts';
import type { ChatControl } from '../../ivs/ports.ts';
import { toTimestamp } from '../../model/time.ts';
import { recordAct } from '../../store/audit.ts';
import type { Database } from '../../store/database.ts';
import type { Caller } from '../accounts/tokens.ts';
import { withRoomErrors } from '../ivsAnswers.ts';
import { getModeratedChannel, protectedUser, refused, roomArnOf } from './rooms.ts';

export interface MessageDependencies {
  readonly database: Database<'channels' | 'moderators' | 'users' | 'audit'>;
  readonly chat: Pick<ChatControl, 'deleteMessage'>;
  readonly clock: () => Date;
  /** Creates a unique id for an entry of the audit. */
  readonly newId: () => string;
}

// All clients see this text, including the author of the message.
const REASON = 'deleted by a moderator of the channel';

/** The message to delete. */
export interface MessageDeletion {
  readonly username: string;
  readonly messageId: string;
  /** The sender, as the caller's client showed it, and why. IVS does not tell who sent a message. */
  readonly senderId?: string | undefined;
  readonly reason?: string | undefined;
}

/**
 * Deletes a message from the chat of a channel that the caller owns or moderates: IVS tells clients to remove it. The
 * act is added to the audit first, on the condition that the caller may act, so a deletion that fails at IVS has an entry
 * for each try. The archive reads the deletion from the room's log. IVS does not report whether the message existed, or
 * who sent it. Two database requests for the owner, three for a moderator.
 *
 * @throws NotFoundError when the channel does not exist
 * @throws ForbiddenError when the caller neither owns nor moderates the channel, or is a moderator and the stated sender
 * is the owner or another moderator
 * @throws ConflictError when the room does not exist at IVS, or the owner's account is being deleted
 * @throws BusyError when IVS is busy
 */
export async function deleteMessage(
  { database, chat, clock, newId }: MessageDependencies,
  caller: Pick<Caller, 'userId' | 'channelId'>,
  { username, messageId, senderId, reason }: MessageDeletion,
  budget: Budget,
): Promise<void> {
  const { channel, actor, isOwner } = await getModeratedChannel(database, caller, username);
  const roomArn = roomArnOf(channel);
  if (!isOwner && senderId === channel.userId) throw protectedUser();
  const act = {
    action: 'delete-message' as const,
    messageId,
    ...(senderId === undefined ? {} : { userId: senderId }),
    ...(reason === undefined ? {} : { reason }),
  };
  const recorded = await recordAct(database, actor, act, newId(), toTimestamp(clock()));
  if (recorded === 'isModerator') throw protectedUser();
  if (recorded !== 'recorded') throw refused(recorded);
  await withRoomErrors(chat.deleteMessage(roomArn, messageId, REASON, budget));
}
