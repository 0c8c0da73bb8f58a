import { z } from 'zod';

/**
 * What is known of a session from the events seen so far, kept with its row.
 *
 * Each member is the smallest or the greatest of what was seen, so adding an event is a join: in any
 * order, any number of times, the same events leave the same evidence (DESIGN §1.2).
 */
export const evidence = z.object({
  /** Earliest Session Created. */
  sessionCreatedAt: z.string().optional(),
  /** Earliest Stream Start. */
  streamStartedAt: z.string().optional(),
  /** Latest of Stream Start and Stream End; at the same instant the End counts. */
  playback: z.object({ at: z.string(), playing: z.boolean() }).optional(),
  /** Earliest Session Ended. */
  sessionEndedAt: z.string().optional(),
  /** Earliest Stream Failure. */
  streamFailedAt: z.string().optional(),
  /** Latest of Starvation Start and Starvation End; at the same instant the End counts. */
  health: z.object({ at: z.string(), healthy: z.boolean() }).optional(),
  hasErrorEvent: z.literal(true).optional(),
  /** Earliest Recording Start, and where it writes. */
  recordingStart: z.object({ at: z.string(), path: z.string() }).optional(),
  /** Latest Recording End of the recording that began with this session. */
  recordingEnd: z.object({ at: z.string(), path: z.string(), durationMs: z.number().optional() }).optional(),
  /** Latest Recording Start Failure or Recording End Failure. */
  recordingFailure: z.object({ at: z.string(), status: z.string(), reason: z.string() }).optional(),
  /** Latest Recording End that says this session's recording goes on from another's. */
  recordingMerge: z.object({ at: z.string(), streamId: z.string() }).optional(),
});
export type Evidence = z.infer<typeof evidence>;
