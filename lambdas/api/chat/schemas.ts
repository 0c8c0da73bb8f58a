import { z } from '@hono/zod-openapi';
import { chatUrl } from '../../../model/ivsHosts.ts';
import { textBounds } from '../../../model/text.ts';
import { timestamp } from '../../../model/time.ts';
import { MAX_BODY_BYTES } from '../http/jsonBody.ts';
import { listSchema } from '../http/lists.ts';
import { longestJson, textField } from '../http/withOpenApi.ts';

const time = z.iso.datetime();

/** The response of `createChatToken`. */
export const chatTokenSchema = z
  .object({
    token: z.string().openapi({
      description:
        'Valid for one connection. Keep it secret: anyone who has the token can connect as this user.',
    }),
    connectBefore: time.openapi({
      description: 'The time until which the token can be used to connect, one minute after it was created.',
    }),
    tokenExpirationTime: time.openapi({
      description:
        'Equal to `sessionExpirationTime`. `amazon-ivs-chat-messaging` requests the next token shortly ' +
        'before this time.',
    }),
    sessionExpirationTime: time.openapi({ description: 'The time at which IVS ends the connection.' }),
    endpoint: z.string().openapi({
      description: 'The WebSocket URL to connect to, with the token as the sub-protocol.',
      example: chatUrl('us-west-2', 'amazonaws.com'),
    }),
    userId: z.string().openapi({ description: 'The id of the user, or a random id for a guest.' }),
    role: z.enum(['guest', 'user', 'owner']),
    capabilities: z
      .array(z.enum(['SEND_MESSAGE', 'DELETE_MESSAGE', 'DISCONNECT_USER']))
      .openapi({ description: 'The actions that the token allows, in addition to reading.' }),
  })
  .openapi('ChatToken');

/** The request body of `putBan`. */
export const banTermsSchema = z
  .strictObject({
    until: timestamp.optional().openapi({
      type: 'string',
      format: 'date-time',
      description: 'The time at which the ban ends. If it is omitted, the ban lasts until it is lifted.',
      example: '2036-01-15T20:00:00Z',
    }),
    reason: textField(textBounds.banReason)
      .optional()
      .openapi({ description: "A note that only the channel's owner can read.", example: 'Spam' }),
  })
  .openapi('BanTerms');

/** A ban in the list that the channel's owner reads. */
export const banSchema = z
  .object({
    userId: z.string(),
    username: z.string().openapi({
      description:
        "The username at the time of the ban, or the user's id if the account was already deleted.",
    }),
    bannedAt: time,
    until: time
      .nullable()
      .openapi({ description: 'The time at which the ban ends. Null when it lasts until it is lifted.' }),
    reason: z.string().nullable(),
  })
  .openapi('Ban');
export type BanBody = z.infer<typeof banSchema>;

export const bansSchema = listSchema('Bans', banSchema);

const MAX_TERMS = 100;
// The review compares only letters and digits, so a term without them would never match.
const legible = /[\p{L}\p{N}]/u;

const term = textField(textBounds.blockedTerm)
  .refine(text => legible.test(text), 'must have at least one letter or digit')
  .openapi({ example: 'spoiler' });

/**
 * The size limit of the body in bytes: the longest JSON form of a full list, plus the general limit for the
 * rest.
 */
export const MAX_BLOCKED_TERMS_BYTES = MAX_BODY_BYTES + MAX_TERMS * (longestJson(textBounds.blockedTerm) + 1);

/** The terms that a channel's owner blocks in its chat. */
export const blockedTermsSchema = z
  .strictObject({
    terms: z.array(term).max(MAX_TERMS, `must have at most ${MAX_TERMS} terms`).openapi({
      description: 'Plain text, without patterns. Case, accents and punctuation are ignored.',
    }),
  })
  .openapi('BlockedTerms');
