import { imageObject } from './image.ts';
import { profileFields } from './profile.ts';
import { present, rowTimes, seedMark } from './row.ts';
import * as z from './zod.ts';

/**
 * The IVS resources of a user that is being created. They are created one after another; the rows follow at
 * the end.
 */
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
  /** `username` in lower case: names are unique regardless of case. */
  usernameKey: z.string(),
  ...profileFields,
  /** The verified e-mail address. Only for resetting the password and for notices about security. */
  email: z.optional(z.string()),
  /** The user's images that may be in the bucket. The row is pending while one of them is not shown. */
  imageObjects: z.optional(z.array(imageObject)),
  /** The scrypt hash with its parameters. Absent on a user without a password, who cannot sign in. */
  passwordHash: z.optional(z.string()),
  /**
   * How often all sign-ins were ended, by a new password or by the user; absent means 0. Sessions with an earlier version
   * are invalid.
   */
  passwordVersion: z.optional(z.int()),
  /**
   * Since when the user is a member of the platform's staff. Only `make staff` sets and removes it. No token contains it,
   * so that a role that was taken is gone with the next request.
   */
  staffSince: z.optional(z.string()),
  status: z.enum(['creating', 'active', 'deleting']),
  /** Present while creating or deleting, and while an image must be deleted. */
  pending: z.optional(z.literal(present)),
  /** Until when one request alone may continue the creation. */
  leaseUntil: z.optional(z.string()),
  /** The resources that were created so far, while the status is `creating`. */
  madeChannel: z.optional(madeChannel),
  madeRoom: z.optional(madeRoom),
  madeStage: z.optional(madeStage),
  channelId: z.optional(z.string()),
  chatRoomId: z.optional(z.string()),
  stageId: z.optional(z.string()),
  /** The names that the user gave up and that are kept for them. */
  formerNames: z.optional(z.array(z.object({ usernameKey: z.string(), heldUntil: z.string() }))),
  version: z.int(),
  ...rowTimes,
  ...seedMark,
});
export type User = z.infer<typeof userRow>;

/** A row of `usernames`: the user who has a name, or who gave it up a short time ago. */
export const usernameRow = z.object({
  usernameKey: z.string(),
  userId: z.string(),
  /** Until when the name is kept for the user who gave it up. Absent while the user has the name. */
  heldUntil: z.optional(z.string()),
  /** The name that the user took instead. Absent when the user was deleted. */
  renamedTo: z.optional(z.string()),
  /** `heldUntil` as Unix time in seconds. TTL deletes late, so readers compare `heldUntil` with the clock. */
  expiresAt: z.optional(z.int()),
  ...rowTimes,
  ...seedMark,
});
export type Username = z.infer<typeof usernameRow>;
