import { rowTimes, seedMark } from './row.ts';
import * as z from './zod.ts';

/** A row of `chatRooms`. `id` is the last part of `arn`. */
export const chatRoomRow = z.object({
  id: z.string(),
  arn: z.string(),
  name: z.string(),
  userId: z.string(),
  /** The channel of the room's owner. Its bans apply in this room. */
  channelId: z.string(),
  /** Terms that the owner blocks in this room, as the owner typed them. */
  blockedTerms: z.optional(z.array(z.string())),
  ...rowTimes,
  ...seedMark,
});
export type ChatRoom = z.infer<typeof chatRoomRow>;
