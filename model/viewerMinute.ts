import * as z from 'zod';
import { rowTimes, seedMark } from './row.ts';
import type { Timestamp } from './time.ts';

/** The picture sizes that are told apart: by the shorter side, in pixels. */
export const qualities = ['160p', '360p', '480p', '720p', '1080p', '1440p', '2160p', 'other'] as const;
export const browsers = ['chrome', 'edge', 'firefox', 'opera', 'safari', 'samsung', 'other'] as const;
export const operatingSystems = ['android', 'ios', 'linux', 'macos', 'windows', 'other'] as const;
export const devices = ['desktop', 'mobile'] as const;

/**
 * What is counted by kind, each kind as an attribute of its own, as `quality:720p`: an update can add to an attribute
 * that is not there yet, and not to a member of a map that is not. The kinds are fixed, so a row cannot grow.
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
 * What is averaged: `latencyMs` is milliseconds behind the broadcaster, `bufferMs` milliseconds of video in the
 * player's buffer, `bitrate` bits a second and `framerate` frames a second.
 */
export const viewerMeasures = ['latencyMs', 'bufferMs', 'bitrate', 'framerate'] as const;
export type ViewerMeasure = (typeof viewerMeasures)[number];

const counted = z.number().int().min(0);

/**
 * A row of `metrics`: one minute of one stream. `id` is the start of the minute. Each viewer counts once a minute.
 * The others are sums over the viewers, so an average is a sum over `viewers`, less those who did not say: `latencyMsUnknown`
 * of them, and so on. Where there are very many, only a part of them is asked, and each of those counts for several, in
 * `viewers` as in the sums.
 */
export const viewerMinuteRow = z.object({
  streamId: z.string(),
  id: z.string(),
  viewers: counted,
  latencyMsSum: z.number(),
  bufferMsSum: z.number(),
  bitrateSum: z.number(),
  framerateSum: z.number(),
  latencyMsUnknown: counted.optional(),
  bufferMsUnknown: counted.optional(),
  bitrateUnknown: counted.optional(),
  framerateUnknown: counted.optional(),
  ...kindAttributes(),
  ...rowTimes,
  ...seedMark,
});
export type ViewerMinute = z.infer<typeof viewerMinuteRow>;

/** The attribute that counts a kind, as `browser:firefox`. */
export function kindAttribute<D extends ViewerDimension>(
  dimension: D,
  kind: ViewerKind<D>,
): `${D}:${ViewerKind<D>}` {
  return `${dimension}:${kind}`;
}

function kindAttributes(): Record<KindAttribute, z.ZodOptional<typeof counted>> {
  return {
    ...countedAs('quality', qualities),
    ...countedAs('browser', browsers),
    ...countedAs('os', operatingSystems),
    ...countedAs('device', devices),
  };
}

function countedAs<D extends ViewerDimension>(dimension: D, kinds: readonly ViewerKind<D>[]) {
  const entries = kinds.map(kind => [kindAttribute(dimension, kind), counted.optional()] as const);
  // The compiler takes the names of an object made of entries for any.
  return Object.fromEntries(entries) as Record<`${D}:${ViewerKind<D>}`, z.ZodOptional<typeof counted>>;
}

/** What a player tells of one viewer at one moment. Members that it does not know are left out. */
const playback = z.object({
  latencyMs: z.number().optional(),
  bufferMs: z.number().optional(),
  bitrate: z.number().optional(),
  framerate: z.number().optional(),
  quality: z.enum(qualities).optional(),
  browser: z.enum(browsers).optional(),
  os: z.enum(operatingSystems).optional(),
  device: z.enum(devices).optional(),
  /** Width and height in pixels, as `1280x720`. */
  resolution: z.string().optional(),
  codecs: z.string().optional(),
  /** The name of a time zone, as `Europe/Paris`. */
  timezone: z.string().optional(),
});
export type Playback = Readonly<z.infer<typeof playback>>;

/** A row of `viewerSamples`: what one viewer's player reported in one minute. */
export const viewerSampleRow = z.object({
  /** `<stream id>#<viewer id>`. */
  viewer: z.string(),
  /** The start of the minute. */
  minute: z.string(),
  /** Keyed hash of the network the sample came from: enough to see that many came from one, and nothing else. */
  networkHash: z.string(),
  /** For how many viewers this one counts. */
  weight: counted,
  ...playback.shape,
  /** Unix time in seconds. */
  expiresAt: z.number().int(),
  ...rowTimes,
});
export type ViewerSample = z.infer<typeof viewerSampleRow>;

const MINUTE_MS = 60_000;

/** The start of the minute that `time` is in. */
export function minuteOf(time: Date | Timestamp): Timestamp {
  const ms = typeof time === 'string' ? Date.parse(time) : time.getTime();
  return new Date(Math.floor(ms / MINUTE_MS) * MINUTE_MS).toISOString();
}

/** How many minutes an answer of analytics has at most: a day. */
export const MAX_ANALYTICS_MINUTES = 1440;

/** How many characters a viewer's token has at most. The longest there is has some 600. */
export const MAX_VIEWER_TOKEN_LENGTH = 1024;
