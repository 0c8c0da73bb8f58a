import { z } from '@hono/zod-openapi';
import { listQuery } from '../http/lists.ts';
import { username } from '../http/parameters.ts';
import { none, route } from '../http/route.ts';
import { followedChannelsSchema } from './schemas.ts';

export const followChannelRoute = route('followChannel', {
  summary: 'Follow a channel',
  description:
    'Makes you a follower of the channel. If you already follow it, nothing changes. A channel becomes ' +
    'a partner when its number of followers reaches the threshold of the deployment, and stays a ' +
    'partner when the number falls again. Following your own channel returns a 409.',
  auth: 'user',
  params: z.strictObject({ username }),
  query: none,
  ok: { status: 204, description: 'You follow the channel.' },
  problems: ['not-found', 'conflict'],
});

export const unfollowChannelRoute = route('unfollowChannel', {
  summary: 'Unfollow a channel',
  description: 'Ends your follow of the channel. If you do not follow it, nothing changes.',
  auth: 'user',
  params: z.strictObject({ username }),
  query: none,
  ok: { status: 204, description: 'You do not follow the channel.' },
  problems: ['not-found'],
});

export const listFollowingRoute = route('listFollowing', {
  summary: 'List the channels you follow',
  description:
    'Lists the channels that you follow, with their live state. The channel followed most recently is ' +
    'first.',
  auth: 'user',
  params: none,
  query: z.strictObject(listQuery),
  ok: { description: 'The followed channels, most recent follow first.', schema: followedChannelsSchema },
  problems: ['invalid-cursor'],
});
