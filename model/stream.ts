import * as z from 'zod';
import { evidence } from './evidence.ts';
import { present, rowTimes, seedMark } from './row.ts';

export const recordingStatuses = ['recording', 'ended', 'failed'] as const;

/** A row of `streams`: one broadcast session of a channel. `id` is the IVS stream id. */
export const streamRow = z.object({
  channelId: z.string(),
  id: z.string(),
  channelArn: z.string(),
  username: z.string(),
  playbackUrl: z.string(),
  /** Copied from the channel when the session starts. */
  title: z.string().optional(),
  categoryId: z.string().optional(),
  /** Absent while no event proves that the session started. Such a session is in no list. */
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  /** Present if and only if this is the channel's newest session and it is open: `shardOf(present, channelId)`. */
  isOpen: z.string().optional(),
  /**
   * Present while only the recording proves that the session started. The reconciler gets the rest from IVS.
   */
  isIncomplete: z.literal(present).optional(),
  /** True when the session is open and viewers can watch it. */
  isLive: z.boolean(),
  isHealthy: z.boolean(),
  hasErrorEvent: z.boolean(),
  recordingStatus: z.enum(recordingStatuses).optional(),
  recordingStartedAt: z.string().optional(),
  recordingEndedAt: z.string().optional(),
  recordingDurationMs: z.number().optional(),
  /** The S3 key prefix of the recording. */
  recordingPath: z.string().optional(),
  recordingFailureReason: z.string().optional(),
  /** The session that has the recording into which this session's recording was merged. */
  recordingStreamId: z.string().optional(),
  /**
   * `startedAt` when this session has a playable recording of its own. This attribute puts the session in the
   * VOD list.
   */
  vodStartedAt: z.string().optional(),
  evidence,
  version: z.number().int(),
  ...rowTimes,
  ...seedMark,
});
export type Stream = z.infer<typeof streamRow>;

/** The attributes of a session in the index of open sessions. */
export const openStreamRow = streamRow
  .pick({ channelId: true, id: true, channelArn: true, username: true, isLive: true })
  .extend({ startedAt: z.string() });
export type OpenStream = z.infer<typeof openStreamRow>;

/** The attributes of a session in the index of incomplete sessions. */
export const incompleteStreamRow = streamRow
  .pick({ channelId: true, id: true, channelArn: true })
  .extend({ startedAt: z.string() });
export type IncompleteStream = z.infer<typeof incompleteStreamRow>;

/** The attributes of a session in the index of recordings. */
export const vodRow = streamRow
  .pick({
    channelId: true,
    id: true,
    title: true,
    categoryId: true,
    endedAt: true,
    recordingStartedAt: true,
    recordingEndedAt: true,
    recordingDurationMs: true,
  })
  .extend({ startedAt: z.string(), vodStartedAt: z.string(), recordingPath: z.string() });
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
