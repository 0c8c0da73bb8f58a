import { IvsNotFoundError } from '../../ivs/errors.ts';
import type { ChatControl } from '../../ivs/ports.ts';
import type { Log } from '../../model/log.ts';
import { attributesOf } from '../../model/roomEvents.ts';
import { isSeeded } from '../../model/row.ts';
import { getChatRoom } from '../../store/chatRooms.ts';
import type { Database } from '../../store/database.ts';
import { getUser } from '../../store/users.ts';
import type { Receiver } from './announcer.ts';

export interface RoomReceiverDependencies {
  readonly database: Database<'users' | 'chatRooms'>;
  readonly chat: Pick<ChatControl, 'sendEvent'>;
  readonly log: Log;
}

/**
 * Creates the receiver that sends an event to the owner's chat room: one call of IVS. For a stage, two
 * requests find the room. An owner without a room costs no call.
 */
export function roomReceiver({ database, chat, log }: RoomReceiverDependencies): Receiver {
  return async ({ name, state, userId, chatRoomArn }, budget) => {
    const arn = 'stageId' in state ? await roomOf(database, userId) : chatRoomArn;
    if (arn === undefined || isSeeded(arn)) return;
    try {
      await chat.sendEvent(arn, name, attributesOf(state), budget);
    } catch (error) {
      if (!(error instanceof IvsNotFoundError)) throw error;
      log.info('the chat room of an announcement does not exist any more', { room: arn, id: state.id });
    }
  };
}

async function roomOf(
  database: Database<'users' | 'chatRooms'>,
  userId: string,
): Promise<string | undefined> {
  const user = await getUser(database, userId);
  if (user?.chatRoomId === undefined) return undefined;
  return (await getChatRoom(database, user.chatRoomId))?.arn;
}
