import { z } from '@hono/zod-openapi';
import { listQuery } from '../http/lists.ts';
import { streamId, username } from '../http/parameters.ts';
import { none, route } from '../http/route.ts';
import { streamSchema, streamsSchema, vodsSchema } from './schemas.ts';

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

export const listVodsRoute = route('listVods', {
  summary: "A channel's recordings",
  description:
    'The recordings of a channel that have ended and can be watched, newest first. One that IVS merged over ' +
    'reconnects is listed once, as that of the last of its streams.',
  params: z.strictObject({ username }),
  query: z.strictObject(listQuery),
  auth: 'none',
  ok: { description: 'Recordings, newest first.', schema: vodsSchema },
  problems: ['not-found', 'invalid-cursor', 'unavailable'],
});
