import { z } from 'zod';
import { tagRecord } from './tags.ts';

/** Something that a participant did in a session, or that was done to one. Times are ISO 8601. */
export const participantEvent = z.object({
  id: z.string(),
  sessionId: z.string(),
  participantId: z.string(),
  userId: z.string(),
  name: z.string(),
  at: z.string(),
});
export type ParticipantEvent = z.infer<typeof participantEvent>;

/** A stage without those who were there. */
export const stageRecord = z.object({
  arn: z.string(),
  name: z.string(),
  tags: tagRecord,
  autoParticipantRecordingConfiguration: z.looseObject({ storageConfigurationArn: z.string() }).optional(),
  /** Deleted: nothing finds it but its sessions. */
  isDeleted: z.boolean().default(false),
});
export type StageRecord = Readonly<z.infer<typeof stageRecord>>;

/** A stage as IVS Real-Time keeps it. */
export interface SimulatedStage extends StageRecord {
  /** Whom tokens were made for: the user by participant id. */
  readonly invited: ReadonlyMap<string, string>;
  /** By id: the same event told twice counts once. */
  readonly events: ReadonlyMap<string, ParticipantEvent>;
}
