import * as z from 'zod';
import { rowTimes, seedMark } from './row.ts';
import type { Timestamp } from './time.ts';

// The table `chatMessages` has three kinds of rows in a room's partition. What a room's archive holds is the set of
// its messages, less the set of its deletions: both only grow, so the order in which log lines come is of no account.

/** A message as it was sent to the room, after review. `id` is `<sent time>#<message id>`. */
export const chatMessageRow = z.object({
  chatRoomId: z.string(),
  id: z.string(),
  messageId: z.string(),
  sentAt: z.string(),
  content: z.string(),
  /** What the sender's client sent with it, after review. Rows of before have none. */
  attributes: z.record(z.string(), z.string()).optional(),
  sender: z.object({ userId: z.string(), username: z.string().optional() }),
  ...rowTimes,
  ...seedMark,
});
export type ChatMessage = z.infer<typeof chatMessageRow>;

/** That a message was deleted. `id` is `deleted#<message id>`: a deletion does not say when its message was sent. */
export const chatDeletionRow = z.object({
  chatRoomId: z.string(),
  id: z.string(),
  messageId: z.string(),
  deletedAt: z.string(),
  ...rowTimes,
  ...seedMark,
});
export type ChatDeletion = z.infer<typeof chatDeletionRow>;

/** How many messages were sent in one minute, deleted ones among them. `id` is `minute#<start of the minute>`. */
export const chatMinuteRow = z.object({
  chatRoomId: z.string(),
  id: z.string(),
  minute: z.string(),
  messages: z.number().int(),
  ...rowTimes,
  ...seedMark,
});
export type ChatMinute = z.infer<typeof chatMinuteRow>;

export const chatMessageKey = (sentAt: Timestamp, messageId: string) => `${sentAt}#${messageId}`;
export const chatDeletionKey = (messageId: string) => `deleted#${messageId}`;
export const chatMinuteKey = (minute: Timestamp) => `minute#${minute}`;
