import { rowTimes, seedMark } from './row.ts';
import * as z from './zod.ts';

/** A row of `follows`: `userId` follows `channelId`. */
export const followRow = z.object({
  userId: z.string(),
  channelId: z.string(),
  followedAt: z.string(),
  ...rowTimes,
  ...seedMark,
});
export type Follow = z.infer<typeof followRow>;
