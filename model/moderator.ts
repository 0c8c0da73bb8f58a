import { rowTimes, seedMark } from './row.ts';
import * as z from './zod.ts';

/** The most moderators that a channel can have. A list of all of them is one request. */
export const MAX_MODERATORS = 50;

/**
 * A row of `moderators`: `userId` moderates the chat of `channelId`. The key is the id, which a rename does not
 * change. `createdAt` is the time of the appointment.
 */
export const moderatorRow = z.object({
  channelId: z.string(),
  userId: z.string(),
  ...rowTimes,
  ...seedMark,
});
export type Moderator = z.infer<typeof moderatorRow>;
