import { rowTimes, seedMark } from './row.ts';
import type { Timestamp } from './time.ts';
import * as z from './zod.ts';

/** What an owner or a moderator can do in a channel. A time-out is a ban with `until`. */
export const auditActions = ['ban', 'lift-ban', 'delete-message', 'appoint', 'dismiss'] as const;

/**
 * A row of `audit`: one act of moderation in a channel. It has the ids of people and no names, so that nobody's name
 * stays here after their account is deleted. `id` is `<time>#<random id>`.
 */
export const auditRow = z.object({
  channelId: z.string(),
  id: z.string(),
  at: z.string(),
  action: z.enum(auditActions),
  /** The id of the owner or the moderator who acted. */
  by: z.string(),
  /** The id of the user whom the act concerns. Absent when the sender of a deleted message is not known. */
  userId: z.optional(z.string()),
  /** The deleted message. */
  messageId: z.optional(z.string()),
  reason: z.optional(z.string()),
  /** When the ban ends. A ban without `until` lasts until it is lifted. */
  until: z.optional(z.string()),
  ...rowTimes,
  ...seedMark,
});
export type AuditEntry = z.infer<typeof auditRow>;

export const auditKey = (at: Timestamp, randomId: string) => `${at}#${randomId}`;
