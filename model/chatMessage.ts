import { rowTimes, seedMark } from './row.ts';
import type { Timestamp } from './time.ts';
import * as z from './zod.ts';

// The table `chatMessages` has three kinds of rows in a room's partition. A room's archive is the set of its
// messages minus the set of its deletions. Both sets only grow, so log lines may arrive in any order.

/** A message as the room received it after review. `id` is `<sent time>#<message id>`. */
export const chatMessageRow = z.object({
  chatRoomId: z.string(),
  id: z.string(),
  messageId: z.string(),
  sentAt: z.string(),
  content: z.string(),
  /**
   * The attributes that the sender's client sent with the message, after review. Older rows have no
   * attributes.
   */
  attributes: z.optional(z.record(z.string(), z.string())),
  /** The sender as their chat token showed them: the values at the time of the message. */
  sender: z.object({
    userId: z.string(),
    username: z.optional(z.string()),
    displayName: z.optional(z.string()),
    color: z.optional(z.string()),
    avatarUrl: z.optional(z.string()),
  }),
  ...rowTimes,
  ...seedMark,
});
export type ChatMessage = z.infer<typeof chatMessageRow>;

/**
 * The deletion of a message. `id` is `deleted#<message id>`, because a deletion does not contain the sent
 * time.
 */
export const chatDeletionRow = z.object({
  chatRoomId: z.string(),
  id: z.string(),
  messageId: z.string(),
  deletedAt: z.string(),
  ...rowTimes,
  ...seedMark,
});
export type ChatDeletion = z.infer<typeof chatDeletionRow>;

/**
 * The number of messages sent in one minute, including deleted ones. `id` is `minute#<start of the minute>`.
 */
export const chatMinuteRow = z.object({
  chatRoomId: z.string(),
  id: z.string(),
  minute: z.string(),
  messages: z.int(),
  ...rowTimes,
  ...seedMark,
});
export type ChatMinute = z.infer<typeof chatMinuteRow>;

export const chatMessageKey = (sentAt: Timestamp, messageId: string) => `${sentAt}#${messageId}`;
export const chatDeletionKey = (messageId: string) => `deleted#${messageId}`;
export const chatMinuteKey = (minute: Timestamp) => `minute#${minute}`;
