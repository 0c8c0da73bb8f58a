import * as z from './zod.ts';

/**
 * What the events seen so far prove about a session. It is stored in the session's row.
 *
 * Each member is the minimum or the maximum of the values seen, so adding an event is a join: the same events
 * give the same evidence in any order and with any repetitions.
 */
export const evidence = z.object({
  /** Earliest Session Created. */
  sessionCreatedAt: z.optional(z.string()),
  /** Earliest Stream Start. */
  streamStartedAt: z.optional(z.string()),
  /**
   * Latest of Stream Start and Stream End. At the same instant the End wins. `streamedAt` counts as a Start.
   */
  playback: z.optional(z.object({ at: z.string(), playing: z.boolean() })),
  /** Earliest Session Ended. */
  sessionEndedAt: z.optional(z.string()),
  /** Earliest Stream Failure. */
  streamFailedAt: z.optional(z.string()),
  /** Latest of Session Ended and Stream Failure. */
  lastEndedAt: z.optional(z.string()),
  /**
   * The reconciler's latest finding about the session at IVS: its start, and whether IVS was streaming it.
   */
  finding: z.optional(z.object({ at: z.string(), isStreaming: z.boolean(), startedAt: z.string() })),
  /** Latest time at which the reconciler found that IVS was streaming the session. */
  streamedAt: z.optional(z.string()),
  /** Latest of Starvation Start and Starvation End. At the same instant the End wins. */
  health: z.optional(z.object({ at: z.string(), healthy: z.boolean() })),
  /** True when a limit was breached or a failure was reported. */
  hasErrorEvent: z.optional(z.literal(true)),
  /** Earliest Recording Start of this session, and the S3 key prefix that it writes to. */
  recordingStart: z.optional(z.object({ at: z.string(), path: z.string() })),
  /** Earliest Recording Start of the sessions that were merged into this session's recording. */
  mergedRecordingStartAt: z.optional(z.string()),
  /** This session's Recording End of the highest rank. */
  recordingEnd: z.optional(
    z.object({ rank: z.string(), at: z.string(), path: z.string(), durationMs: z.optional(z.number()) }),
  ),
  /** Latest Recording Start Failure or Recording End Failure. */
  recordingFailure: z.optional(z.object({ at: z.string(), status: z.string(), reason: z.string() })),
  /** Other sessions whose recording includes this one's, each with the highest rank of its Recording End. */
  recordingMerges: z.optional(z.record(z.string(), z.string())),
});
export type Evidence = z.infer<typeof evidence>;
