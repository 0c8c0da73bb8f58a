import * as z from 'zod';
import { rowTimes, seedMark } from './row.ts';

/**
 * A row of `bans`: `userId` may not write in the chat of `channelId`. The key is the id, so a ban survives a
 * rename.
 */
export const banRow = z.object({
  channelId: z.string(),
  userId: z.string(),
  /** The user's name when the ban was made. */
  username: z.string(),
  bannedAt: z.string(),
  /** The id of the user who made the ban. */
  by: z.string(),
  reason: z.string().optional(),
  /** When the ban ends. A ban without `until` is permanent. */
  until: z.string().optional(),
  /**
   * `until` as Unix time in seconds. TTL deletes late, so readers of a ban compare `until` with the clock.
   */
  expiresAt: z.number().int().optional(),
  ...rowTimes,
  ...seedMark,
});
export type Ban = z.infer<typeof banRow>;
