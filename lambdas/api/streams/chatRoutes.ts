import { z } from '@hono/zod-openapi';
import { listQuery } from '../http/lists.ts';
import { streamId, username } from '../http/parameters.ts';
import { route } from '../http/route.ts';
import { chatMessagesSchema, fromMs, streamEventsSchema } from './chatSchemas.ts';

export const listChatMessagesRoute = route('listChatMessages', {
  summary: 'Replay the chat of a stream',
  description:
    'Lists the messages that were sent to the chat room while the stream was open, oldest first, for ' +
    'replay next to the recording. A message appears about ten seconds after it was sent. A deleted ' +
    'message keeps its place in the list, without its content.',
  params: z.strictObject({ username, streamId }),
  query: z.strictObject({ ...listQuery, fromMs }),
  auth: 'none',
  cost: 'expensive',
  ok: { description: 'The messages, oldest first.', schema: chatMessagesSchema },
  problems: ['not-found', 'invalid-cursor', 'unavailable'],
});

export const listStreamEventsRoute = route('listStreamEvents', {
  summary: 'List the events of a stream',
  description:
    'Lists the events that IVS reported for one of your streams: its start and end, starvation, ' +
    'recording, and exceeded limits. A stream of another user returns a 403.',
  params: z.strictObject({ username, streamId }),
  query: z.strictObject(listQuery),
  auth: 'user',
  cost: 'expensive',
  ok: { description: 'The events, oldest first.', schema: streamEventsSchema },
  problems: ['forbidden', 'not-found', 'invalid-cursor'],
});
