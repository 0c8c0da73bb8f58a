import { channelOrders } from '../../../model/channel.ts';
import * as z from '../../../model/zod.ts';
import { listQuery } from '../http/lists.ts';
import { categoryId, username } from '../http/parameters.ts';
import { none, route } from '../http/route.ts';

export const listChannelsRoute = route('listChannels', {
  params: none,
  query: z
    .strictObject({
      isLive: z.optional(z.enum(['true', 'false'], 'must be true or false')).check(
        z.meta({
          description:
            'Only channels that are live, or only those that are not. If it is omitted, live channels come first.',
          example: 'true',
        }),
      ),
      categoryId: z.optional(categoryId),
      sort: z.optional(z.enum(channelOrders, `must be ${channelOrders.join(' or ')}`)).check(
        z.meta({
          description: 'The order of the live channels: newest first (the default), or most viewers first.',
          example: 'viewers',
        }),
      ),
      ...listQuery,
    })
    .check(
      z.refine(({ isLive, categoryId }) => categoryId === undefined || isLive === 'true', {
        path: ['categoryId'],
        error: 'can be used only with isLive=true',
      }),
      z.refine(({ isLive, sort }) => sort === undefined || isLive !== 'false', {
        path: ['sort'],
        error: 'cannot be used with isLive=false: channels that are not live are listed by name',
      }),
    ),
  auth: 'none',
  // Viewers do not notice a delay of two seconds.
  cache: { cdn: 2, browser: 2 },
});

/** As long as a display name, without loading the check of texts. */
const MAX_SEARCH = 50;

export const searchChannelsRoute = route('searchChannels', {
  params: none,
  query: z.strictObject({
    q: z.string('is required').check(
      z.minLength(1, 'must not be empty'),
      z.maxLength(MAX_SEARCH, `must have at most ${MAX_SEARCH} characters`),
      z.meta({
        description:
          'The beginning of a username or a display name, in upper or lower case, with or without accents.',
        example: 'an',
      }),
    ),
    ...listQuery,
  }),
  auth: 'none',
  cache: { cdn: 5, browser: 5 },
});

export const getChannelRoute = route('getChannel', {
  params: z.strictObject({ username }),
  query: none,
  auth: 'optional',
  // A browser asks each time, so owners see their changes.
  cache: { cdn: 2, browser: 0 },
});
