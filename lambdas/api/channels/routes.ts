import { z } from '@hono/zod-openapi';
import { listQuery } from '../http/lists.ts';
import { categoryId, username } from '../http/parameters.ts';
import { none, route } from '../http/route.ts';
import { channelSchema, liveChannelsSchema } from './schemas.ts';

export const listChannelsRoute = route('listChannels', {
  summary: 'List the live channels',
  description:
    'Lists the channels that are live now, newest first. The `categoryId` filter is applied before the ' +
    'limit, so pages are full. A cursor is valid only with the `categoryId` that it was created with. ' +
    'An unknown category returns an empty list.',
  params: none,
  query: z.strictObject({
    isLive: z.literal('true', 'must be true (isLive=true): only live channels can be listed').openapi({
      description: 'Required. Only live channels can be listed.',
      example: 'true',
    }),
    categoryId: categoryId.optional(),
    ...listQuery,
  }),
  auth: 'none',
  ok: { description: 'The live channels, newest first.', schema: liveChannelsSchema },
  problems: ['invalid-cursor', 'unavailable'],
});

export const getChannelRoute = route('getChannel', {
  summary: 'Get a channel',
  description:
    'Returns the channel of a user, with its live stream if there is one. The response never contains the ' +
    'stream key or other secrets of the owner.',
  params: z.strictObject({ username }),
  query: none,
  auth: 'none',
  ok: { description: 'The channel.', schema: channelSchema },
  problems: ['not-found', 'unavailable'],
});
