import { z } from '@hono/zod-openapi';
import { listQuery } from '../http/lists.ts';
import { username } from '../http/parameters.ts';
import { none, route } from '../http/route.ts';
import { followedChannelsSchema } from './schemas.ts';

export const followChannelRoute = route('followChannel', {
  summary: 'Follow a channel',
  description:
    'Makes you a follower of a channel; done again, it changes nothing. A channel that reaches the number of ' +
    'followers the stack is set up with becomes a partner, and stays one however few are left. Your own channel ' +
    'is a 409.',
  auth: 'user',
  params: z.strictObject({ username }),
  query: none,
  ok: { status: 204, description: 'You follow the channel.' },
  problems: ['not-found', 'conflict'],
});

export const unfollowChannelRoute = route('unfollowChannel', {
  summary: 'Follow a channel no more',
  description: 'Makes you no follower of a channel; done again, it changes nothing.',
  auth: 'user',
  params: z.strictObject({ username }),
  query: none,
  ok: { status: 204, description: 'You do not follow the channel.' },
  problems: ['not-found'],
});

export const listFollowingRoute = route('listFollowing', {
  summary: 'Channels you follow',
  description: 'The channels you follow, the latest followed first, and whether they are live.',
  auth: 'user',
  params: none,
  query: z.strictObject(listQuery),
  ok: { description: 'Channels, the latest followed first.', schema: followedChannelsSchema },
  problems: ['invalid-cursor'],
});
