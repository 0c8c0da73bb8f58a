import { z } from '@hono/zod-openapi';
import {
  browsers,
  devices,
  MAX_ANALYTICS_MINUTES,
  operatingSystems,
  qualities,
} from '../../../model/viewerMinute.ts';
import { operation } from '../http/operation.ts';
import { getAnalyticsRoute, getViewersRoute, postMetricsRoute, postPlayRoute } from './routes.ts';

export const takenSampleSchema = z
  .object({
    viewerToken: z.string().openapi({ description: 'The token to send with the next sample.' }),
    nextSampleInSeconds: z
      .int()
      .min(0)
      .openapi({ description: 'The number of seconds to wait before sending the next sample.', example: 30 }),
  })
  .openapi('TakenViewerSample');

const viewersSchema = z
  .object({
    viewers: z.int().min(0).openapi({ description: '0 when the stream has ended.', example: 1204 }),
    at: z.iso.datetime(),
  })
  .openapi('Viewers');

const average = (description: string) => z.number().nullable().openapi({ description });
const averagesSchema = z
  .object({
    latencyMs: average('Milliseconds behind the broadcaster.'),
    bufferMs: average("Milliseconds of video in the players' buffers."),
    bitrate: average('Bits per second.'),
    framerate: average('Frames per second.'),
  })
  .openapi('ViewerAverages', {
    description:
      'Averages over the viewers whose players reported a value. Null when no player reported one.',
  });
export type AveragesBody = z.infer<typeof averagesSchema>;

const ingestSchema = z
  .object({
    videoBitrate: average('Bits per second of video that IVS received.').openapi({ example: 5_950_000 }),
    framerate: average('Frames per second that IVS received.'),
    keyframeIntervalSeconds: average('Seconds between two keyframes.').openapi({ example: 2 }),
  })
  .openapi('IngestAverages', {
    description:
      'What IVS received from the encoder, on average. Null when IVS has no value: it keeps one for each minute ' +
      'for 15 days, then one for every five minutes, and after 63 days one for each hour.',
  });

const known = (description: string, example: number) =>
  z.number().nullable().openapi({ description, example });
const codec = z.string().nullable();

/** What the encoder sends, as IVS detected it. */
const encoderSchema = z
  .object({
    video: z
      .object({
        codec: codec.openapi({ description: 'The video codec (RFC 6381).', example: 'avc1.64002A' }),
        width: known('Pixels.', 1920),
        height: known('Pixels.', 1080),
        framerate: known('Frames per second.', 60),
        bitrate: known('The bits per second that the encoder aims at.', 6_000_000),
      })
      .openapi('EncoderVideo'),
    audio: z
      .object({
        codec: codec.openapi({ description: 'The audio codec (RFC 6381).', example: 'mp4a.40.2' }),
        bitrate: known('The bits per second that the encoder aims at.', 160_000),
        sampleRate: known('Samples per second.', 48_000),
        channels: known('The number of audio channels.', 2),
      })
      .openapi('EncoderAudio'),
  })
  .openapi('Encoder');
export type EncoderBody = z.infer<typeof encoderSchema>;

const sharesOf = <K extends readonly [string, ...string[]]>(title: string, kinds: K) =>
  z.array(
    z
      .object({
        kind: z.enum(kinds),
        viewerMinutes: z.int().min(0),
        share: z
          .number()
          .min(0)
          .max(1)
          .openapi({ description: 'The share of all viewer minutes whose kind is known.' }),
      })
      .openapi(title),
  );

/** The viewers and the chat messages of a stream, minute by minute. */
export const analyticsSchema = z
  .object({
    minutes: z.array(
      z
        .object({
          minute: z.iso.datetime().openapi({ description: 'The start of the minute.' }),
          viewers: z.int().min(0),
          averages: averagesSchema,
          ingest: ingestSchema,
          chatMessages: z.int().min(0).openapi({
            description:
              'The messages sent in this minute while the stream was open, including deleted ones.',
          }),
        })
        .openapi('AnalyticsMinute'),
    ),
    peakViewers: z.int().min(0),
    viewerMinutes: z
      .int()
      .min(0)
      .openapi({ description: 'The total number of minutes watched by all viewers.' }),
    averages: averagesSchema,
    shares: z.object({
      quality: sharesOf('QualityShare', qualities),
      browser: sharesOf('BrowserShare', browsers),
      os: sharesOf('OperatingSystemShare', operatingSystems),
      device: sharesOf('DeviceShare', devices),
    }),
    encoder: z.union([encoderSchema, z.null()]).openapi({
      description:
        'The configuration of your encoder at the start of the stream. Null until it is known, about a minute after ' +
        'the start, and for a stream that was shorter.',
    }),
    nextFrom: z.iso.datetime().nullable().openapi({
      description: 'Send it as `from` to get the minutes that follow. Null when there are none.',
    }),
  })
  .openapi('Analytics');
export type AnalyticsBody = z.infer<typeof analyticsSchema>;

export const postMetricsOperation = operation(postMetricsRoute, {
  summary: 'Report playback metrics',
  description:
    "Counts the caller as a viewer, and records playback metrics for the channel's owner. The first " +
    'sample joins the audience. Each response contains the token for the next sample and the time at ' +
    'which to send it: about every 30 seconds, or minutes later when the audience is so large that only ' +
    'a part of it is sampled. A viewer counts once per minute, no matter how many samples are sent. ' +
    'After the end of the stream, viewers can no longer join or send samples, and the response is a ' +
    '409. Only joins count towards the rate limit.',
  ok: { description: 'The sample is recorded.', schema: takenSampleSchema },
  problems: ['not-found', 'conflict'],
});

export const postPlayOperation = operation(postPlayRoute, {
  summary: 'Report a play of a recording',
  description:
    'Counts a play of a recording, which appears in its `views`. A player sends it once, after it has played the ' +
    'recording for ten seconds. A signed-in viewer counts once a day for a recording. The guests of one network ' +
    'count for a limited number of views in a day; later reports from it change nothing. A stream without a finished ' +
    'recording of its own returns a 409: for a merged recording, use the `streamId` of the recording.',
  ok: {
    status: 204,
    description: 'The play is counted, or enough plays of the caller have been counted before.',
  },
  problems: ['not-found', 'conflict'],
});

export const getViewersOperation = operation(getViewersRoute, {
  summary: 'Get the number of viewers',
  description:
    'Returns the current number of viewers of a stream, at most one minute old. An ended stream has 0 ' +
    'viewers.',
  ok: { description: 'The number of viewers.', schema: viewersSchema },
  problems: ['not-found'],
});

export const getAnalyticsOperation = operation(getAnalyticsRoute, {
  summary: 'Get the analytics of a stream',
  description:
    'Returns, for each minute of your stream, the number of viewers, the playback metrics, what IVS received ' +
    `from your encoder, and the number of chat messages. A response has at most ${MAX_ANALYTICS_MINUTES} minutes; the next one ` +
    'begins at its `nextFrom`. The totals cover only the minutes of the response.',
  ok: { description: 'The minutes in order, and their totals.', schema: analyticsSchema },
  problems: ['forbidden', 'not-found'],
});
