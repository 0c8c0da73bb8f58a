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
  summary: 'A token for a chat room',
  description:
    "Lets you into a channel's chat: guests read, users send as well, the owner also deletes messages and disconnects " +
    'users. A user who is banned gets a 403 until the ban ends. Each token connects once, within a minute; a client ' +
    'of `amazon-ivs-chat-messaging` can have this answer as its `tokenProvider` returns it. A room that is not at ' +
    'IVS, as those of mock data, is a 409.',
  auth: 'optional',
  params: ofChannel,
  query: none,
  ok: { status: 201, description: 'A token, and where to connect with it.', schema: chatTokenSchema },
  problems: ['forbidden', 'conflict'],
});

export const deleteChatMessageRoute = route('deleteChatMessage', {
  summary: 'Delete a chat message',
  description:
    "Takes a message out of your channel's chat: every client is told to remove it, and replays do not show it. Done " +
    'again, or with the id of no message, it is a 204 as well.',
  auth: 'user',
  params: z.strictObject({ username, messageId }),
  query: none,
  ok: { status: 204, description: 'It is deleted.' },
  problems: ['forbidden', 'conflict'],
});

export const listBansRoute = route('listBans', {
  summary: 'Who is banned from your chat',
  description: "The bans from your channel's chat that hold now, newest first.",
  auth: 'user',
  params: ofChannel,
  query: z.strictObject(listQuery),
  ok: { description: 'Bans, newest first.', schema: bansSchema },
  problems: ['forbidden', 'invalid-cursor'],
});

export const putBanRoute = route('putBan', {
  summary: 'Ban a user from your chat',
  description:
    "Ends a user's connections to your channel's chat, and keeps them from sending until the ban ends: whatever they " +
    'are called by then, and however often they sign in. As anybody, they can still read as a guest. An earlier ban ' +
    'is replaced, with its end and its reason. After a 503 the ban holds, and the same request ends the connections. ' +
    'Yourself is a 409.',
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
    "Lets a user into your channel's chat again; one who is not banned stays as they are. Name them as they are called " +
    'now, or by the `userId` that the list of bans has: that is good also when they have another name by now, or ' +
    'are gone.',
  auth: 'user',
  params: ofBan,
  query: none,
  ok: { status: 204, description: 'They are not banned.' },
  problems: ['forbidden', 'not-found'],
});

export const getBlockedTermsRoute = route('getBlockedTerms', {
  summary: 'The terms that are blocked in your chat',
  description: "The terms that are masked in your channel's chat, apart from those that are in all.",
  auth: 'user',
  params: ofChannel,
  query: none,
  ok: { description: 'The terms, as they were typed.', schema: blockedTermsSchema },
  problems: ['forbidden'],
});

export const putBlockedTermsRoute = route('putBlockedTerms', {
  summary: 'Block terms in your chat',
  description:
    "Puts these terms in place of those that were masked in your channel's chat; an empty list takes all away. Of " +
    'terms that differ in case alone the first is kept. It takes up to a minute to be felt.',
  auth: 'user',
  params: ofChannel,
  query: none,
  body: blockedTermsSchema,
  maxBodyBytes: MAX_BLOCKED_TERMS_BYTES,
  ok: { description: 'The terms as they are now.', schema: blockedTermsSchema },
  problems: ['forbidden'],
});
