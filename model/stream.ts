import { evidence } from './evidence.ts';
import { present, rowTimes, seedMark, shardOf } from './row.ts';
import * as z from './zod.ts';

export const recordingStatuses = ['recording', 'ended', 'failed'] as const;

/** What an encoder sends, as IVS detected it. A value that IVS did not detect is absent. */
export const encoder = z.object({
  video: z.object({
    codec: z.optional(z.string()),
    width: z.optional(z.int()),
    height: z.optional(z.int()),
    /** Frames per second. */
    framerate: z.optional(z.number()),
    /** Bits per second that the encoder aims at. */
    bitrate: z.optional(z.int()),
  }),
  audio: z.object({
    codec: z.optional(z.string()),
    /** Bits per second that the encoder aims at. */
    bitrate: z.optional(z.int()),
    /** Samples per second. */
    sampleRate: z.optional(z.int()),
    channels: z.optional(z.int()),
  }),
});
export type Encoder = z.infer<typeof encoder>;

/** A row of `streams`: one broadcast session of a channel. `id` is the IVS stream id. */
export const streamRow = z.object({
  channelId: z.string(),
  id: z.string(),
  channelArn: z.string(),
  username: z.string(),
  playbackUrl: z.string(),
  /** Copied from the channel when the session starts. */
  title: z.optional(z.string()),
  categoryId: z.optional(z.string()),
  /** Absent while no event proves that the session started. Such a session is in no list. */
  startedAt: z.optional(z.string()),
  endedAt: z.optional(z.string()),
  /** Present if and only if this is the channel's newest session and it is open: `shardOf(present, channelId)`. */
  isOpen: z.optional(z.string()),
  /**
   * Present while only the recording proves that the session started. The reconciler gets the rest from IVS.
   */
  isIncomplete: z.optional(z.literal(present)),
  /** True when the session is open and viewers can watch it. */
  isLive: z.boolean(),
  isHealthy: z.boolean(),
  hasErrorEvent: z.boolean(),
  recordingStatus: z.optional(z.enum(recordingStatuses)),
  recordingStartedAt: z.optional(z.string()),
  recordingEndedAt: z.optional(z.string()),
  recordingDurationMs: z.optional(z.number()),
  /** The S3 key prefix of the recording. */
  recordingPath: z.optional(z.string()),
  recordingFailureReason: z.optional(z.string()),
  /** The session that has the recording into which this session's recording was merged. */
  recordingStreamId: z.optional(z.string()),
  /**
   * `startedAt` when this session has a playable recording of its own. This attribute puts the session in the
   * VOD list.
   */
  vodStartedAt: z.optional(z.string()),
  /** The partitions of the session in the lists of all recordings and of those of its category. See `vodKeys`. */
  vodShard: z.optional(z.string()),
  vodCategoryId: z.optional(z.string()),
  /** The greatest number of viewers in one minute so far. Absent when nobody watched. */
  peakViewers: z.optional(z.int()),
  /** How many viewers have joined the stream. Absent when nobody did. */
  views: z.optional(z.int()),
  /** How often the session's recording was played. Absent when nobody did. */
  recordingViews: z.optional(z.int()),
  /** The configuration of the encoder at the start. The reconciler reads it from IVS once. */
  encoder: z.optional(encoder),
  evidence,
  version: z.int(),
  ...rowTimes,
  ...seedMark,
});
export type Stream = z.infer<typeof streamRow>;

/** The attributes of a session that the page of its channel shows. */
export const channelPageStreamRow = z.pick(streamRow, {
  id: true,
  title: true,
  categoryId: true,
  startedAt: true,
  isLive: true,
  isHealthy: true,
  hasErrorEvent: true,
  recordingStatus: true,
  recordingPath: true,
});
export type ChannelPageStream = z.infer<typeof channelPageStreamRow>;

/**
 * Returns the partition keys of a session in the lists of recordings. A session has them always, and is in the lists
 * only while it has `vodStartedAt`. So an edit of the category and the end of a recording do not depend on each other.
 */
export function vodKeys({
  channelId,
  categoryId,
}: Pick<Stream, 'channelId' | 'categoryId'>): Pick<Stream, 'vodShard' | 'vodCategoryId'> {
  const vodCategoryId = categoryId === undefined ? undefined : shardOf(categoryId, channelId);
  return { vodShard: shardOf(present, channelId), vodCategoryId };
}

/** The attributes of a session in the index of open sessions. */
export const openStreamRow = z.extend(
  z.pick(streamRow, { channelId: true, id: true, channelArn: true, username: true, isLive: true }),
  { startedAt: z.string() },
);
export type OpenStream = z.infer<typeof openStreamRow>;

/** The attributes of a session in the index of incomplete sessions. */
export const incompleteStreamRow = z.extend(
  z.pick(streamRow, { channelId: true, id: true, channelArn: true }),
  { startedAt: z.string() },
);
export type IncompleteStream = z.infer<typeof incompleteStreamRow>;

/** The attributes of a session in the index of recordings. */
export const vodRow = z.extend(
  z.pick(streamRow, {
    channelId: true,
    id: true,
    title: true,
    categoryId: true,
    endedAt: true,
    recordingStartedAt: true,
    recordingEndedAt: true,
    recordingDurationMs: true,
    peakViewers: true,
    recordingViews: true,
  }),
  { startedAt: z.string(), vodStartedAt: z.string(), recordingPath: z.string() },
);
export type Vod = z.infer<typeof vodRow>;

/** A session that is known to have started. Only these sessions are shown. */
export type StartedStream = Stream & { readonly startedAt: string };

export function isStarted(stream: Stream | undefined): stream is StartedStream {
  return stream?.startedAt !== undefined;
}

/** Returns the session's duration in milliseconds, or undefined while the session is open. */
export function durationMs({ startedAt, endedAt }: StartedStream): number | undefined {
  return endedAt === undefined ? undefined : Date.parse(endedAt) - Date.parse(startedAt);
}
