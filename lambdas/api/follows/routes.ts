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
  query: z.strictObject(listQuery),
});
