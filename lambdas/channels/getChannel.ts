import { type ChannelPage, getChannelPage } from '../../domain/channelPage.ts';
import type { Database } from '../../store/database.ts';
import type { HandlerOf } from '../http/route.ts';
import type { getChannelRoute } from './routes.ts';
import type { ChannelBody } from './schemas.ts';

export function getChannel(database: Database<'channels' | 'streams'>): HandlerOf<typeof getChannelRoute> {
  return async c => {
    const { username } = c.req.valid('param');
    const page = await getChannelPage(database, username);
    return c.json(shape(page), 200);
  };
}

function shape({ channel, liveStream }: ChannelPage): ChannelBody {
  return {
    id: channel.id,
    username: channel.username,
    title: channel.title,
    categoryId: channel.categoryId ?? null,
    isPartner: channel.isPartner,
    playbackUrl: channel.playbackUrl,
    isLive: liveStream !== undefined,
    followerCount: channel.followerCount,
    stream: liveStream === undefined ? null : shapeStream(liveStream),
    chatRoom: link(channel.chatRoomArn),
    stage: link(channel.stageArn),
    createdAt: channel.createdAt,
  };
}

function shapeStream(stream: NonNullable<ChannelPage['liveStream']>): NonNullable<ChannelBody['stream']> {
  return {
    id: stream.id,
    title: stream.title ?? null,
    categoryId: stream.categoryId ?? null,
    startedAt: stream.startedAt,
    isHealthy: stream.isHealthy,
    hasErrorEvent: stream.hasErrorEvent,
  };
}

function link(arn: string | undefined): { arn: string } | null {
  return arn === undefined ? null : { arn };
}
