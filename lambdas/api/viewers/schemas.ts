import { z } from '@hono/zod-openapi';
import {
  browsers,
  devices,
  MAX_VIEWER_TOKEN_LENGTH,
  operatingSystems,
  qualities,
} from '../../../model/viewerMinute.ts';

const DAY_MS = 24 * 3600_000;
// Names of browsers and codecs fit. Full user agent strings do not, and are refused.
const MAX_NAME = 64;

// Players send null for values that they do not know. Null and an absent field mean the same.
const optional = <S extends z.ZodType>(schema: S) => schema.nullish().transform(value => value ?? undefined);
const upTo = (most: number) => optional(z.int(`must be a whole number from 0 to ${most}`).min(0).max(most));
const name = (example: string) =>
  optional(z.string('must be text').min(1).max(MAX_NAME)).openapi({ example });

/** The request body of `postMetrics`. It has no time and no address, because the server knows both. */
export const sampleSchema = z
  .strictObject({
    viewerToken: optional(z.string('must be text').max(MAX_VIEWER_TOKEN_LENGTH)).openapi({
      description:
        'The `viewerToken` of the last response. If it is omitted, the caller joins as a new viewer.',
    }),
    quality: name('720p60').openapi({
      description:
        "The player's name for the rendition. If it is omitted, the quality is derived from the resolution.",
    }),
    resolution: optional(
      z
        .string('must be text')
        .regex(/^[1-9]\d{0,4}x[1-9]\d{0,4}$/, 'must be a width and a height in pixels, such as 1280x720'),
    ).openapi({ example: '1280x720' }),
    bitrate: upTo(100_000_000).openapi({ description: 'Bits per second.', example: 2_400_000 }),
    framerate: upTo(240).openapi({ description: 'Frames per second, rounded.', example: 60 }),
    latencyMs: upTo(DAY_MS).openapi({
      description: 'Milliseconds behind the broadcaster.',
      example: 3_200,
    }),
    bufferMs: upTo(DAY_MS).openapi({
      description: "Milliseconds of video in the player's buffer.",
      example: 2_000,
    }),
    codecs: optional(
      z
        .string('must be text')
        .regex(/^[A-Za-z0-9.,_-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, commas, _ or -'),
    ).openapi({ example: 'avc1.64002A,mp4a.40.2' }),
    browser: name('Mobile Safari').openapi({ description: "The browser's name." }),
    os: name('iOS').openapi({ description: "The operating system's name." }),
    isMobile: optional(z.boolean('must be true or false')),
    timezone: optional(
      z
        .string('must be text')
        .regex(/^[A-Za-z0-9_+/-]{1,64}$/, 'must be the name of a time zone, such as Europe/Paris'),
    ).openapi({ example: 'Europe/Paris' }),
  })
  .openapi('ViewerSample', {
    description: 'The values that the player knows. Other fields are omitted or null.',
  });
export type SampleBody = z.infer<typeof sampleSchema>;

export const takenSampleSchema = z
  .object({
    viewerToken: z.string().openapi({ description: 'The token to send with the next sample.' }),
    nextSampleInSeconds: z
      .int()
      .min(0)
      .openapi({ description: 'The number of seconds to wait before sending the next sample.', example: 30 }),
  })
  .openapi('TakenViewerSample');

export const viewersSchema = z
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
    nextFrom: z.iso.datetime().nullable().openapi({
      description: 'Send it as `from` to get the minutes that follow. Null when there are none.',
    }),
  })
  .openapi('Analytics');
export type AnalyticsBody = z.infer<typeof analyticsSchema>;
