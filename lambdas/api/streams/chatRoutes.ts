import { z } from '@hono/zod-openapi';
import { listQuery } from '../http/lists.ts';
import { streamId, username } from '../http/parameters.ts';
import { route } from '../http/route.ts';
import { chatMessagesSchema, fromMs, streamEventsSchema } from './chatSchemas.ts';

export const listChatMessagesRoute = route('listChatMessages', {
  summary: "A stream's chat",
  description:
    'What was sent to the chat room while the stream was open, in order, to be replayed beside its recording. A ' +
    'message shows up some ten seconds after it was sent. One that was deleted keeps its place, without its content.',
  params: z.strictObject({ username, streamId }),
  query: z.strictObject({ ...listQuery, fromMs }),
  auth: 'none',
  cost: 'expensive',
  ok: { description: 'Messages, oldest first.', schema: chatMessagesSchema },
  problems: ['not-found', 'invalid-cursor', 'unavailable'],
});

export const listStreamEventsRoute = route('listStreamEvents', {
  summary: "A stream's timeline",
  description:
    'What IVS told of one of your streams: when it started and ended, starved, was recorded, or broke a limit. ' +
    "Somebody else's stream is a 403.",
  params: z.strictObject({ username, streamId }),
  query: z.strictObject(listQuery),
  auth: 'user',
  cost: 'expensive',
  ok: { description: 'Events, oldest first.', schema: streamEventsSchema },
  problems: ['forbidden', 'not-found', 'invalid-cursor'],
});
