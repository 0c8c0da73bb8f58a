import { z } from 'zod';
import { tagRecord } from './tags.ts';

/** Something that a participant did in a session, or that was done to one. Times are ISO 8601. */
const participantEvent = z.object({
  id: z.string(),
  sessionId: z.string(),
  participantId: z.string(),
  userId: z.string(),
  name: z.string(),
  at: z.string(),
});
export type ParticipantEvent = z.infer<typeof participantEvent>;

/** A stage as IVS Real-Time keeps it. */
export const stageRecord = z.object({
  arn: z.string(),
  name: z.string(),
  tags: tagRecord,
  autoParticipantRecordingConfiguration: z.looseObject({ storageConfigurationArn: z.string() }).optional(),
  /** Whom tokens were made for: the user by participant id. */
  invited: z.record(z.string(), z.string()).default({}),
  /** By id: the same event told twice counts once. */
  events: z.record(z.string(), participantEvent).default({}),
  /** Deleted: nothing finds it but its sessions. */
  isDeleted: z.boolean().default(false),
});
export type SimulatedStage = z.infer<typeof stageRecord>;
