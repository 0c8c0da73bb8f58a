import { z } from '@hono/zod-openapi';
import { listQuery } from '../http/lists.ts';
import { streamId, username } from '../http/parameters.ts';
import { none, route } from '../http/route.ts';
import { streamSchema, streamsSchema } from './schemas.ts';

export const listStreamsRoute = route('listStreams', {
  summary: "A channel's streams",
  description: "A channel's streams, past and present, newest first.",
  params: z.strictObject({ username }),
  query: z.strictObject(listQuery),
  auth: 'none',
  ok: { description: 'Streams, newest first.', schema: streamsSchema },
  problems: ['not-found', 'invalid-cursor', 'unavailable'],
});

export const getStreamRoute = route('getStream', {
  summary: 'One stream',
  description: 'One stream of a channel, past or present.',
  params: z.strictObject({ username, streamId }),
  query: none,
  auth: 'none',
  ok: { description: 'The stream.', schema: streamSchema },
  problems: ['not-found', 'unavailable'],
});
