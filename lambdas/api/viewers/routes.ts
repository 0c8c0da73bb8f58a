import { timestamp } from '../../../model/time.ts';
import { MAX_VIEWER_TOKEN_LENGTH } from '../../../model/viewerMinute.ts';
import * as z from '../../../model/zod.ts';
import { streamId, username } from '../http/parameters.ts';
import { none, route } from '../http/route.ts';

const DAY_MS = 24 * 3600_000;

// Names of browsers and codecs fit. Full user agent strings do not, and are refused.
const MAX_NAME = 64;

// Players send null for values that they do not know. Null and an absent field mean the same.
const optional = <S extends z.ZodMiniType>(schema: S) =>
  z.pipe(
    z.nullish(schema),
    z.transform(value => value ?? undefined),
  );

const upTo = (most: number) =>
  optional(z.int(`must be a whole number from 0 to ${most}`).check(z.minimum(0), z.maximum(most)));

const name = (example: string) =>
  optional(z.string('must be text').check(z.minLength(1), z.maxLength(MAX_NAME))).check(z.meta({ example }));

/** The request body of `postMetrics`. It has no time and no address, because the server knows both. */
export const sampleSchema = z
  .strictObject({
    viewerToken: optional(z.string('must be text').check(z.maxLength(MAX_VIEWER_TOKEN_LENGTH))).check(
      z.meta({
        description:
          'The `viewerToken` of the last response. If it is omitted, the caller joins as a new viewer.',
      }),
    ),
    quality: name('720p60').check(
      z.meta({
        description:
          "The player's name for the rendition. If it is omitted, the quality is derived from the resolution.",
      }),
    ),
    resolution: optional(
      z
        .string('must be text')
        .check(
          z.regex(/^[1-9]\d{0,4}x[1-9]\d{0,4}$/, 'must be a width and a height in pixels, such as 1280x720'),
        ),
    ).check(z.meta({ example: '1280x720' })),
    bitrate: upTo(100_000_000).check(z.meta({ description: 'Bits per second.', example: 2_400_000 })),
    framerate: upTo(240).check(z.meta({ description: 'Frames per second, rounded.', example: 60 })),
    latencyMs: upTo(DAY_MS).check(
      z.meta({
        description: 'Milliseconds behind the broadcaster.',
        example: 3_200,
      }),
    ),
    bufferMs: upTo(DAY_MS).check(
      z.meta({
        description: "Milliseconds of video in the player's buffer.",
        example: 2_000,
      }),
    ),
    codecs: optional(
      z
        .string('must be text')
        .check(z.regex(/^[A-Za-z0-9.,_-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, commas, _ or -')),
    ).check(z.meta({ example: 'avc1.64002A,mp4a.40.2' })),
    browser: name('Mobile Safari').check(z.meta({ description: "The browser's name." })),
    os: name('iOS').check(z.meta({ description: "The operating system's name." })),
    isMobile: optional(z.boolean('must be true or false')),
    timezone: optional(
      z
        .string('must be text')
        .check(z.regex(/^[A-Za-z0-9_+/-]{1,64}$/, 'must be the name of a time zone, such as Europe/Paris')),
    ).check(z.meta({ example: 'Europe/Paris' })),
  })
  .check(
    z.meta({
      id: 'ViewerSample',
      description: 'The values that the player knows. Other fields are omitted or null.',
    }),
  );
export type SampleBody = z.infer<typeof sampleSchema>;

const params = z.strictObject({ username, streamId });

export const postMetricsRoute = route('postMetrics', {
  auth: 'optional',
  countsItself: true,
  params,
  query: none,
  body: sampleSchema,
});

export const postPlayRoute = route('postPlay', { auth: 'optional', params, query: none });

export const getViewersRoute = route('getViewers', {
  auth: 'none',
  // Players report every 30 seconds.
  cache: { cdn: 5, browser: 5 },
  params,
  query: none,
});

const time = (description: string) =>
  z.optional(timestamp).check(z.meta({ description, type: 'string', format: 'date-time' }));

export const getAnalyticsRoute = route('getAnalytics', {
  auth: 'user',
  cost: 'expensive',
  params,
  query: z.strictObject({
    from: time(
      'The response begins with the minute that contains this time. Default: the start of the stream.',
    ),
    to: time('The response ends at this time. Default: the end of the stream, or now if the stream is open.'),
  }),
});
