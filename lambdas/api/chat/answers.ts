import { z } from '@hono/zod-openapi';
import { chatUrl } from '../../../model/ivsHosts.ts';
import { classicObject } from '../http/classicSchema.ts';
import { listSchema, operation } from '../http/operation.ts';
import {
  blockedTermsSchema,
  createChatTokenRoute,
  deleteBanRoute,
  deleteChatMessageRoute,
  getBlockedTermsRoute,
  listBansRoute,
  putBanRoute,
  putBlockedTermsRoute,
} from './routes.ts';

const time = z.iso.datetime();

/** The response of `createChatToken`. */
const chatTokenSchema = z
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

const bansSchema = listSchema('Bans', banSchema);

export const createChatTokenOperation = operation(createChatTokenRoute, {
  summary: 'Create a chat token',
  description:
    'Creates a token that connects a client to the chat of a channel. Guests can read. Users can also ' +
    'send messages. The owner can also delete messages and disconnect users. A banned user gets a 403 ' +
    'until the ban ends. A token is valid for one connection, and must be used within one minute. A ' +
    'client that uses `amazon-ivs-chat-messaging` can return this response from its `tokenProvider`. ' +
    'The response is a 409 when the chat room does not exist at IVS, as for seeded mock data.',
  ok: { status: 201, description: 'The token and the endpoint to connect to.', schema: chatTokenSchema },
  problems: ['forbidden', 'conflict'],
});

export const deleteChatMessageOperation = operation(deleteChatMessageRoute, {
  summary: 'Delete a chat message',
  description:
    'Deletes a message from the chat of your channel. Every connected client receives an event to ' +
    'remove the message, and chat replays do not show its content. The response is also a 204 when the ' +
    'message is already deleted or does not exist.',
  ok: { status: 204, description: 'The message is deleted.' },
  problems: ['forbidden', 'conflict'],
});

export const listBansOperation = operation(listBansRoute, {
  summary: 'List the bans of your chat',
  description: "Lists the active bans of your channel's chat, newest first.",
  ok: { description: 'The active bans, newest first.', schema: bansSchema },
  problems: ['forbidden', 'invalid-cursor'],
});

export const putBanOperation = operation(putBanRoute, {
  summary: 'Ban a user from your chat',
  description:
    "Disconnects a user from your channel's chat, and stops the user from sending messages until the " +
    'ban ends. The ban applies to the account: a new username or a new sign-in does not end it. The ' +
    'user can still read the chat as a guest. If the user is already banned, the new ban replaces the ' +
    'earlier one, including its end and its reason. After a 503 the ban is active, but the user may ' +
    'still be connected: send the same request again to disconnect the user. Banning yourself returns a ' +
    '409.',
  ok: { description: 'The ban.', schema: banSchema },
  problems: ['forbidden', 'not-found', 'conflict'],
});

export const deleteBanOperation = operation(deleteBanRoute, {
  summary: 'Lift a ban',
  description:
    "Ends a user's ban from your channel's chat. If the user is not banned, nothing changes. Identify " +
    'the user by the current username, or by the `userId` from the list of bans. The `userId` also ' +
    'works after the user changed the username or deleted the account.',
  ok: { status: 204, description: 'The user is not banned.' },
  problems: ['forbidden', 'not-found'],
});

export const getBlockedTermsOperation = operation(getBlockedTermsRoute, {
  summary: 'Get the blocked terms of your chat',
  description:
    "Returns the terms that are masked in your channel's chat, in addition to the terms that are masked " +
    'in every chat.',
  ok: { description: 'The terms, as the owner typed them.', schema: classicObject(blockedTermsSchema) },
  problems: ['forbidden'],
});

export const putBlockedTermsOperation = operation(putBlockedTermsRoute, {
  summary: 'Replace the blocked terms of your chat',
  description:
    "Replaces the terms that are masked in your channel's chat. An empty list removes all of them. If " +
    'several terms differ only in case, the first one is stored. The change takes effect within one ' +
    'minute.',
  ok: { description: 'The updated terms.', schema: classicObject(blockedTermsSchema) },
  problems: ['forbidden'],
});
