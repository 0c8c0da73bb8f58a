import { rowTimes, seedMark } from './row.ts';
import * as z from './zod.ts';

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
  reason: z.optional(z.string()),
  /** When the ban ends. A ban without `until` is permanent. */
  until: z.optional(z.string()),
  /**
   * `until` as Unix time in seconds. TTL deletes late, so readers of a ban compare `until` with the clock.
   */
  expiresAt: z.optional(z.int()),
  ...rowTimes,
  ...seedMark,
});
export type Ban = z.infer<typeof banRow>;
