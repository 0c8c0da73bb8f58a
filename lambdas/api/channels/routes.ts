import * as z from '../../../model/zod.ts';
import { listQuery } from '../http/lists.ts';
import { categoryId, username } from '../http/parameters.ts';
import { none, route } from '../http/route.ts';

export const listChannelsRoute = route('listChannels', {
  params: none,
  query: z.strictObject({
    isLive: z.literal('true', 'must be true (isLive=true): only live channels can be listed').check(
      z.meta({
        description: 'Required. Only live channels can be listed.',
        example: 'true',
      }),
    ),
    categoryId: z.optional(categoryId),
    ...listQuery,
  }),
  auth: 'none',
  // Viewers do not notice a delay of two seconds.
  cache: { cdn: 2, browser: 2 },
});

export const getChannelRoute = route('getChannel', {
  params: z.strictObject({ username }),
  query: none,
  auth: 'optional',
  // A browser asks each time, so owners see their changes.
  cache: { cdn: 2, browser: 0 },
});
