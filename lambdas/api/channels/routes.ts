import { z } from '@hono/zod-openapi';
import { listQuery } from '../http/lists.ts';
import { categoryId, username } from '../http/parameters.ts';
import { none, route } from '../http/route.ts';
import { channelSchema, liveChannelsSchema } from './schemas.ts';

export const listChannelsRoute = route('listChannels', {
  summary: 'The directory',
  description:
    'Channels that can be watched now, newest first. The filter comes before the limit, so pages are full. ' +
    'A cursor is good for the category it came from. A category that does not exist has no channels.',
  params: none,
  query: z.strictObject({
    isLive: z.literal('true', 'must be given as isLive=true: only live channels are listed for now').openapi({
      description: 'Only live channels are listed for now, and a request says so.',
      example: 'true',
    }),
    categoryId: categoryId.optional(),
    ...listQuery,
  }),
  auth: 'none',
  ok: { description: 'Live channels, newest first.', schema: liveChannelsSchema },
  problems: ['invalid-cursor', 'unavailable'],
});

export const getChannelRoute = route('getChannel', {
  summary: "A channel's page",
  description: "The channel of a user, with the stream that can be watched now. Never an owner's secret.",
  params: z.strictObject({ username }),
  query: none,
  auth: 'none',
  ok: { description: 'The channel.', schema: channelSchema },
  problems: ['not-found', 'unavailable'],
});
