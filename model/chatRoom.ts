import * as z from 'zod';
import { rowTimes, seedMark } from './row.ts';

/** A row of `chatRooms`. `id` is the last part of `arn`; `endpoint` is the WebSocket URL clients connect to. */
export const chatRoomRow = z.object({
  id: z.string(),
  arn: z.string(),
  name: z.string(),
  endpoint: z.string(),
  userId: z.string(),
  ...rowTimes,
  ...seedMark,
});
export type ChatRoom = z.infer<typeof chatRoomRow>;
