import { z } from '@hono/zod-openapi';
import { auditActions } from '../../../model/auditEntry.ts';
import { chatUrl } from '../../../model/ivsHosts.ts';
import { MAX_MODERATORS } from '../../../model/moderator.ts';
import { cardSchema } from '../http/cardSchema.ts';
import { classicObject } from '../http/classicSchema.ts';
import { listSchema, operation } from '../http/operation.ts';
import {
  appointModeratorRoute,
  blockedTermsSchema,
  createChatTokenRoute,
  deleteBanRoute,
  deleteChatMessageRoute,
  dismissModeratorRoute,
  getBlockedTermsRoute,
  listBansRoute,
  listModeratedRoute,
  listModerationLogRoute,
  listModeratorsRoute,
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
    role: z.enum(['guest', 'user', 'moderator', 'owner']),
    capabilities: z
      .array(z.enum(['SEND_MESSAGE', 'DELETE_MESSAGE', 'DISCONNECT_USER']))
      .openapi({ description: 'The actions that the token allows, in addition to reading.' }),
  })
  .openapi('ChatToken');

/** A ban in the list that the channel's owner and moderators read. */
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
    'send messages. The owner and the moderators can also delete messages and disconnect users. A banned user gets a 403 ' +
    'until the ban ends. A token is valid for one connection, and must be used within one minute. A ' +
    'client that uses `amazon-ivs-chat-messaging` can return this response from its `tokenProvider`. ' +
    'The response is a 409 when the chat room does not exist at IVS, as for seeded mock data.',
  ok: { status: 201, description: 'The token and the endpoint to connect to.', schema: chatTokenSchema },
  problems: ['forbidden', 'conflict'],
});

export const deleteChatMessageOperation = operation(deleteChatMessageRoute, {
  summary: 'Delete a chat message',
  description:
    'Deletes a message from the chat of a channel that you own or moderate. Every connected client receives an ' +
    'event to remove the message, and chat replays do not show its content. The response is also a 204 when ' +
    'the message is already deleted or does not exist. The moderation log gets an entry for each request, with ' +
    'the sender and the reason as you state them. A moderator who states that the sender is the owner or another ' +
    'moderator gets a 403 with the reason `protected-user`.',
  ok: { status: 204, description: 'The message is deleted.' },
  problems: ['forbidden', 'conflict'],
});

export const listBansOperation = operation(listBansRoute, {
  summary: 'List the bans of a chat',
  description: 'Lists the active bans of a channel that you own or moderate, newest first.',
  ok: { description: 'The active bans, newest first.', schema: bansSchema },
  problems: ['forbidden', 'invalid-cursor'],
});

export const putBanOperation = operation(putBanRoute, {
  summary: 'Ban a user from a chat',
  description:
    "Disconnects a user from a channel's chat and stage, and stops the user from sending messages and from " +
    'publishing until the ban ends. An invitation or a request to come on stage ends too. The channel must be ' +
    'one that you own or moderate. The ban applies to the account: a new username or a new sign-in does not ' +
    'end it. The user can still read the chat as a guest. If the user is already banned, the new ban replaces ' +
    'the earlier one, including its end and its reason. After a 503 the ban is active, but the user may still ' +
    'be connected: send the same request again to disconnect the user. Banning yourself returns a 409. A ' +
    'moderator who bans the owner or another moderator gets a 403 with the reason `protected-user`. An owner ' +
    'must dismiss a moderator before the ban, otherwise the response is a 409 with the reason `is-moderator`.',
  ok: { description: 'The ban.', schema: banSchema },
  problems: ['forbidden', 'not-found', 'conflict'],
});

export const deleteBanOperation = operation(deleteBanRoute, {
  summary: 'Lift a ban',
  description:
    "Ends a user's ban from the chat of a channel that you own or moderate. If the user is not banned, nothing " +
    'changes. Identify the user by the current username, or by the `userId` from the list of bans. The ' +
    '`userId` also works after the user changed the username or deleted the account.',
  ok: { status: 204, description: 'The user is not banned.' },
  problems: ['forbidden', 'not-found', 'conflict'],
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

const personSchema = z
  .object({
    userId: z.string(),
    username: z.string().nullable().openapi({
      description: 'The current username. Null after the account was deleted.',
      example: 'bob',
    }),
    ...cardSchema,
  })
  .openapi('Person');

const moderatorSchema = z.object({ person: personSchema, appointedAt: time }).openapi('Moderator');
export type ModeratorBody = z.infer<typeof moderatorSchema>;

const moderatorsSchema = listSchema('Moderators', moderatorSchema);

const actSchema = z
  .object({
    id: z.string().openapi({ example: '2026-01-15T20:00:00.000Z#k3J9' }),
    at: time,
    action: z
      .enum(auditActions)
      .openapi({ description: 'What was done. A time-out is a `ban` with `until`.' }),
    by: personSchema,
    user: z.union([personSchema, z.null()]).openapi({
      description:
        'The user whom the act concerns. For a deleted message, the sender as the client of the moderator ' +
        'stated it, or null.',
    }),
    messageId: z.string().nullable().openapi({
      description: 'The deleted message. Null for other acts.',
      example: 'WhO6MW6iRdS5',
    }),
    reason: z.string().nullable(),
    until: time.nullable().openapi({
      description: 'The time at which the ban ends. Null for other acts, and for a ban until it is lifted.',
    }),
  })
  .openapi('ModerationAct');
export type ActBody = z.infer<typeof actSchema>;

const moderationLogSchema = listSchema('ModerationLog', actSchema);

const moderatedChannelSchema = z
  .object({
    appointedAt: time,
    channel: z
      .object({
        id: z.string().openapi({ example: 'AbCdEf1gHiJk' }),
        username: z.string(),
        ...cardSchema,
        title: z.string(),
        isLive: z.boolean().openapi({ description: 'Whether the channel is live.' }),
        viewers: z.int().min(0).nullable().openapi({
          description:
            'The number of viewers, which may be two minutes old. Null when the channel is not live.',
        }),
      })
      .openapi('ModeratedChannelState'),
  })
  .openapi('ModeratedChannel');
export type ModeratedChannelBody = z.infer<typeof moderatedChannelSchema>;

const moderatedChannelsSchema = listSchema('ModeratedChannels', moderatedChannelSchema);

export const listModeratorsOperation = operation(listModeratorsRoute, {
  summary: 'List the moderators of a channel',
  description:
    'Lists the moderators of a channel that you own or moderate. The one who was appointed last is first.',
  ok: { description: 'The moderators, latest appointment first.', schema: moderatorsSchema },
  problems: ['forbidden', 'invalid-cursor'],
});

export const appointModeratorOperation = operation(appointModeratorRoute, {
  summary: 'Appoint a moderator of your channel',
  description:
    'Makes a user a moderator of your channel. Moderators can delete messages, ban users for a time or until ' +
    'the ban is lifted, and lift bans. They cannot act on you or on each other. If the user is already a ' +
    `moderator, nothing changes. A channel can have ${MAX_MODERATORS} moderators. A banned user cannot be ` +
    'appointed.',
  ok: { description: 'The moderator.', schema: moderatorSchema },
  problems: ['forbidden', 'not-found', 'conflict'],
});

export const dismissModeratorOperation = operation(dismissModeratorRoute, {
  summary: 'Dismiss a moderator of your channel',
  description:
    'Ends the appointment of a moderator. All routes refuse the user at once, and the user is disconnected from ' +
    'the chat of the channel. A moderator can also end their own appointment. If the user is no moderator, ' +
    'nothing but the connection changes. After a 503 the appointment has ended, but the user may still be ' +
    'connected: send the same request again. Identify the user by the current username or the `userId`.',
  ok: { status: 204, description: 'The user is no moderator.' },
  problems: ['forbidden', 'not-found', 'conflict'],
});

export const listModerationLogOperation = operation(listModerationLogRoute, {
  summary: 'List what was done to moderate a channel',
  description:
    'Lists the acts of the owner and the moderators of a channel that you own or moderate, newest first: bans, ' +
    'lifted bans, deleted messages, appointments and dismissals. Entries cannot be changed or deleted. People ' +
    'are shown with their current names.',
  ok: { description: 'The acts, newest first.', schema: moderationLogSchema },
  problems: ['forbidden', 'invalid-cursor'],
});

export const listModeratedOperation = operation(listModeratedRoute, {
  summary: 'List the channels you moderate',
  description:
    'Lists the channels of other users that you moderate. The latest appointment is first. A new appointment ' +
    'appears within a second.',
  ok: { description: 'The channels, latest appointment first.', schema: moderatedChannelsSchema },
  problems: ['invalid-cursor'],
});
