import * as z from 'zod';
import { rowTimes, seedMark } from './row.ts';

/** A row of `chatRooms`. `id` is the last part of `arn`. */
export const chatRoomRow = z.object({
  id: z.string(),
  arn: z.string(),
  name: z.string(),
  userId: z.string(),
  /** The channel of the room's owner: whose bans hold here. */
  channelId: z.string(),
  /** Terms that the owner does not want to be read here, as they were typed. */
  blockedTerms: z.array(z.string()).optional(),
  ...rowTimes,
  ...seedMark,
});
export type ChatRoom = z.infer<typeof chatRoomRow>;
