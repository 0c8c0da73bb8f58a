import { z } from '@hono/zod-openapi';
import { ingestHost } from '../../../model/ivsHosts.ts';
import { operation } from '../http/operation.ts';
import { streamSchema } from '../streams/answers.ts';
import {
  getIngestRoute,
  putMetadataRoute,
  replaceStreamKeyRoute,
  stopStreamRoute,
  updateChannelRoute,
  updateStreamRoute,
} from './routes.ts';

/** The response of `updateChannel`. */
export const ownChannelSchema = z
  .object({
    id: z.string().openapi({ example: 'AbCdEf1gHiJk' }),
    username: z.string().openapi({ example: 'ann' }),
    title: z.string().openapi({ example: 'Late night guitar' }),
    categoryId: z.string().nullable().openapi({ example: 'music' }),
    isLive: z.boolean(),
    isPartner: z.boolean(),
    followerCount: z.int().min(0),
    playbackUrl: z.string(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .openapi('OwnChannel');
export type OwnChannelBody = z.infer<typeof ownChannelSchema>;

/** The settings for an encoder. */
export const ingestSchema = z
  .object({
    endpoint: z.string().openapi({
      description: 'The ingest host.',
      example: ingestHost('a1b2c3d4e5f6'),
    }),
    url: z.string().openapi({
      description: 'The ingest URL for encoders that use RTMPS.',
      example: `rtmps://${ingestHost('a1b2c3d4e5f6')}:443/app/`,
    }),
    streamKey: z.string().openapi({
      description: 'Keep it secret: anyone who has the stream key can broadcast on the channel.',
    }),
  })
  .openapi('Ingest');
export type IngestBody = z.infer<typeof ingestSchema>;

export const updateChannelOperation = operation(updateChannelRoute, {
  summary: 'Edit your channel',
  description:
    'Changes the title and the category of your channel and of its open stream. Later streams start ' +
    'with the new values. Ended streams keep theirs. Words that are masked in chat are refused in the title.',
  ok: { description: 'The updated channel.', schema: ownChannelSchema },
  problems: ['not-found'],
});

export const updateStreamOperation = operation(updateStreamRoute, {
  summary: 'Edit one of your streams',
  description:
    'Changes the title and the category of a stream, open or ended. If the stream is open, the channel ' +
    'gets the same values. Words that are masked in chat are refused in the title.',
  ok: { description: 'The updated stream.', schema: streamSchema },
  problems: ['forbidden', 'not-found'],
});

export const getIngestOperation = operation(getIngestRoute, {
  summary: 'Get your ingest settings',
  description:
    'Returns the ingest endpoint and the stream key of your channel. The response is a 503 while the ' +
    'stream key is being replaced.',
  ok: { description: 'The settings for the encoder.', schema: ingestSchema },
  problems: ['not-found', 'unavailable'],
});

export const replaceStreamKeyOperation = operation(replaceStreamKeyRoute, {
  summary: 'Replace your stream key',
  description:
    'Creates a new stream key for your channel. The old key can no longer start a broadcast. A ' +
    'broadcast that is already running continues until it is stopped. After a 503 the old key no longer ' +
    'works: send the same request again to get the new key. Without a retry, the replacement completes ' +
    'within minutes.',
  ok: { status: 201, description: 'The new settings for the encoder.', schema: ingestSchema },
  problems: ['not-found', 'conflict'],
});

export const putMetadataOperation = operation(putMetadataRoute, {
  summary: 'Send timed metadata',
  description:
    'Sends text to every viewer of your live stream, synchronized with the video. At most five requests ' +
    'per second are accepted. The response is a 409 when the channel is not live.',
  ok: { status: 204, description: 'The metadata is sent.' },
  problems: ['not-found', 'conflict'],
});

export const stopStreamOperation = operation(stopStreamRoute, {
  summary: 'Stop your stream',
  description:
    'Disconnects the broadcast. The channel stops being live within seconds, when IVS reports the end ' +
    'of the stream. An encoder that reconnects automatically starts a new broadcast: to prevent this, ' +
    'replace the stream key first. The response is a 409 when the channel is not live.',
  ok: { status: 204, description: 'The broadcast is being stopped.' },
  problems: ['not-found', 'conflict'],
});
