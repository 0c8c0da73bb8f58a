import { z } from '@hono/zod-openapi';
import { recordingStatuses } from '../../../model/stream.ts';
import { listSchema } from '../http/lists.ts';

const time = z.iso.datetime().openapi({ example: '2026-01-15T20:00:00.000Z' });
const milliseconds = z.number().min(0);

const recordingSchema = z
  .object({
    status: z.enum([...recordingStatuses, 'merged']).openapi({
      description:
        "`merged`: IVS recorded this session and another as one, which is that other session's (`streamId`).",
    }),
    streamId: z
      .string()
      .openapi({ description: 'The stream whose recording holds this one: its own id, mostly.' }),
    startedAt: time.nullable(),
    endedAt: time.nullable(),
    durationMs: milliseconds.nullable(),
    path: z.string().nullable().openapi({ description: 'The key prefix of the recording in its bucket.' }),
    failureReason: z.string().nullable(),
    playlistUrl: z.url().nullable().openapi({
      description:
        'The HLS playlist: what there is so far, while it records. Null when there is nothing to play.',
      example: 'https://d111111abcdef8.cloudfront.net/ivs/v1/.../media/hls/master.m3u8',
    }),
    thumbnailUrl: z
      .url()
      .nullable()
      .openapi({ description: 'The newest thumbnail; of an ended recording, the last.' }),
  })
  .openapi('Recording');
export type RecordingBody = z.infer<typeof recordingSchema>;

/** A stream, past or present. */
export const streamSchema = z
  .object({
    id: z.string().openapi({ example: 'st-1A2b3C4d5E6f7G8h9I0j1K2' }),
    title: z.string().nullable().openapi({ example: 'Late night guitar' }),
    categoryId: z.string().nullable().openapi({ example: 'music' }),
    startedAt: time,
    endedAt: time.nullable().openapi({ description: 'Null while it is open.' }),
    durationMs: milliseconds.nullable().openapi({ description: 'Null while it is open.' }),
    isOpen: z
      .boolean()
      .openapi({ description: 'The session is not over. At most one of a channel is open.' }),
    isLive: z.boolean().openapi({ description: 'It can be watched now.' }),
    isHealthy: z.boolean().openapi({ description: 'False while IVS says that the encoder starves it.' }),
    hasErrorEvent: z
      .boolean()
      .openapi({ description: 'True once a limit was breached or the stream failed.' }),
    recording: z
      .union([recordingSchema, z.null()])
      .openapi({ description: 'Null when nothing is known of one.' }),
  })
  .openapi('Stream');
export type StreamBody = z.infer<typeof streamSchema>;

export const streamsSchema = listSchema('Streams', streamSchema);

/** A recording that can be watched. */
export const vodSchema = z
  .object({
    streamId: z.string().openapi({ description: 'The stream it was made of: the last, of several merged.' }),
    title: z.string().nullable().openapi({ example: 'Late night guitar' }),
    categoryId: z.string().nullable().openapi({ example: 'music' }),
    startedAt: time.openapi({ description: "The stream's start." }),
    endedAt: time.nullable().openapi({ description: "The stream's end; null while its session is open." }),
    durationMs: milliseconds.nullable().openapi({ description: 'How long the recording plays.' }),
    playlistUrl: z.url().openapi({ description: 'The HLS playlist.' }),
    thumbnailUrl: z.url().openapi({ description: 'The last thumbnail.' }),
  })
  .openapi('Vod');
export type VodBody = z.infer<typeof vodSchema>;

export const vodsSchema = listSchema('Vods', vodSchema);
