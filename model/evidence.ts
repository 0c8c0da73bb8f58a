import * as z from 'zod';

/**
 * What is known of a session from the events seen so far, kept with its row.
 *
 * Each member is the smallest or the greatest of what was seen, so adding an event is a join: in any
 * order, any number of times, the same events leave the same evidence.
 */
export const evidence = z.object({
  /** Earliest Session Created. */
  sessionCreatedAt: z.string().optional(),
  /** Earliest Stream Start. */
  streamStartedAt: z.string().optional(),
  /** Latest of Stream Start and Stream End; at the same instant the End counts. `streamedAt` counts as a Start. */
  playback: z.object({ at: z.string(), playing: z.boolean() }).optional(),
  /** Earliest Session Ended. */
  sessionEndedAt: z.string().optional(),
  /** Earliest Stream Failure. */
  streamFailedAt: z.string().optional(),
  /** Latest of Session Ended and Stream Failure. */
  lastEndedAt: z.string().optional(),
  /** What the reconciler learned last of the session from IVS: when it started, and whether IVS streamed it. */
  finding: z.object({ at: z.string(), isStreaming: z.boolean(), startedAt: z.string() }).optional(),
  /** Latest time at which the reconciler learned that IVS streamed the session. */
  streamedAt: z.string().optional(),
  /** Latest of Starvation Start and Starvation End; at the same instant the End counts. */
  health: z.object({ at: z.string(), healthy: z.boolean() }).optional(),
  /** A limit was breached or something failed. */
  hasErrorEvent: z.literal(true).optional(),
  /** Earliest Recording Start of this session, and where it writes. */
  recordingStart: z.object({ at: z.string(), path: z.string() }).optional(),
  /** Earliest Recording Start of the sessions whose recording a Recording End of this one took in. */
  mergedRecordingStartAt: z.string().optional(),
  /** This session's Recording End of the highest rank. */
  recordingEnd: z
    .object({ rank: z.string(), at: z.string(), path: z.string(), durationMs: z.number().optional() })
    .optional(),
  /** Latest Recording Start Failure or Recording End Failure. */
  recordingFailure: z.object({ at: z.string(), status: z.string(), reason: z.string() }).optional(),
  /** Other sessions whose Recording End took this one's recording in, each with the highest rank of such an End. */
  recordingMerges: z.record(z.string(), z.string()).optional(),
});
export type Evidence = z.infer<typeof evidence>;
