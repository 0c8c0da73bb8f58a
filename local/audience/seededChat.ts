import { MOCK_ID_PREFIX } from '../../model/row.ts';
import { toTimestamp } from '../../model/time.ts';
import { reactions } from '../../seed/words.ts';
import { getChannel, listLive } from '../../store/channels.ts';
import { archive } from '../../store/chatMessages.ts';
import type { Database } from '../../store/database.ts';
import type { ChatRooms } from '../chat/chatRooms.ts';
import { newChatId } from '../chat/pushes.ts';
import { periodicTask } from '../schedules.ts';

export interface SeededChatOptions {
  readonly database: Database<'channels' | 'chatRooms' | 'chatMessages'>;
  /** Sends a message to the clients in a room, and to its archive. */
  readonly say: ChatRooms['say'];
  readonly clock: () => Date;
  /** Returns a number from 0 to 1. */
  readonly random: () => number;
}

/** Only so many channels have new messages, so that each has enough of them. */
const MOST_CHANNELS = 24;

/** The list of channels is read again after so many messages. */
const TURNS = 20;

/** A stack that runs for days must not fill its memory: about three hours of messages. */
const MOST_MESSAGES = 10_000;

/**
 * Returns a function that writes a message of a seeded user in the chat of a seeded live channel. Whoever has the chat
 * open sees it arrive. Others find it in the archive.
 */
export function seededChat(
  { database, say, clock, random }: SeededChatOptions,
  mostMessages = MOST_MESSAGES,
): () => Promise<void> {
  let channels: readonly LiveChannel[] = [];
  let written = 0;
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];

  return async () => {
    if (written >= mostMessages) return;
    if (written % TURNS === 0) {
      const { items } = await listLive(database, undefined, { limit: MOST_CHANNELS });
      channels = items.filter(({ openStreamId }) => openStreamId.startsWith(MOCK_ID_PREFIX));
    }
    written += 1;
    const [to, from] = [pick(channels), pick(channels)];
    const content = pick(reactions);
    if (to === undefined || from === undefined || content === undefined) return;
    const [channel, sender] = [await getChannel(database, to.id), await getChannel(database, from.id)];
    // The list can be a minute old.
    if (
      channel?.chatRoomArn === undefined ||
      sender === undefined ||
      channel.openStreamId !== to.openStreamId
    )
      return;
    const { userId, username } = sender;
    const id = newChatId();
    const attributes = { username, role: userId === channel.userId ? 'owner' : 'viewer' };
    if (await say(channel.chatRoomArn, { id, content, sender: { userId, attributes } })) return;
    const now = toTimestamp(clock());
    const room = channel.chatRoomArn.slice(channel.chatRoomArn.lastIndexOf('/') + 1);
    const message = {
      kind: 'message',
      messageId: id,
      sentAt: now,
      content,
      sender: { userId, username },
    } as const;
    await archive(database, room, [message], now);
  };
}

type LiveChannel = Awaited<ReturnType<typeof listLive>>['items'][number];

const MESSAGE_MS = 1_000;

/** Starts writing in the chats of seeded channels. */
export function chatInSeededChannels(options: SeededChatOptions, onFailure: (error: unknown) => void) {
  return periodicTask(MESSAGE_MS, seededChat(options), onFailure);
}
