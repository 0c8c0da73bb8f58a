import * as z from 'zod';
import { rowTimes, seedMark } from './row.ts';

/** A row of `users`. User to channel, chat room and stage is one to one. */
export const userRow = z.object({
  id: z.string(),
  username: z.string(),
  /** `username` in lower case: names are unique whatever their case. */
  usernameKey: z.string(),
  /** scrypt, with its parameters; absent on a user nobody can sign in as. */
  passwordHash: z.string().optional(),
  channelId: z.string().optional(),
  chatRoomId: z.string().optional(),
  stageId: z.string().optional(),
  ...rowTimes,
  ...seedMark,
});
export type User = z.infer<typeof userRow>;
