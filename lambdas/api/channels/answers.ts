import { z } from '@hono/zod-openapi';
import { playbackHost } from '../../../model/ivsHosts.ts';
import { bannerUrlSchema, bioSchema, cardSchema, isStageLiveSchema } from '../http/cardSchema.ts';
import { listSchema, operation } from '../http/operation.ts';
import { getChannelRoute, listChannelsRoute, searchChannelsRoute } from './routes.ts';

const base = {
  id: z.string().openapi({ example: 'AbCdEf1gHiJk' }),
  username: z.string().openapi({ example: 'ann' }),
  ...cardSchema,
  title: z.string().openapi({ example: 'Late night guitar' }),
  categoryId: z.string().nullable().openapi({ example: 'music' }),
  isPartner: z.boolean(),
  isStageLive: isStageLiveSchema,
  playbackUrl: z.string().openapi({
    description: 'The HLS playlist.',
    example: `https://${playbackHost('fcc3ddae59ed', 'us-west-2')}/api/video/v1/channel.AbCdEf1gHiJk.m3u8`,
  }),
};
const thumbnailUrl = z
  .url()
  .nullable()
  .openapi({
    description:
      'The URL of the newest thumbnail of the stream. Null when the stream is not recorded. The image may ' +
      'be missing in the first seconds of a stream.',
  });
const streamExample = 'st-1A2b3C4d5E6f7G8h9I0j1K2';
const VIEWERS =
  'The number of viewers, which may be two minutes old, or six after a change of less than 10 %. `getViewers` ' +
  'returns the current number.';
const viewers = z.int().min(0).openapi({ description: VIEWERS });
const startedAt = z.iso.datetime().openapi({ example: '2026-01-15T20:00:00.000Z' });

/** A channel in a list. */
const listedChannelSchema = z
  .object({
    ...base,
    isLive: z.boolean(),
    viewers: viewers.nullable().openapi({ description: `${VIEWERS} Null when \`isLive\` is false.` }),
    thumbnailUrl,
    stream: z
      .union([
        z
          .object({ id: z.string().openapi({ example: streamExample }), startedAt })
          .openapi('ListedChannelStream'),
        z.null(),
      ])
      .openapi({ description: 'The live stream. Null when `isLive` is false.' }),
  })
  .openapi('ListedChannel');
export type ListedChannelBody = z.infer<typeof listedChannelSchema>;

const channelsSchema = listSchema('Channels', listedChannelSchema);

const liveStreamSchema = z
  .object({
    id: z.string().openapi({ example: streamExample }),
    title: z.string().nullable(),
    categoryId: z.string().nullable(),
    startedAt,
    viewers,
    isHealthy: z.boolean().openapi({
      description:
        'False while IVS reports that it receives too little data from the encoder (stream starvation).',
    }),
    hasErrorEvent: z
      .boolean()
      .openapi({ description: 'True after the stream exceeded an IVS limit or failed.' }),
    thumbnailUrl,
  })
  .openapi('LiveStream');

const linkSchema = z.object({ arn: z.string() }).openapi('IvsResource');
const link = z.union([linkSchema, z.null()]);

const relationSchema = z
  .object({
    isFollowing: z.boolean(),
    isOwner: z.boolean(),
    isModerator: z.boolean().openapi({
      description: 'Whether you moderate the channel without owning it.',
    }),
    ban: z
      .union([
        z
          .object({
            until: z.iso
              .datetime()
              .nullable()
              .openapi({ description: 'When the ban ends. Null when it lasts until it is lifted.' }),
          })
          .openapi('OwnBan'),
        z.null(),
      ])
      .openapi({ description: 'The ban from the chat that applies now. Null when there is none.' }),
  })
  .openapi('ChannelRelation');

/** The response of `getChannel`. */
export const channelSchema = z
  .object({
    ...base,
    isLive: z.boolean().openapi({ description: 'Whether the channel is live.' }),
    bio: bioSchema,
    bannerUrl: bannerUrlSchema,
    followerCount: z.int().min(0),
    stream: z
      .union([liveStreamSchema, z.null()])
      .openapi({ description: 'The live stream. Null when `isLive` is false.' }),
    chatRoom: link,
    stage: link,
    createdAt: z.iso.datetime(),
    relation: z.union([relationSchema, z.null()]).openapi({
      description: 'What the caller is to the channel. Null without an access token.',
    }),
  })
  .openapi('Channel');
export type ChannelBody = z.infer<typeof channelSchema>;

export const listChannelsOperation = operation(listChannelsRoute, {
  summary: 'List the channels',
  description:
    'Lists live channels, newest first, then the others by name. With `isLive`, lists only one kind. ' +
    '`categoryId` is allowed with `isLive=true`, and an unknown category returns an empty list. A cursor is ' +
    'valid only with the `isLive`, `categoryId` and `sort` that it was created with. A channel that goes ' +
    'live or ends its stream between two pages can be left out or listed twice.\n\n' +
    'With `sort=viewers`, live channels are listed by viewers. The order is made once a minute, and all ' +
    'pages of a walk have the order of its first page: no channel is listed twice and none that stays live ' +
    'is left out. A channel that has just gone live appears within a minute. Channels that have ended since ' +
    'the order was made are left out, so a page can be short. Use such a cursor within three hours; a later ' +
    'one is a problem with the reason `cursor-expired`.',
  ok: { description: 'The channels.', schema: channelsSchema },
  problems: ['invalid-cursor', 'unavailable'],
});

export const searchChannelsOperation = operation(searchChannelsRoute, {
  summary: 'Search channels',
  description:
    'Lists the channels whose username or display name begins with `q`, live or not: first those by ' +
    'username, then the others by display name. Case, accents and full-width forms make no difference. A ' +
    'channel is on one page only, unless its owner is renamed between two pages. A page can have fewer ' +
    'items than `limit`, or none, before the end of the list: continue until `nextCursor` is null. A cursor ' +
    'is valid only with the `q` that it was created with.',
  ok: { description: 'The channels that were found.', schema: channelsSchema },
  problems: ['invalid-cursor', 'unavailable'],
});

export const getChannelOperation = operation(getChannelRoute, {
  summary: 'Get a channel',
  description:
    'Returns the channel of a user, with its live stream if there is one. The response never contains the ' +
    'stream key or other secrets of the owner. With an access token, it also says what the caller is to the ' +
    'channel, and may be cached for the caller only.',
  ok: { description: 'The channel.', schema: channelSchema },
  problems: ['not-found', 'unavailable'],
});
