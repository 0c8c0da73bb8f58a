import { z } from '@hono/zod-openapi';
import { textBounds } from '../../../model/text.ts';
import { timestamp } from '../../../model/time.ts';
import { longestJson, textField } from '../http/describable.ts';
import { MAX_BODY_BYTES } from '../http/jsonBody.ts';
import { listSchema } from '../http/lists.ts';

const time = z.iso.datetime();

/** What a client connects to a chat room with. */
export const chatTokenSchema = z
  .object({
    token: z.string().openapi({ description: 'Good for one connection. Whoever has it, is the user.' }),
    connectBefore: time.openapi({ description: 'Until when it can be used to connect: a minute.' }),
    tokenExpirationTime: time.openapi({
      description:
        'As `sessionExpirationTime`: `amazon-ivs-chat-messaging` brings the next token shortly before this.',
    }),
    sessionExpirationTime: time.openapi({ description: 'When the connection ends.' }),
    endpoint: z.string().openapi({
      description: 'The WebSocket URL to connect to, with the token as the sub-protocol.',
      example: 'wss://edge.ivschat.us-west-2.amazonaws.com',
    }),
    userId: z.string().openapi({ description: "A user's id, or one made up for a guest." }),
    role: z.enum(['guest', 'user', 'owner']),
    capabilities: z
      .array(z.enum(['SEND_MESSAGE', 'DELETE_MESSAGE', 'DISCONNECT_USER']))
      .openapi({ description: 'What may be done with it, apart from reading.' }),
  })
  .openapi('ChatToken');

/** What an owner may say of a ban. */
export const banTermsSchema = z
  .strictObject({
    until: timestamp.optional().openapi({
      type: 'string',
      format: 'date-time',
      description: 'When the ban ends by itself. Left out, it does not.',
      example: '2036-01-15T20:00:00Z',
    }),
    reason: textField(textBounds.banReason)
      .optional()
      .openapi({ description: 'A note that only the owner sees.', example: 'Spam' }),
  })
  .openapi('BanTerms');

/** A ban, as the owner of the channel sees it. */
export const banSchema = z
  .object({
    userId: z.string(),
    username: z
      .string()
      .openapi({ description: "The user's name when the ban was made; their id, if the account was gone." }),
    bannedAt: time,
    until: time.nullable().openapi({ description: 'Null: until it is lifted.' }),
    reason: z.string().nullable(),
  })
  .openapi('Ban');
export type BanBody = z.infer<typeof banSchema>;

export const bansSchema = listSchema('Bans', banSchema);

const MAX_TERMS = 100;
// Messages are reviewed by their letters and digits: a term that has none would never be found.
const legible = /[\p{L}\p{N}]/u;

const term = textField(textBounds.blockedTerm)
  .refine(text => legible.test(text), 'must have a letter or a digit')
  .openapi({ example: 'spoiler' });

/** A full list in its longest spelling, and as much around the terms as any other body may have. */
export const MAX_BLOCKED_TERMS_BYTES = MAX_BODY_BYTES + MAX_TERMS * (longestJson(textBounds.blockedTerm) + 1);

/** Terms that the owner of a channel does not want to be read in its chat. */
export const blockedTermsSchema = z
  .strictObject({
    terms: z.array(term).max(MAX_TERMS, `must have at most ${MAX_TERMS} terms`).openapi({
      description: 'Plain text: there are no patterns. Case, accents and punctuation do not count.',
    }),
  })
  .openapi('BlockedTerms');
