import { profileFields } from './profile.ts';
import { present, rowTimes, seedMark, shardOf, withoutShard } from './row.ts';
import { displayNameKeys } from './searchKey.ts';
import * as z from './zod.ts';

/** A row of `channels`. `id` is the last part of `arn`. */
export const channelRow = z.object({
  id: z.string(),
  arn: z.string(),
  userId: z.string(),
  username: z.string(),
  /** `username` in lower case: names are unique regardless of case. */
  usernameKey: z.string(),
  /** The owner's profile: see `profileFields`. */
  ...profileFields,
  ...displayNameKeys,
  /** The partition of `nameIndex` that contains the channel. */
  nameRange: z.optional(z.string()),
  /** The title that a new stream gets. */
  title: z.string(),
  categoryId: z.optional(z.string()),
  playbackUrl: z.string(),
  ingestEndpoint: z.string(),
  /** Absent while the key is being replaced. */
  streamKey: z.optional(z.string()),
  streamKeyArn: z.optional(z.string()),
  /** The request that is replacing the stream key, and until when no other request may do so. */
  keyLease: z.optional(z.object({ id: z.string(), until: z.string() })),
  /** The IVS channel type. Absent means STANDARD. */
  type: z.optional(z.enum(['STANDARD', 'ADVANCED_HD'])),
  /** Present while a task is pending: create a stream key, change the type, or review the partner status. */
  pending: z.optional(z.literal(present)),
  /** The type that IVS will be asked to set as soon as the channel is offline. */
  pendingType: z.optional(z.enum(['STANDARD', 'ADVANCED_HD'])),
  partnerSince: z.optional(z.string()),
  /** When the partner status must be reviewed again. Absent while it cannot change. */
  partnerReviewAt: z.optional(z.string()),
  chatRoomArn: z.optional(z.string()),
  stageArn: z.optional(z.string()),
  /** True while anybody publishes on the owner's stage. The fold of a stage event writes it with the stage. */
  isStageLive: z.optional(z.boolean()),
  followerCount: z.int(),
  /** The number of the channel's rows in `moderators`. Absent means 0. */
  moderatorCount: z.optional(z.int()),
  isPartner: z.boolean(),
  /** True when the open session has a Stream Start without a later Stream End. */
  isLive: z.boolean(),
  /** The started session with the greatest (start, id), and its start. */
  newestStreamId: z.optional(z.string()),
  newestStartedAt: z.optional(z.string()),
  /** `newestStreamId` while that session is open, otherwise absent. */
  openStreamId: z.optional(z.string()),
  /** Present while `isLive`: the attributes that put the channel in the directory. See `directoryKeys`. */
  live: z.optional(z.string()),
  liveStartedAt: z.optional(z.string()),
  liveCategoryId: z.optional(z.string()),
  /** The S3 key prefix of the open session's recording, which holds the newest thumbnail. */
  livePreviewPath: z.optional(z.string()),
  /** The viewers of the open session, and the start of the minute in which they were written. */
  viewers: z.optional(z.int()),
  viewersAt: z.optional(z.string()),
  /** Incremented by every write that a concurrent fold of a lifecycle event must detect. */
  version: z.int(),
  ...rowTimes,
  ...seedMark,
});
export type Channel = z.infer<typeof channelRow>;

/** Returns the partition keys of a live channel in the directory and in its category's directory. */
export function directoryKeys({
  id,
  categoryId,
}: Pick<Channel, 'id' | 'categoryId'>): Pick<Channel, 'live' | 'liveCategoryId'> {
  const liveCategoryId = categoryId === undefined ? undefined : shardOf(categoryId, id);
  return { live: shardOf(present, id), liveCategoryId };
}

/** The attributes that each list of channels shows besides the channel's own. */
const cardMembers = { displayName: true, color: true, avatar: true, isStageLive: true } as const;

/** The orders in which the directory lists live channels. */
export const channelOrders = ['newest', 'viewers'] as const;
export type ChannelOrder = (typeof channelOrders)[number];

/** The attributes of a live channel that the directory shows. */
export const liveChannelRow = z.extend(
  z.pick(channelRow, {
    id: true,
    username: true,
    ...cardMembers,
    title: true,
    livePreviewPath: true,
    isPartner: true,
    playbackUrl: true,
    viewers: true,
    viewersAt: true,
  }),
  {
    liveStartedAt: z.string(),
    openStreamId: z.string(),
    liveCategoryId: z.optional(z.pipe(z.string(), z.transform(withoutShard))),
  },
);
export type LiveChannel = z.infer<typeof liveChannelRow>;

/** The attributes of a live channel that decide its place among the others. */
export const rankedChannelRow = z.extend(z.pick(channelRow, { id: true, viewers: true, viewersAt: true }), {
  liveStartedAt: z.string(),
  liveCategoryId: z.optional(z.pipe(z.string(), z.transform(withoutShard))),
});
export type RankedChannel = z.infer<typeof rankedChannelRow>;

/** The attributes of a channel, live or not, in the list by name. */
export const namedChannelRow = z.extend(
  z.pick(channelRow, {
    id: true,
    username: true,
    usernameKey: true,
    ...cardMembers,
    title: true,
    categoryId: true,
    isLive: true,
    livePreviewPath: true,
    isPartner: true,
    playbackUrl: true,
    liveStartedAt: true,
    openStreamId: true,
    viewers: true,
    viewersAt: true,
  }),
  { liveCategoryId: z.optional(z.pipe(z.string(), z.transform(withoutShard))) },
);
export type NamedChannel = z.infer<typeof namedChannelRow>;

/** The attributes that a channel's public page may show: no stream key and no ingest endpoint. */
export const channelPageRow = z.pick(channelRow, {
  id: true,
  userId: true,
  username: true,
  ...cardMembers,
  bio: true,
  banner: true,
  title: true,
  categoryId: true,
  isLive: true,
  isPartner: true,
  playbackUrl: true,
  followerCount: true,
  openStreamId: true,
  viewers: true,
  viewersAt: true,
  chatRoomArn: true,
  stageArn: true,
  createdAt: true,
});
export type ChannelPageRow = z.infer<typeof channelPageRow>;

/** The attributes of a channel in the list of followed channels. */
export const followedChannelRow = z.extend(
  channelPageRow,
  z.pick(channelRow, { livePreviewPath: true }).shape,
);
export type FollowedChannelRow = z.infer<typeof followedChannelRow>;

const MINUTE_MS = 60_000;
/** After this time, the viewers of a channel are written again even if their number is the same. */
export const VIEWERS_REWRITTEN_MS = 5 * MINUTE_MS;
// Long enough that one rewrite may be missed.
const VIEWERS_EXPIRE_MS = 7 * MINUTE_MS;

/**
 * Returns the viewers of a live channel. 0 when none of them has reported for seven minutes: if all viewers leave
 * at once, no report says so.
 */
export function currentViewers(
  { viewers = 0, viewersAt = '' }: Pick<Channel, 'viewers' | 'viewersAt'>,
  now: Date,
): number {
  return now.getTime() - Date.parse(viewersAt) < VIEWERS_EXPIRE_MS ? viewers : 0;
}

/** The attributes of a channel that announcements are made from. */
export const announcedChannelRow = z.pick(channelRow, {
  id: true,
  arn: true,
  userId: true,
  title: true,
  categoryId: true,
  isLive: true,
  openStreamId: true,
  liveStartedAt: true,
  viewers: true,
  viewersAt: true,
  chatRoomArn: true,
  version: true,
  updatedAt: true,
});
export type AnnouncedChannel = z.infer<typeof announcedChannelRow>;

/**
 * Returns `channel` with its `pending` mark set or removed. The scheduled `finishPending` finds channels by
 * this mark.
 */
export function withPendingMark(channel: Channel): Channel {
  const isPending =
    channel.streamKey === undefined ||
    channel.pendingType !== undefined ||
    channel.partnerReviewAt !== undefined;
  return { ...channel, pending: isPending ? present : undefined };
}
