import { z } from '@hono/zod-openapi';
import { cardSchema, isStageLiveSchema } from '../http/cardSchema.ts';
import { listSchema, operation } from '../http/operation.ts';
import {
  followChannelRoute,
  listFollowersRoute,
  listFollowingRoute,
  unfollowChannelRoute,
} from './routes.ts';

/** A channel that the caller follows, in its current state. */
export const followedChannelSchema = z
  .object({
    followedAt: z.iso.datetime().openapi({ example: '2026-01-15T20:00:00.000Z' }),
    channel: z
      .object({
        id: z.string().openapi({ example: 'AbCdEf1gHiJk' }),
        username: z.string().openapi({ example: 'ann' }),
        ...cardSchema,
        title: z.string().openapi({ example: 'Late night guitar' }),
        categoryId: z.string().nullable().openapi({ example: 'music' }),
        isLive: z.boolean().openapi({ description: 'Whether the channel is live.' }),
        isPartner: z.boolean(),
        isStageLive: isStageLiveSchema,
        followerCount: z.int().min(0),
        viewers: z.int().min(0).nullable().openapi({
          description:
            'The number of viewers, which may be two minutes old. Null when the channel is not live.',
        }),
        playbackUrl: z.string(),
        thumbnailUrl: z
          .url()
          .nullable()
          .openapi({
            description:
              'The URL of the newest thumbnail of the live stream. Null when the channel is not live ' +
              'or the ' +
              'stream is not recorded.',
          }),
      })
      .openapi('FollowedChannelState'),
  })
  .openapi('FollowedChannel');
export type FollowedChannelBody = z.infer<typeof followedChannelSchema>;

const followedChannelsSchema = listSchema('FollowedChannels', followedChannelSchema);

export const followerSchema = z
  .object({
    user: z
      .object({ id: z.string(), username: z.string().openapi({ example: 'bob' }), ...cardSchema })
      .openapi('FollowingUser'),
    followedAt: z.iso.datetime().openapi({ example: '2026-01-15T20:00:00.000Z' }),
  })
  .openapi('Follower');
export type FollowerBody = z.infer<typeof followerSchema>;

const followersSchema = listSchema('Followers', followerSchema);

export const followChannelOperation = operation(followChannelRoute, {
  summary: 'Follow a channel',
  description:
    'Makes you a follower of the channel. If you already follow it, nothing changes. A channel becomes ' +
    'a partner when its number of followers reaches the threshold of the deployment, and stays a ' +
    'partner when the number falls again. Following your own channel returns a 409.',
  ok: { status: 204, description: 'You follow the channel.' },
  problems: ['not-found', 'conflict'],
});

export const unfollowChannelOperation = operation(unfollowChannelRoute, {
  summary: 'Unfollow a channel',
  description: 'Ends your follow of the channel. If you do not follow it, nothing changes.',
  ok: { status: 204, description: 'You do not follow the channel.' },
  problems: ['not-found'],
});

export const listFollowersOperation = operation(listFollowersRoute, {
  summary: 'List the followers of your channel',
  description:
    'Lists the users who follow your channel. The user who followed it last is first. Who follows whom is ' +
    'private: only the owner of the channel can see this list, and others get a 403. A new follower appears ' +
    'within a second.',
  ok: { description: 'The followers, most recent follow first.', schema: followersSchema },
  problems: ['forbidden', 'invalid-cursor'],
});

export const listFollowingOperation = operation(listFollowingRoute, {
  summary: 'List the channels you follow',
  description:
    'Lists the channels that you follow, with their live state: the live ones first, then the others, and ' +
    'of each kind the channel followed most recently first. With `isLive`, lists only one kind. A request ' +
    'looks at up to 300 follows, so a page can have fewer items than `limit`, or none, before the end of ' +
    'the list: continue until `nextCursor` is null. A channel that goes live or ends its stream between ' +
    'two pages can be left out or listed twice.',
  ok: { description: 'The followed channels, live ones first.', schema: followedChannelsSchema },
  problems: ['invalid-cursor'],
});
