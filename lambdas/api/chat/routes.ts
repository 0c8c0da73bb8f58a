import { z } from '@hono/zod-openapi';
import { listQuery } from '../http/lists.ts';
import { bannedUser, messageId, username } from '../http/parameters.ts';
import { none, route } from '../http/route.ts';
import {
  banSchema,
  bansSchema,
  banTermsSchema,
  blockedTermsSchema,
  chatTokenSchema,
  MAX_BLOCKED_TERMS_BYTES,
} from './schemas.ts';

const ofChannel = z.strictObject({ username });
const ofBan = z.strictObject({ username, bannedUsername: bannedUser });

export const createChatTokenRoute = route('createChatToken', {
  summary: 'Create a chat token',
  description:
    'Creates a token that connects a client to the chat of a channel. Guests can read. Users can also ' +
    'send messages. The owner can also delete messages and disconnect users. A banned user gets a 403 ' +
    'until the ban ends. A token is valid for one connection, and must be used within one minute. A ' +
    'client that uses `amazon-ivs-chat-messaging` can return this response from its `tokenProvider`. ' +
    'The response is a 409 when the chat room does not exist at IVS, as for seeded mock data.',
  auth: 'optional',
  params: ofChannel,
  query: none,
  ok: { status: 201, description: 'The token and the endpoint to connect to.', schema: chatTokenSchema },
  problems: ['forbidden', 'conflict'],
});

export const deleteChatMessageRoute = route('deleteChatMessage', {
  summary: 'Delete a chat message',
  description:
    'Deletes a message from the chat of your channel. Every connected client receives an event to ' +
    'remove the message, and chat replays do not show its content. The response is also a 204 when the ' +
    'message is already deleted or does not exist.',
  auth: 'user',
  params: z.strictObject({ username, messageId }),
  query: none,
  ok: { status: 204, description: 'The message is deleted.' },
  problems: ['forbidden', 'conflict'],
});

export const listBansRoute = route('listBans', {
  summary: 'List the bans of your chat',
  description: "Lists the active bans of your channel's chat, newest first.",
  auth: 'user',
  params: ofChannel,
  query: z.strictObject(listQuery),
  ok: { description: 'The active bans, newest first.', schema: bansSchema },
  problems: ['forbidden', 'invalid-cursor'],
});

export const putBanRoute = route('putBan', {
  summary: 'Ban a user from your chat',
  description:
    "Disconnects a user from your channel's chat, and stops the user from sending messages until the " +
    'ban ends. The ban applies to the account: a new username or a new sign-in does not end it. The ' +
    'user can still read the chat as a guest. If the user is already banned, the new ban replaces the ' +
    'earlier one, including its end and its reason. After a 503 the ban is active, but the user may ' +
    'still be connected: send the same request again to disconnect the user. Banning yourself returns a ' +
    '409.',
  auth: 'user',
  params: ofBan,
  query: none,
  body: banTermsSchema,
  ok: { description: 'The ban.', schema: banSchema },
  problems: ['forbidden', 'not-found', 'conflict'],
});

export const deleteBanRoute = route('deleteBan', {
  summary: 'Lift a ban',
  description:
    "Ends a user's ban from your channel's chat. If the user is not banned, nothing changes. Identify " +
    'the user by the current username, or by the `userId` from the list of bans. The `userId` also ' +
    'works after the user changed the username or deleted the account.',
  auth: 'user',
  params: ofBan,
  query: none,
  ok: { status: 204, description: 'The user is not banned.' },
  problems: ['forbidden', 'not-found'],
});

export const getBlockedTermsRoute = route('getBlockedTerms', {
  summary: 'Get the blocked terms of your chat',
  description:
    "Returns the terms that are masked in your channel's chat, in addition to the terms that are masked " +
    'in every chat.',
  auth: 'user',
  params: ofChannel,
  query: none,
  ok: { description: 'The terms, as the owner typed them.', schema: blockedTermsSchema },
  problems: ['forbidden'],
});

export const putBlockedTermsRoute = route('putBlockedTerms', {
  summary: 'Replace the blocked terms of your chat',
  description:
    "Replaces the terms that are masked in your channel's chat. An empty list removes all of them. If " +
    'several terms differ only in case, the first one is stored. The change takes effect within one ' +
    'minute.',
  auth: 'user',
  params: ofChannel,
  query: none,
  body: blockedTermsSchema,
  maxBodyBytes: MAX_BLOCKED_TERMS_BYTES,
  ok: { description: 'The updated terms.', schema: blockedTermsSchema },
  problems: ['forbidden'],
});
