import * as z from 'zod';

/**
 * What the events seen so far prove about a session. It is stored in the session's row.
 *
 * Each member is the minimum or the maximum of the values seen, so adding an event is a join: the same events
 * give the same evidence in any order and with any repetitions.
 */
export const evidence = z.object({
  /** Earliest Session Created. */
  sessionCreatedAt: z.string().optional(),
  /** Earliest Stream Start. */
  streamStartedAt: z.string().optional(),
  /**
   * Latest of Stream Start and Stream End. At the same instant the End wins. `streamedAt` counts as a Start.
   */
  playback: z.object({ at: z.string(), playing: z.boolean() }).optional(),
  /** Earliest Session Ended. */
  sessionEndedAt: z.string().optional(),
  /** Earliest Stream Failure. */
  streamFailedAt: z.string().optional(),
  /** Latest of Session Ended and Stream Failure. */
  lastEndedAt: z.string().optional(),
  /**
   * The reconciler's latest finding about the session at IVS: its start, and whether IVS was streaming it.
   */
  finding: z.object({ at: z.string(), isStreaming: z.boolean(), startedAt: z.string() }).optional(),
  /** Latest time at which the reconciler found that IVS was streaming the session. */
  streamedAt: z.string().optional(),
  /** Latest of Starvation Start and Starvation End. At the same instant the End wins. */
  health: z.object({ at: z.string(), healthy: z.boolean() }).optional(),
  /** True when a limit was breached or a failure was reported. */
  hasErrorEvent: z.literal(true).optional(),
  /** Earliest Recording Start of this session, and the S3 key prefix that it writes to. */
  recordingStart: z.object({ at: z.string(), path: z.string() }).optional(),
  /** Earliest Recording Start of the sessions that were merged into this session's recording. */
  mergedRecordingStartAt: z.string().optional(),
  /** This session's Recording End of the highest rank. */
  recordingEnd: z
    .object({ rank: z.string(), at: z.string(), path: z.string(), durationMs: z.number().optional() })
    .optional(),
  /** Latest Recording Start Failure or Recording End Failure. */
  recordingFailure: z.object({ at: z.string(), status: z.string(), reason: z.string() }).optional(),
  /** Other sessions whose recording includes this one's, each with the highest rank of its Recording End. */
  recordingMerges: z.record(z.string(), z.string()).optional(),
});
export type Evidence = z.infer<typeof evidence>;
