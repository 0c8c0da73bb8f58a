import * as z from 'zod';
import { rowTimes, seedMark } from './row.ts';

/** A row of `bans`: `userId` stays out of the chat of `channelId`. By id, so that it outlives a rename. */
export const banRow = z.object({
  channelId: z.string(),
  userId: z.string(),
  /** As the user was called when the ban was made. */
  username: z.string(),
  bannedAt: z.string(),
  /** The user who made it. */
  by: z.string(),
  reason: z.string().optional(),
  /** When it ends by itself; absent, it does not. */
  until: z.string().optional(),
  /** `until` as Unix time in seconds. TTL deletes late, so whoever reads a ban compares `until`. */
  expiresAt: z.number().int().optional(),
  ...rowTimes,
  ...seedMark,
});
export type Ban = z.infer<typeof banRow>;
