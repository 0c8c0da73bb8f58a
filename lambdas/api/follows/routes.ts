import * as z from '../../../model/zod.ts';
import { listQuery } from '../http/lists.ts';
import { username } from '../http/parameters.ts';
import { none, route } from '../http/route.ts';

export const followChannelRoute = route('followChannel', {
  auth: 'user',
  params: z.strictObject({ username }),
  query: none,
});

export const unfollowChannelRoute = route('unfollowChannel', {
  auth: 'user',
  params: z.strictObject({ username }),
  query: none,
});

export const listFollowersRoute = route('listFollowers', {
  auth: 'user',
  params: z.strictObject({ username }),
  query: z.strictObject(listQuery),
});

export const listFollowingRoute = route('listFollowing', {
  auth: 'user',
  params: none,
  query: z.strictObject({
    isLive: z.optional(z.enum(['true', 'false'], 'must be true or false')).check(
      z.meta({
        description:
          'With `true`, only the channels that are live are listed; with `false`, only the others. By default, all.',
        example: 'true',
      }),
    ),
    ...listQuery,
  }),
});
