import * as z from 'zod';
import { rowTimes, seedMark } from './row.ts';

/** A row of `stages`. `id` is the last part of `arn`. */
export const stageRow = z.object({
  id: z.string(),
  arn: z.string(),
  name: z.string(),
  userId: z.string(),
  /** Some participant's latest event is Participant Published. */
  isLive: z.boolean(),
  /** Ids of the participants whose latest event is Participant Published, sorted. */
  publishedParticipants: z.array(z.string()),
  version: z.number().int(),
  ...rowTimes,
  ...seedMark,
});
export type Stage = z.infer<typeof stageRow>;

/** A row of `stageParticipants`: the latest publish event of one participant. */
export const stageParticipantRow = z.object({
  stageId: z.string(),
  id: z.string(),
  at: z.string(),
  published: z.boolean(),
  /** Unix time in seconds; only on participants who no longer publish. */
  expiresAt: z.number().int().optional(),
  version: z.number().int(),
  ...rowTimes,
  ...seedMark,
});
export type StageParticipant = z.infer<typeof stageParticipantRow>;
