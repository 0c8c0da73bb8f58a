import { z } from '@hono/zod-openapi';
import { listQuery } from '../http/lists.ts';
import { streamId, username } from '../http/parameters.ts';
import { none, route } from '../http/route.ts';
import { streamSchema, streamsSchema, vodsSchema } from './schemas.ts';

export const listStreamsRoute = route('listStreams', {
  summary: 'List the streams of a channel',
  description: 'Lists the streams of a channel, open and ended, newest first.',
  params: z.strictObject({ username }),
  query: z.strictObject(listQuery),
  auth: 'none',
  ok: { description: 'The streams, newest first.', schema: streamsSchema },
  problems: ['not-found', 'invalid-cursor', 'unavailable'],
});

export const getStreamRoute = route('getStream', {
  summary: 'Get a stream',
  description: 'Returns one stream of a channel, open or ended.',
  params: z.strictObject({ username, streamId }),
  query: none,
  auth: 'none',
  ok: { description: 'The stream.', schema: streamSchema },
  problems: ['not-found', 'unavailable'],
});

export const listVodsRoute = route('listVods', {
  summary: 'List the recordings of a channel',
  description:
    'Lists the finished recordings of a channel, newest first. A recording that IVS merged across ' +
    'reconnects is listed once, with the last of its streams.',
  params: z.strictObject({ username }),
  query: z.strictObject(listQuery),
  auth: 'none',
  ok: { description: 'The recordings, newest first.', schema: vodsSchema },
  problems: ['not-found', 'invalid-cursor', 'unavailable'],
});
