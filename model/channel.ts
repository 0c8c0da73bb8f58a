import * as z from 'zod';
import { present, rowTimes, seedMark } from './row.ts';

/** A row of `channels`. `id` is the last part of `arn`. */
export const channelRow = z.object({
  id: z.string(),
  arn: z.string(),
  userId: z.string(),
  username: z.string(),
  /** `username` in lower case: names are unique whatever their case. */
  usernameKey: z.string(),
  /** What a new stream is called. */
  title: z.string(),
  categoryId: z.string().optional(),
  playbackUrl: z.string(),
  ingestEndpoint: z.string(),
  /** Absent while it is being replaced. */
  streamKey: z.string().optional(),
  streamKeyArn: z.string().optional(),
  /** Who has the replacing of the key to itself, and until when. */
  keyLease: z.object({ id: z.string(), until: z.string() }).optional(),
  /** The IVS channel type; STANDARD unless it has been raised. */
  type: z.enum(['STANDARD', 'ADVANCED_HD']).optional(),
  /** Present while something is left to do: a stream key to make, a type to change, the partner status to review. */
  pending: z.literal(present).optional(),
  /** The type that the channel is to get at IVS, as soon as it is not live. */
  pendingType: z.enum(['STANDARD', 'ADVANCED_HD']).optional(),
  partnerSince: z.string().optional(),
  /** When the partner status has to be decided again; absent while nothing can change it. */
  partnerReviewAt: z.string().optional(),
  chatRoomArn: z.string().optional(),
  stageArn: z.string().optional(),
  followerCount: z.number().int(),
  isPartner: z.boolean(),
  /** The open session has a Stream Start that no Stream End follows. */
  isLive: z.boolean(),
  /** The session with the greatest (start, id) of those that have started, and that start. */
  newestStreamId: z.string().optional(),
  newestStartedAt: z.string().optional(),
  /** `newestStreamId` while that session is not over, else absent. */
  openStreamId: z.string().optional(),
  /** Present while `isLive`: what puts the channel in the directory. */
  live: z.literal(present).optional(),
  liveStartedAt: z.string().optional(),
  liveCategoryId: z.string().optional(),
  /** The S3 key prefix of the recording that is being made of the open session: the newest thumbnail is there. */
  livePreviewPath: z.string().optional(),
  /** Raised by every write that the fold of a lifecycle event must not miss. */
  version: z.number().int(),
  ...rowTimes,
  ...seedMark,
});
export type Channel = z.infer<typeof channelRow>;

/** What the directory shows of a live channel. */
export const liveChannelRow = channelRow
  .pick({
    id: true,
    username: true,
    title: true,
    liveCategoryId: true,
    livePreviewPath: true,
    isPartner: true,
    playbackUrl: true,
  })
  .extend({ liveStartedAt: z.string(), openStreamId: z.string() });
export type LiveChannel = z.infer<typeof liveChannelRow>;

/** What a channel's public page may show: no key, no ingest endpoint. */
export const channelPageRow = channelRow.pick({
  id: true,
  arn: true,
  userId: true,
  username: true,
  title: true,
  categoryId: true,
  isLive: true,
  isPartner: true,
  playbackUrl: true,
  followerCount: true,
  openStreamId: true,
  livePreviewPath: true,
  chatRoomArn: true,
  stageArn: true,
  createdAt: true,
});
export type ChannelPageRow = z.infer<typeof channelPageRow>;

/** `channel` with the mark by which the schedule finds it while something is left to do for it, or without. */
export function marked(channel: Channel): Channel {
  const isPending =
    channel.streamKey === undefined ||
    channel.pendingType !== undefined ||
    channel.partnerReviewAt !== undefined;
  return { ...channel, pending: isPending ? present : undefined };
}
