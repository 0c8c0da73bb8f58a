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
  /** Absent while no event says that the session started: such a session is in no list. */
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  /** Present if and only if this is its channel's newest session and it is not over. */
  isOpen: z.literal(present).optional(),
  /** Present while only its recording says that the session started: the reconciler asks IVS for the rest. */
  isIncomplete: z.literal(present).optional(),
  /** Open, and viewers can watch. */
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
  /** The session that carries the one recording which this session's was merged into. */
  recordingStreamId: z.string().optional(),
  /** `startedAt` while there is a recording of this session's own that can be watched: what puts it among the VODs. */
  vodStartedAt: z.string().optional(),
  evidence,
  version: z.number().int(),
  ...rowTimes,
  ...seedMark,
});
export type Stream = z.infer<typeof streamRow>;

/** What the index of open sessions tells of one. */
export const openStreamRow = streamRow
  .pick({ channelId: true, id: true, channelArn: true, username: true, isLive: true })
  .extend({ startedAt: z.string() });
export type OpenStream = z.infer<typeof openStreamRow>;

/** What the index of incomplete sessions tells of one. */
export const incompleteStreamRow = streamRow
  .pick({ channelId: true, id: true, channelArn: true })
  .extend({ startedAt: z.string() });
export type IncompleteStream = z.infer<typeof incompleteStreamRow>;

/** What the index of recordings tells of one. */
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

/** A session that is known to have started: the only kind that is shown. */
export type StartedStream = Stream & { readonly startedAt: string };

export function isStarted(stream: Stream | undefined): stream is StartedStream {
  return stream?.startedAt !== undefined;
}

/** How long the session lasted, in milliseconds; undefined until it is over. */
export function durationMs({ startedAt, endedAt }: StartedStream): number | undefined {
  return endedAt === undefined ? undefined : Date.parse(endedAt) - Date.parse(startedAt);
}
