import { z } from '@hono/zod-openapi';
import { streamId, username } from '../http/parameters.ts';
import { none, route } from '../http/route.ts';
import { streamSchema } from '../streams/schemas.ts';
import { editSchema, ingestSchema, metadataSchema, ownChannelSchema } from './schemas.ts';

export const updateChannelRoute = route('updateChannel', {
  summary: 'Edit your channel',
  description:
    'Changes the title and the category, of the channel and of the stream that is open on it alike. Streams that ' +
    'start later have them too; those that are over keep what they had.',
  auth: 'user',
  params: none,
  query: none,
  body: editSchema,
  ok: { description: 'The channel as it is now.', schema: ownChannelSchema },
  problems: ['not-found'],
});

export const updateStreamRoute = route('updateStream', {
  summary: 'Edit one of your streams',
  description:
    'Changes the title and the category of a stream, also when it is over. While it is open they are those of its ' +
    'channel, which is changed with it.',
  auth: 'user',
  params: z.strictObject({ username, streamId }),
  query: none,
  body: editSchema,
  ok: { description: 'The stream as it is now.', schema: streamSchema },
  problems: ['forbidden', 'not-found'],
});

export const getIngestRoute = route('getIngest', {
  summary: 'Where to broadcast to',
  description:
    'The ingest endpoint of your channel, and its stream key. While the key is being replaced there is none: 503.',
  auth: 'user',
  stepUp: 'always',
  params: none,
  query: none,
  ok: { description: 'What an encoder is set up with.', schema: ingestSchema },
  problems: ['not-found', 'unavailable'],
});

export const replaceStreamKeyRoute = route('replaceStreamKey', {
  summary: 'Replace your stream key',
  description:
    'Gives your channel a new stream key. Nobody can start to broadcast with the old one any more; a broadcast that ' +
    'is under way goes on until it is stopped. After a 503 the old key is gone: the same request finishes the job, ' +
    'and if none comes, it is finished within minutes.',
  auth: 'user',
  stepUp: 'always',
  idempotent: true,
  params: none,
  query: none,
  ok: { status: 201, description: 'What an encoder is set up with now.', schema: ingestSchema },
  problems: ['not-found', 'conflict'],
});

export const putMetadataRoute = route('putMetadata', {
  summary: 'Send timed metadata',
  description:
    'Sends text to every viewer of your stream, at this moment of it. Five a second are taken. A channel that is not ' +
    'live has nobody to send to: 409.',
  auth: 'user',
  idempotent: true,
  params: none,
  query: none,
  body: metadataSchema,
  ok: { status: 204, description: 'It is sent.' },
  problems: ['not-found', 'conflict'],
});

export const stopStreamRoute = route('stopStream', {
  summary: 'Stop your stream',
  description:
    'Ends the broadcast; the channel stops being live when IVS says so, within seconds. An encoder that is set to ' +
    'reconnect comes back: to keep it off, replace the stream key first. A channel that is not live is a 409.',
  auth: 'user',
  params: none,
  query: none,
  ok: { status: 204, description: 'It is being stopped.' },
  problems: ['not-found', 'conflict'],
});
