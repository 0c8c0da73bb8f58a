import * as z from '../../../model/zod.ts';

const id = z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, _ or -'));

/** A username in a path, in any case. A channel is identified by its owner's username. */
export const username = id.check(
  z.meta({
    description: "The channel owner's username, in any case.",
    example: 'ann',
  }),
);

/** A stream's id in a path: the id that IVS gave the session. */
export const streamId = id.check(
  z.meta({
    description: "The stream's id.",
    example: 'st-1A2b3C4d5E6f7G8h9I0j1K2',
  }),
);

/** A category's id in a query. */
export const categoryId = id.check(z.meta({ description: "A category's id.", example: 'music' }));

/** The banned user in a path. */
export const bannedUser = id.check(
  z.meta({
    description: "A username in any case, or a user's id.",
    example: 'mallory',
  }),
);

/** The moderator in a path. */
export const moderator = id.check(
  z.meta({
    description: "A username in any case, or a user's id.",
    example: 'bob',
  }),
);

/** A user's id in a path, as in chat messages and bans. */
export const userId = id.check(
  z.meta({
    description: "A user's id.",
    example: '0f8fad5bd9cb469fa16570867728950e',
  }),
);

/** A chat message's id in a path: the id that IVS Chat gave the message. */
export const messageId = z
  .string()
  .check(
    z.regex(/^[A-Za-z0-9]{12}$/, 'must be 12 letters or digits'),
    z.meta({ description: "The message's id.", example: 'WhO6MW6iRdS5' }),
  );
