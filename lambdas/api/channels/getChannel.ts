import { type ChannelPage, getChannelPage, type Relation } from '../../../domain/channelPage.ts';
import { livePreviewPathOf, thumbnailUrl } from '../../../domain/recordings.ts';
import { currentViewers } from '../../../model/channel.ts';
import { imageUrl } from '../../../model/profile.ts';
import { toTimestamp } from '../../../model/time.ts';
import type { Database } from '../../../store/database.ts';
import { optionalCallerOf } from '../http/auth.ts';
import { shapeCard } from '../http/card.ts';
import type { HandlerOf } from '../http/operation.ts';
import type { ChannelBody, getChannelOperation } from './answers.ts';

export function getChannel(
  database: Database<'channels' | 'streams' | 'follows' | 'bans' | 'moderators'>,
  clock: () => Date,
  recordingsUrl: string,
): HandlerOf<typeof getChannelOperation> {
  return async c => {
    const { username } = c.req.valid('param');
    const now = clock();
    const page = await getChannelPage(database, username, optionalCallerOf(c), toTimestamp(now));
    return c.json(shape(page, now, recordingsUrl), 200);
  };
}

function shape(
  { channel, liveStream, relation }: ChannelPage,
  now: Date,
  recordingsUrl: string,
): ChannelBody {
  return {
    id: channel.id,
    username: channel.username,
    ...shapeCard(channel, recordingsUrl),
    bio: channel.bio ?? null,
    bannerUrl: imageUrl(channel.banner, recordingsUrl) ?? null,
    title: channel.title,
    categoryId: channel.categoryId ?? null,
    isPartner: channel.isPartner,
    isStageLive: channel.isStageLive ?? false,
    playbackUrl: channel.playbackUrl,
    isLive: liveStream !== undefined,
    followerCount: channel.followerCount,
    stream:
      liveStream === undefined ? null : shapeStream(liveStream, currentViewers(channel, now), recordingsUrl),
    chatRoom: link(channel.chatRoomArn),
    stage: link(channel.stageArn),
    createdAt: channel.createdAt,
    relation: relation === undefined ? null : shapeRelation(relation),
  };
}

function shapeRelation({
  isFollowing,
  isOwner,
  isModerator,
  ban,
}: Relation): NonNullable<ChannelBody['relation']> {
  return {
    isFollowing,
    isOwner,
    isModerator,
    ban: ban === undefined ? null : { until: ban.until ?? null },
  };
}

function shapeStream(
  stream: NonNullable<ChannelPage['liveStream']>,
  viewers: number,
  recordingsUrl: string,
): NonNullable<ChannelBody['stream']> {
  const path = livePreviewPathOf(stream);
  return {
    id: stream.id,
    title: stream.title ?? null,
    categoryId: stream.categoryId ?? null,
    startedAt: stream.startedAt,
    viewers,
    isHealthy: stream.isHealthy,
    hasErrorEvent: stream.hasErrorEvent,
    thumbnailUrl: path === undefined ? null : thumbnailUrl(recordingsUrl, path),
  };
}

function link(arn: string | undefined): { arn: string } | null {
  return arn === undefined ? null : { arn };
}
