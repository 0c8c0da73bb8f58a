import { z } from 'zod';
import { tagRecord } from './tags.ts';

/** An event of a participant in a session. Times are in ISO 8601. */
export const participantEvent = z.object({
  id: z.string(),
  sessionId: z.string(),
  participantId: z.string(),
  userId: z.string(),
  name: z.string(),
  at: z.string(),
});
export type ParticipantEvent = z.infer<typeof participantEvent>;

/** A stage without its participants. */
export const stageRecord = z.object({
  arn: z.string(),
  name: z.string(),
  tags: tagRecord,
  autoParticipantRecordingConfiguration: z.looseObject({ storageConfigurationArn: z.string() }).optional(),
  /** A deleted stage is kept for its sessions. */
  isDeleted: z.boolean().default(false),
});
export type StageRecord = Readonly<z.infer<typeof stageRecord>>;

export interface SimulatedStage extends StageRecord {
  /** The participants for whom tokens were created: user ids by participant id. */
  readonly invited: ReadonlyMap<string, string>;
  /** The events by id, so that a repeated event counts once. */
  readonly events: ReadonlyMap<string, ParticipantEvent>;
}
