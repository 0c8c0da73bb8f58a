import { rowTimes, seedMark } from './row.ts';
import type { Timestamp } from './time.ts';
import * as z from './zod.ts';

/** The picture sizes, by the shorter side in pixels. */
export const qualities = ['160p', '360p', '480p', '720p', '1080p', '1440p', '2160p', 'other'] as const;
export const browsers = ['chrome', 'edge', 'firefox', 'opera', 'safari', 'samsung', 'other'] as const;
export const operatingSystems = ['android', 'ios', 'linux', 'macos', 'windows', 'other'] as const;
export const devices = ['desktop', 'mobile'] as const;

/**
 * The kinds that are counted. Each kind is an attribute of its own, such as `quality:720p`, because an update
 * can add to a missing attribute but not to a missing member of a map. The kinds are fixed, so a row cannot
 * grow.
 */
export const viewerKinds = {
  quality: qualities,
  browser: browsers,
  os: operatingSystems,
  device: devices,
} as const;
export type ViewerDimension = keyof typeof viewerKinds;
export type ViewerKind<D extends ViewerDimension = ViewerDimension> = (typeof viewerKinds)[D][number];
/** The name of an attribute that counts a kind. */
export type KindAttribute = { [D in ViewerDimension]: `${D}:${ViewerKind<D>}` }[ViewerDimension];

/**
 * The measures that are averaged: `latencyMs` is milliseconds behind the broadcaster, `bufferMs` milliseconds
 * of video in the player's buffer, `bitrate` bits per second and `framerate` frames per second.
 */
export const viewerMeasures = ['latencyMs', 'bufferMs', 'bitrate', 'framerate'] as const;
export type ViewerMeasure = (typeof viewerMeasures)[number];

const counted = z.int().check(z.minimum(0));
const countedIfAny = z.optional(counted);

/**
 * A row of `metrics`: one minute of one stream. `id` is the start of the minute. Each viewer counts once per
 * minute. The sums add the values of all viewers, so an average is a sum divided by `viewers` minus the
 * viewers who did not report the value (`latencyMsUnknown` and so on). With very many viewers only a part of
 * them reports, and each report counts for several viewers, in `viewers` and in the sums.
 */
export const viewerMinuteRow = z.object({
  streamId: z.string(),
  id: z.string(),
  viewers: counted,
  /** The viewers whose first sample of the stream is in this minute. */
  views: countedIfAny,
  latencyMsSum: z.number(),
  bufferMsSum: z.number(),
  bitrateSum: z.number(),
  framerateSum: z.number(),
  latencyMsUnknown: countedIfAny,
  bufferMsUnknown: countedIfAny,
  bitrateUnknown: countedIfAny,
  framerateUnknown: countedIfAny,
  ...kindAttributes(),
  ...rowTimes,
  ...seedMark,
});
export type ViewerMinute = z.infer<typeof viewerMinuteRow>;

/** Returns the attribute that counts a kind, such as `browser:firefox`. */
export function kindAttribute<D extends ViewerDimension>(
  dimension: D,
  kind: ViewerKind<D>,
): `${D}:${ViewerKind<D>}` {
  return `${dimension}:${kind}`;
}

function kindAttributes(): Record<KindAttribute, typeof countedIfAny> {
  return {
    ...countedAs('quality', qualities),
    ...countedAs('browser', browsers),
    ...countedAs('os', operatingSystems),
    ...countedAs('device', devices),
  };
}

function countedAs<D extends ViewerDimension>(dimension: D, kinds: readonly ViewerKind<D>[]) {
  const entries = kinds.map(kind => [kindAttribute(dimension, kind), countedIfAny] as const);
  // The compiler types the names of `Object.fromEntries` as any string.
  return Object.fromEntries(entries) as Record<`${D}:${ViewerKind<D>}`, typeof countedIfAny>;
}

/** A player's report on one viewer at one moment. Members that the player does not know are absent. */
const playback = z.object({
  latencyMs: z.optional(z.number()),
  bufferMs: z.optional(z.number()),
  bitrate: z.optional(z.number()),
  framerate: z.optional(z.number()),
  quality: z.optional(z.enum(qualities)),
  browser: z.optional(z.enum(browsers)),
  os: z.optional(z.enum(operatingSystems)),
  device: z.optional(z.enum(devices)),
  /** Width and height in pixels, such as `1280x720`. */
  resolution: z.optional(z.string()),
  codecs: z.optional(z.string()),
  /** The name of a time zone, such as `Europe/Paris`. */
  timezone: z.optional(z.string()),
});
export type Playback = Readonly<z.infer<typeof playback>>;

/** A row of `viewerSamples`: the report of one viewer's player in one minute. */
export const viewerSampleRow = z.object({
  /** `<stream id>#<viewer id>`. */
  viewer: z.string(),
  /** The start of the minute. */
  minute: z.string(),
  /** A keyed hash of the sample's network. It shows only whether samples come from the same network. */
  networkHash: z.string(),
  /** The number of viewers for which this sample counts. */
  weight: counted,
  ...playback.shape,
  /** Unix time in seconds. */
  expiresAt: z.int(),
  ...rowTimes,
});
export type ViewerSample = z.infer<typeof viewerSampleRow>;

const MINUTE_MS = 60_000;

/** Returns the start of the minute that contains `time`. */
export function minuteOf(time: Date | Timestamp): Timestamp {
  const ms = typeof time === 'string' ? Date.parse(time) : time.getTime();
  return new Date(Math.floor(ms / MINUTE_MS) * MINUTE_MS).toISOString();
}

/** The maximum number of minutes in an answer of analytics: one day. */
export const MAX_ANALYTICS_MINUTES = 1440;

/** The maximum length of a viewer token, in characters. The longest actual token has about 600. */
export const MAX_VIEWER_TOKEN_LENGTH = 1024;
