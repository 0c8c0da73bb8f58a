import type { CursorCodec } from '../../../domain/cursors.ts';
import { type FollowedChannel, listFollowing as readFollowing } from '../../../domain/follows.ts';
import { thumbnailUrl } from '../../../domain/recordings.ts';
import { currentViewers } from '../../../model/channel.ts';
import type { Database } from '../../../store/database.ts';
import { callerOf } from '../http/auth.ts';
import { shapeCard } from '../http/card.ts';
import { shapeList } from '../http/lists.ts';
import type { HandlerOf } from '../http/operation.ts';
import type { FollowedChannelBody, listFollowingOperation } from './answers.ts';

export function listFollowing(
  database: Database<'follows' | 'channels'>,
  cursors: CursorCodec,
  clock: () => Date,
  recordingsUrl: string,
): HandlerOf<typeof listFollowingOperation> {
  return async c => {
    const { isLive, ...request } = c.req.valid('query');
    const page = await readFollowing(database, cursors, callerOf(c).userId, {
      ...request,
      isLive: isLive === undefined ? undefined : isLive === 'true',
    });
    return c.json(
      shapeList(page, followed => shape(followed, clock(), recordingsUrl)),
      200,
    );
  };
}

function shape({ follow, channel }: FollowedChannel, now: Date, recordingsUrl: string): FollowedChannelBody {
  const path = channel.isLive ? channel.livePreviewPath : undefined;
  return {
    followedAt: follow.followedAt,
    channel: {
      id: channel.id,
      username: channel.username,
      ...shapeCard(channel, recordingsUrl),
      title: channel.title,
      categoryId: channel.categoryId ?? null,
      isLive: channel.isLive,
      isPartner: channel.isPartner,
      isStageLive: channel.isStageLive ?? false,
      followerCount: channel.followerCount,
      viewers: channel.isLive ? currentViewers(channel, now) : null,
      playbackUrl: channel.playbackUrl,
      thumbnailUrl: path === undefined ? null : thumbnailUrl(recordingsUrl, path),
    },
  };
}
