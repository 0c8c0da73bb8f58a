import { z } from '@hono/zod-openapi';
import { streamId, username } from '../http/parameters.ts';
import { none, route } from '../http/route.ts';
import { streamSchema } from '../streams/schemas.ts';
import { editSchema, ingestSchema, metadataSchema, ownChannelSchema } from './schemas.ts';

export const updateChannelRoute = route('updateChannel', {
  summary: 'Edit your channel',
  description:
    'Changes the title and the category of your channel and of its open stream. Later streams start ' +
    'with the new values. Ended streams keep theirs.',
  auth: 'user',
  params: none,
  query: none,
  body: editSchema,
  ok: { description: 'The updated channel.', schema: ownChannelSchema },
  problems: ['not-found'],
});

export const updateStreamRoute = route('updateStream', {
  summary: 'Edit one of your streams',
  description:
    'Changes the title and the category of a stream, open or ended. If the stream is open, the channel ' +
    'gets the same values.',
  auth: 'user',
  params: z.strictObject({ username, streamId }),
  query: none,
  body: editSchema,
  ok: { description: 'The updated stream.', schema: streamSchema },
  problems: ['forbidden', 'not-found'],
});

export const getIngestRoute = route('getIngest', {
  summary: 'Get your ingest settings',
  description:
    'Returns the ingest endpoint and the stream key of your channel. The response is a 503 while the ' +
    'stream key is being replaced.',
  auth: 'user',
  stepUp: 'always',
  params: none,
  query: none,
  ok: { description: 'The settings for the encoder.', schema: ingestSchema },
  problems: ['not-found', 'unavailable'],
});

export const replaceStreamKeyRoute = route('replaceStreamKey', {
  summary: 'Replace your stream key',
  description:
    'Creates a new stream key for your channel. The old key can no longer start a broadcast. A ' +
    'broadcast that is already running continues until it is stopped. After a 503 the old key no longer ' +
    'works: send the same request again to get the new key. Without a retry, the replacement completes ' +
    'within minutes.',
  auth: 'user',
  stepUp: 'always',
  idempotent: true,
  params: none,
  query: none,
  ok: { status: 201, description: 'The new settings for the encoder.', schema: ingestSchema },
  problems: ['not-found', 'conflict'],
});

export const putMetadataRoute = route('putMetadata', {
  summary: 'Send timed metadata',
  description:
    'Sends text to every viewer of your live stream, synchronized with the video. At most five requests ' +
    'per second are accepted. The response is a 409 when the channel is not live.',
  auth: 'user',
  idempotent: true,
  params: none,
  query: none,
  body: metadataSchema,
  ok: { status: 204, description: 'The metadata is sent.' },
  problems: ['not-found', 'conflict'],
});

export const stopStreamRoute = route('stopStream', {
  summary: 'Stop your stream',
  description:
    'Disconnects the broadcast. The channel stops being live within seconds, when IVS reports the end ' +
    'of the stream. An encoder that reconnects automatically starts a new broadcast: to prevent this, ' +
    'replace the stream key first. The response is a 409 when the channel is not live.',
  auth: 'user',
  params: none,
  query: none,
  ok: { status: 204, description: 'The broadcast is being stopped.' },
  problems: ['not-found', 'conflict'],
});
