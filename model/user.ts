import * as z from 'zod';
import { present, rowTimes, seedMark } from './row.ts';

/** The IVS resources of a user as they are made, one after another; the rows of their own follow when all are there. */
const madeChannel = z.object({
  arn: z.string(),
  playbackUrl: z.string(),
  ingestEndpoint: z.string(),
  streamKey: z.string(),
  streamKeyArn: z.string(),
});
const madeRoom = z.object({ arn: z.string() });
const madeStage = z.object({ arn: z.string() });

/** A row of `users`. User to channel, chat room and stage is one to one. */
export const userRow = z.object({
  id: z.string(),
  username: z.string(),
  /** `username` in lower case: names are unique whatever their case. */
  usernameKey: z.string(),
  /** scrypt, with its parameters; absent on a user nobody can sign in as. */
  passwordHash: z.string().optional(),
  /** Counts the passwords there were before; 0 when absent. Sign-ins with an earlier one are over. */
  passwordVersion: z.number().int().optional(),
  status: z.enum(['creating', 'active', 'deleting']),
  /** Present while creating or deleting. */
  pending: z.literal(present).optional(),
  /** Until when one request has the creating to itself. */
  leaseUntil: z.string().optional(),
  /** What has been made so far, while creating. */
  madeChannel: madeChannel.optional(),
  madeRoom: madeRoom.optional(),
  madeStage: madeStage.optional(),
  channelId: z.string().optional(),
  chatRoomId: z.string().optional(),
  stageId: z.string().optional(),
  version: z.number().int(),
  ...rowTimes,
  ...seedMark,
});
export type User = z.infer<typeof userRow>;

/** A row of `usernames`: whose a name is. */
export const usernameRow = z.object({
  usernameKey: z.string(),
  userId: z.string(),
  ...rowTimes,
  ...seedMark,
});
export type Username = z.infer<typeof usernameRow>;
