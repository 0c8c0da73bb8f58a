import type { CursorCodec } from '../../../domain/cursors.ts';
import { type ListedChannel, listDirectory, searchChannels as search } from '../../../domain/directory.ts';
import { thumbnailUrl } from '../../../domain/recordings.ts';
import { currentViewers } from '../../../model/channel.ts';
import type { Database } from '../../../store/database.ts';
import { shapeCard } from '../http/card.ts';
import { shapeList } from '../http/lists.ts';
import type { HandlerOf } from '../http/operation.ts';
import type { ListedChannelBody, listChannelsOperation, searchChannelsOperation } from './answers.ts';

export function listChannels(
  database: Database<'channels' | 'rankings'>,
  cursors: CursorCodec,
  clock: () => Date,
  recordingsUrl: string,
): HandlerOf<typeof listChannelsOperation> {
  return async c => {
    const { isLive, sort = 'newest', ...request } = c.req.valid('query');
    const page = await listDirectory(database, cursors, {
      ...request,
      sort,
      isLive: isLive === undefined ? undefined : isLive === 'true',
    });
    return c.json(shapeList(page, shapeIn(recordingsUrl, clock())), 200);
  };
}

export function searchChannels(
  database: Database<'channels'>,
  cursors: CursorCodec,
  clock: () => Date,
  recordingsUrl: string,
): HandlerOf<typeof searchChannelsOperation> {
  return async c => {
    const { q, ...request } = c.req.valid('query');
    const page = await search(database, cursors, q, request);
    return c.json(shapeList(page, shapeIn(recordingsUrl, clock())), 200);
  };
}

const shapeIn =
  (recordingsUrl: string, now: Date) =>
  (channel: ListedChannel): ListedChannelBody => {
    const { id, username, title, isPartner, playbackUrl, livePreviewPath, liveStartedAt, openStreamId } =
      channel;
    const isStageLive = channel.isStageLive ?? false;
    const card = {
      id,
      username,
      ...shapeCard(channel, recordingsUrl),
      title,
      isPartner,
      isStageLive,
      playbackUrl,
    };
    // A channel in the list of live channels has no mark, because all of them are live.
    const isLive = !('isLive' in channel) || channel.isLive;
    if (!isLive || liveStartedAt === undefined || openStreamId === undefined) {
      const categoryId = 'categoryId' in channel ? (channel.categoryId ?? null) : null;
      return { ...card, categoryId, isLive: false, viewers: null, thumbnailUrl: null, stream: null };
    }
    return {
      ...card,
      categoryId: channel.liveCategoryId ?? null,
      isLive: true,
      viewers: currentViewers(channel, now),
      thumbnailUrl: livePreviewPath === undefined ? null : thumbnailUrl(recordingsUrl, livePreviewPath),
      stream: { id: openStreamId, startedAt: liveStartedAt },
    };
  };
