import * as z from 'zod';
import { rowTimes, seedMark } from './row.ts';

/** One guest of a stage: a user has one invitation at most. */
export const stageInvitation = z.object({
  userId: z.string(),
  /** As the user was called when they were invited. */
  username: z.string(),
  participantId: z.string(),
  invitedAt: z.string(),
  /** When the token ends, and with it the invitation. */
  expiresAt: z.string(),
});
export type StageInvitation = z.infer<typeof stageInvitation>;

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
  /** Who may publish beside the host, each with the participant that their token is for. Expired ones may linger. */
  invitations: z.array(stageInvitation).optional(),
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

/** A row of `stageTokens`: the token of one invited participant. */
export const stageTokenRow = z.object({
  stageId: z.string(),
  participantId: z.string(),
  /** The invited user: never the stage's owner, who gets a new token each time. */
  userId: z.string(),
  /** What the participant joins with. A secret: it is in no log and in no answer but the invited user's own. */
  token: z.string(),
  /** Unix time in seconds. TTL deletes late, so whoever reads a token compares this. */
  expiresAt: z.number().int(),
  ...rowTimes,
  ...seedMark,
});
export type StageToken = z.infer<typeof stageTokenRow>;
