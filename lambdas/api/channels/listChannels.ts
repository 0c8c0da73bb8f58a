import type { CursorCodec } from '../../../domain/cursors.ts';
import { listDirectory } from '../../../domain/directory.ts';
import { thumbnailUrl } from '../../../domain/recordings.ts';
import type { LiveChannel } from '../../../model/channel.ts';
import type { Database } from '../../../store/database.ts';
import { shapeList } from '../http/lists.ts';
import type { HandlerOf } from '../http/operation.ts';
import type { LiveChannelBody, listChannelsOperation } from './answers.ts';

export function listChannels(
  database: Database<'channels'>,
  cursors: CursorCodec,
  recordingsUrl: string,
): HandlerOf<typeof listChannelsOperation> {
  return async c => {
    const { categoryId, limit, cursor } = c.req.valid('query');
    const page = await listDirectory(database, cursors, { categoryId, limit, cursor });
    return c.json(
      shapeList(page, channel => shape(channel, recordingsUrl)),
      200,
    );
  };
}

function shape(channel: LiveChannel, recordingsUrl: string): LiveChannelBody {
  const { livePreviewPath: path } = channel;
  return {
    id: channel.id,
    username: channel.username,
    title: channel.title,
    categoryId: channel.liveCategoryId ?? null,
    isPartner: channel.isPartner,
    playbackUrl: channel.playbackUrl,
    isLive: true,
    thumbnailUrl: path === undefined ? null : thumbnailUrl(recordingsUrl, path),
    stream: { id: channel.openStreamId, startedAt: channel.liveStartedAt },
  };
}
