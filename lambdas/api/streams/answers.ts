import { z } from '@hono/zod-openapi';
import { recordingStatuses } from '../../../model/stream.ts';
import { cardSchema } from '../http/cardSchema.ts';
import { listSchema, operation } from '../http/operation.ts';
import { getStreamRoute, listRecordingsRoute, listStreamsRoute, listVodsRoute } from './routes.ts';

const time = z.iso.datetime().openapi({ example: '2026-01-15T20:00:00.000Z' });
const milliseconds = z.number().min(0);
const peakViewers = z.int().min(0).openapi({
  description:
    'The greatest number of viewers in one minute. It is up to one minute old while the stream is open.',
});

const views = (description: string) => z.int().min(0).openapi({ description });
const recordingViews =
  'How often the recording was played, counted once a day for a signed-in viewer. Within 5 % if there are many.';

const recordingSchema = z
  .object({
    status: z.enum([...recordingStatuses, 'merged']).openapi({
      description:
        'The state of the recording. `merged` means that IVS recorded this stream and another one in ' +
        'one recording, which belongs to the stream `streamId`.',
    }),
    streamId: z.string().openapi({
      description:
        "The id of the stream that the recording belongs to. It is this stream's own id unless the " +
        'status ' +
        'is `merged`.',
    }),
    startedAt: time.nullable(),
    endedAt: time.nullable(),
    durationMs: milliseconds.nullable(),
    path: z.string().nullable().openapi({ description: 'The key prefix of the recording in its S3 bucket.' }),
    failureReason: z.string().nullable(),
    playlistUrl: z
      .url()
      .nullable()
      .openapi({
        description:
          'The URL of the HLS playlist. While the recording is in progress, the playlist covers the part ' +
          'recorded so far. Null when there is nothing to play.',
        example: 'https://d111111abcdef8.cloudfront.net/ivs/v1/.../media/hls/master.m3u8',
      }),
    thumbnailUrl: z
      .url()
      .nullable()
      .openapi({ description: 'The URL of the newest thumbnail or, after the end, of the last one.' }),
    views: views(`${recordingViews} 0 if the status is \`merged\`.`),
  })
  .openapi('Recording');
export type RecordingBody = z.infer<typeof recordingSchema>;

/** A stream, open or ended. */
export const streamSchema = z
  .object({
    id: z.string().openapi({ example: 'st-1A2b3C4d5E6f7G8h9I0j1K2' }),
    title: z.string().nullable().openapi({ example: 'Late night guitar' }),
    categoryId: z.string().nullable().openapi({ example: 'music' }),
    startedAt: time,
    endedAt: time.nullable().openapi({ description: 'Null while the stream is open.' }),
    durationMs: milliseconds.nullable().openapi({ description: 'Null while the stream is open.' }),
    isOpen: z
      .boolean()
      .openapi({ description: 'Whether the session is open. A channel has at most one open stream.' }),
    isLive: z.boolean().openapi({ description: 'Whether the stream is live.' }),
    isHealthy: z.boolean().openapi({
      description:
        'False while IVS reports that it receives too little data from the encoder (stream starvation).',
    }),
    hasErrorEvent: z
      .boolean()
      .openapi({ description: 'True after the stream exceeded an IVS limit or failed.' }),
    peakViewers,
    views: views(
      'How many viewers have joined the stream so far, without the plays of its recording. Within 5 % if there are many.',
    ),
    recording: z
      .union([recordingSchema, z.null()])
      .openapi({ description: 'Null when IVS reported no recording, or when it is no longer kept.' }),
  })
  .openapi('Stream');
export type StreamBody = z.infer<typeof streamSchema>;

const streamsSchema = listSchema('Streams', streamSchema);

/** A finished recording. */
export const vodSchema = z
  .object({
    streamId: z.string().openapi({
      description: 'The stream that was recorded. For a merged recording, the last of its streams.',
    }),
    title: z.string().nullable().openapi({ example: 'Late night guitar' }),
    categoryId: z.string().nullable().openapi({ example: 'music' }),
    startedAt: time.openapi({ description: 'The start of the stream.' }),
    endedAt: time
      .nullable()
      .openapi({ description: 'The end of the stream. Null while its session is open.' }),
    durationMs: milliseconds.nullable().openapi({ description: 'The length of the recording.' }),
    peakViewers,
    views: views(recordingViews),
    playlistUrl: z.url().openapi({ description: 'The URL of the HLS playlist.' }),
    thumbnailUrl: z.url().openapi({ description: 'The URL of the last thumbnail.' }),
  })
  .openapi('Vod');
export type VodBody = z.infer<typeof vodSchema>;

const vodsSchema = listSchema('Vods', vodSchema);

/** A finished recording in a list of several channels. */
const listedRecordingSchema = z
  .object({
    ...vodSchema.shape,
    channel: z
      .object({
        id: z.string().openapi({ example: 'AbCdEf1gHiJk' }),
        username: z.string().openapi({ example: 'ann' }),
        ...cardSchema,
        isLive: z.boolean().openapi({ description: 'Whether the channel is live now.' }),
      })
      .openapi('RecordedChannel', { description: 'The channel, as it is now.' }),
  })
  .openapi('ListedRecording');

const recordingsSchema = listSchema('Recordings', listedRecordingSchema);

export const listStreamsOperation = operation(listStreamsRoute, {
  summary: 'List the streams of a channel',
  description: 'Lists the streams of a channel, open and ended, newest first.',
  ok: { description: 'The streams, newest first.', schema: streamsSchema },
  problems: ['not-found', 'invalid-cursor', 'unavailable'],
});

export const getStreamOperation = operation(getStreamRoute, {
  summary: 'Get a stream',
  description: 'Returns one stream of a channel, open or ended.',
  ok: { description: 'The stream.', schema: streamSchema },
  problems: ['not-found', 'unavailable'],
});

export const listVodsOperation = operation(listVodsRoute, {
  summary: 'List the recordings of a channel',
  description:
    'Lists the finished recordings of a channel, newest first. A recording that IVS merged across ' +
    'reconnects is listed once, with the last of its streams.',
  ok: { description: 'The recordings, newest first.', schema: vodsSchema },
  problems: ['not-found', 'invalid-cursor', 'unavailable'],
});

export const listRecordingsOperation = operation(listRecordingsRoute, {
  summary: 'List the recordings of all channels',
  description:
    'Lists the finished recordings of all channels, newest first, with the channels. With `categoryId`, lists those of ' +
    'one category; an unknown category returns an empty list. A recording that spans reconnects is listed once. ' +
    'A cursor is valid only with the `categoryId` that it was created with. A page can have fewer items than ' +
    '`limit` while a channel is being deleted.',
  ok: { description: 'The recordings, newest first.', schema: recordingsSchema },
  problems: ['invalid-cursor', 'unavailable'],
});
