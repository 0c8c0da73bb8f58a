import {
  type ChatDeletion,
  type ChatMessage,
  type ChatMinute,
  chatDeletionKey,
  chatMessageKey,
  chatMinuteKey,
} from '../model/chatMessage.ts';
import { MOCK_ID_PREFIX } from '../model/row.ts';
import { addMs, startOfMinute, type Timestamp } from '../model/time.ts';
import { type Identity, identityOf } from './identity.ts';
import type { Random } from './random.ts';
import type { SeedStream } from './seedFile.ts';
import type { SeedPlan } from './seedPlan.ts';
import { lengthMs, type Session } from './session.ts';
import { chatContent } from './words.ts';

export interface ChatRows {
  readonly messages: readonly ChatMessage[];
  readonly deletions: readonly ChatDeletion[];
  readonly minutes: readonly ChatMinute[];
}

/** The share of generated messages that are deleted. */
const DELETED_SHARE = 0.1;
const DELETED_AFTER_MS = 20_000;

/**
 * Returns the archived chat of the stream and the number of messages per minute. The messages come from the
 * seed file, or are generated with the owners of random channels as senders. Some generated messages are
 * deleted.
 */
export function chatOf(
  plan: SeedPlan,
  who: Identity,
  stated: SeedStream | undefined,
  session: Session,
  random: Random,
): ChatRows {
  const lines =
    stated?.chat?.map(line => ({ ...line, userId: senderId(plan, line.username), isDeleted: false })) ??
    randomLines(plan, session, random);
  const { messages, deletions } = rowsOf(plan, who, session, lines, 'message');
  return { messages, deletions, minutes: minutesOf(who.chatRoomId, messages) };
}

const MOST_MESSAGES = 300;

/** The minutes at the end of a live stream that get no more messages: people may be chatting in them. */
const LAST_MINUTES = 2;

/**
 * Returns more messages over the whole length of the stream, the more the greater its audience was, and the number of
 * messages in each of their minutes together with the `known` ones.
 */
export function moreChatOf(
  plan: SeedPlan,
  who: Identity,
  session: Session,
  known: readonly ChatMessage[],
  peak: number,
  random: Random,
): ChatRows {
  const minutes = Math.floor(lengthMs(session) / 60_000) - LAST_MINUTES;
  const perMinute = Math.min(1.5, 0.25 + peak / 200);
  const count = Math.max(0, Math.min(MOST_MESSAGES, Math.round(minutes * perMinute)));
  const lines = linesOf(plan, count, minutes * 60, random);
  const { messages, deletions } = rowsOf(plan, who, session, lines, 'remark');
  const written = new Set(messages.map(({ sentAt }) => startOfMinute(sentAt)));
  const all = minutesOf(who.chatRoomId, [...known, ...messages]);
  return { messages, deletions, minutes: all.filter(({ minute }) => written.has(minute)) };
}

interface Line {
  readonly atSeconds: number;
  readonly userId: string;
  readonly username: string;
  readonly content: string;
  readonly isDeleted: boolean;
}

/** @param kind distinguishes the ids of the messages from those of other lines of the stream */
function rowsOf(
  plan: SeedPlan,
  { chatRoomId, streamId }: Identity,
  session: Session,
  lines: readonly Line[],
  kind: string,
) {
  const messages: ChatMessage[] = [];
  const deletions: ChatDeletion[] = [];
  for (const [order, { atSeconds, userId, username, content, isDeleted }] of lines.entries()) {
    const sentAt = addMs(session.startedAt, atSeconds * 1000);
    const messageId = `${streamId}-${kind}-${order}`;
    messages.push({
      chatRoomId,
      id: chatMessageKey(sentAt, messageId),
      messageId,
      sentAt,
      content,
      sender: { userId, username },
      createdAt: sentAt,
      updatedAt: sentAt,
    });
    if (isDeleted) deletions.push(deletionOf(chatRoomId, messageId, sentAt, plan.now));
  }
  return { messages, deletions };
}

function deletionOf(chatRoomId: string, messageId: string, sentAt: Timestamp, now: Timestamp): ChatDeletion {
  const soon = addMs(sentAt, DELETED_AFTER_MS);
  const deletedAt = soon < now ? soon : now;
  return {
    chatRoomId,
    id: chatDeletionKey(messageId),
    messageId,
    deletedAt,
    createdAt: deletedAt,
    updatedAt: deletedAt,
  };
}

/** Counts deleted messages too, because a deletion does not contain the minute of its message. */
function minutesOf(chatRoomId: string, messages: readonly ChatMessage[]): ChatMinute[] {
  const counts = new Map<Timestamp, number>();
  for (const { sentAt } of messages) {
    const minute = startOfMinute(sentAt);
    counts.set(minute, (counts.get(minute) ?? 0) + 1);
  }
  return [...counts].map(([minute, count]) => ({
    chatRoomId,
    id: chatMinuteKey(minute),
    minute,
    messages: count,
    createdAt: minute,
    updatedAt: minute,
  }));
}

/** Returns the id of the seed file's user with that name, or a guest id when the file has no such user. */
function senderId(plan: SeedPlan, username: string): string {
  const key = username.toLowerCase();
  const index = plan.channels.findIndex(channel => channel.username.toLowerCase() === key);
  return index === -1 ? `${MOCK_ID_PREFIX}guest-${key}` : identityOf(plan, index).userId;
}

function randomLines(plan: SeedPlan, session: Session, random: Random): Line[] {
  const seconds = Math.floor(lengthMs(session) / 60_000) * 60;
  return linesOf(plan, random.number.int({ min: 3, max: 8 }), seconds, random);
}

function linesOf(plan: SeedPlan, count: number, seconds: number, random: Random): Line[] {
  return Array.from({ length: count }, () => {
    const { userId, username } = identityOf(plan, random.number.int(plan.count - 1));
    return {
      // A fraction of the session, so that its length does not change the number of random draws.
      atSeconds: Math.floor(random.number.float() * seconds),
      userId,
      username,
      content: chatContent(random),
      isDeleted: random.datatype.boolean(DELETED_SHARE),
    };
  });
}
