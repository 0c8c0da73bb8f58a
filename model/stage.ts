import { present, rowTimes, seedMark, shardOf } from './row.ts';
import * as z from './zod.ts';

/** One guest of a stage. A user has at most one invitation to a stage. */
export const stageInvitation = z.object({
  userId: z.string(),
  /** The user's name at the time of the invitation. */
  username: z.string(),
  participantId: z.string(),
  invitedAt: z.string(),
  /** When the token and the invitation expire. */
  expiresAt: z.string(),
});
export type StageInvitation = z.infer<typeof stageInvitation>;

/** A user who asks to come on a stage. A user has at most one open request to a stage. */
export const openStageRequest = z.object({
  userId: z.string(),
  requestedAt: z.string(),
  /** The host's stream at that time. The request ends with it. Absent if the host's channel was not live. */
  streamId: z.optional(z.string()),
});
export type OpenStageRequest = z.infer<typeof openStageRequest>;

/** A row of `stages`. `id` is the last part of `arn`. */
export const stageRow = z.object({
  id: z.string(),
  arn: z.string(),
  name: z.string(),
  userId: z.string(),
  /** The host's channel, which has the host's current name. Stages from before schema version 5 have none. */
  channelId: z.optional(z.string()),
  /** True when at least one participant's latest event is Participant Published. */
  isLive: z.boolean(),
  /** Ids of the participants whose latest event is Participant Published, sorted. */
  publishedParticipants: z.array(z.string()),
  /** Present while `isLive`: the attributes that put the stage in the list of live stages. See `liveKeys`. */
  live: z.optional(z.string()),
  liveSince: z.optional(z.string()),
  /**
   * The guests who may publish in addition to the host, each with the participant of their token. Expired
   * ones may remain.
   */
  invitations: z.optional(z.array(stageInvitation)),
  /** The open requests to come on the stage, oldest first. Expired ones may remain. */
  requests: z.optional(z.array(openStageRequest)),
  /** The version of this row with which `requests` last changed. */
  requestsVersion: z.optional(z.int()),
  version: z.int(),
  ...rowTimes,
  ...seedMark,
});
export type Stage = z.infer<typeof stageRow>;

/** Returns the keys in the list of live stages of a stage that is live since `liveSince`; undefined: not live. */
export function liveKeys(id: string, liveSince: string | undefined): Pick<Stage, 'live' | 'liveSince'> {
  return { live: liveSince === undefined ? undefined : shardOf(present, id), liveSince };
}

/** The attributes of a live stage that the list of live stages reads. */
export const liveStageRow = z.extend(
  z.pick(stageRow, { id: true, channelId: true, publishedParticipants: true }),
  {
    liveSince: z.string(),
  },
);
export type LiveStage = z.infer<typeof liveStageRow>;

/** The attributes of a stage that announcements are made from. */
export const announcedStageRow = z.pick(stageRow, {
  id: true,
  arn: true,
  userId: true,
  isLive: true,
  requestsVersion: true,
  version: true,
  updatedAt: true,
});
export type AnnouncedStage = z.infer<typeof announcedStageRow>;

/** A row of `stageParticipants`: the latest publish event of one participant. */
export const stageParticipantRow = z.object({
  stageId: z.string(),
  id: z.string(),
  at: z.string(),
  published: z.boolean(),
  /** Unix time in seconds. Set only on participants who no longer publish. */
  expiresAt: z.optional(z.int()),
  version: z.int(),
  ...rowTimes,
  ...seedMark,
});
export type StageParticipant = z.infer<typeof stageParticipantRow>;

/**
 * A row of `stageRequests`: the latest request of a user to come on a stage. Whether it is still open is in the
 * stage's row. An accepted request has no row.
 */
export const stageRequestRow = z.object({
  stageId: z.string(),
  userId: z.string(),
  requestedAt: z.string(),
  /** Present when the host has declined the request. */
  declinedAt: z.optional(z.string()),
  /** Unix time in seconds, later than all effects of the request. */
  expiresAt: z.int(),
  ...rowTimes,
});
export type StageRequestRow = z.infer<typeof stageRequestRow>;

/** A row of `stageTokens`: the token of one invited participant. */
export const stageTokenRow = z.object({
  stageId: z.string(),
  participantId: z.string(),
  /** The invited user. Never the stage's owner, who gets a new token for each request. */
  userId: z.string(),
  /**
   * The secret with which the participant joins. It is in no log, and only the invited user's own answers
   * contain it.
   */
  token: z.string(),
  /** Unix time in seconds. TTL deletes late, so readers of a token compare this time with the clock. */
  expiresAt: z.int(),
  ...rowTimes,
  ...seedMark,
});
export type StageToken = z.infer<typeof stageTokenRow>;
