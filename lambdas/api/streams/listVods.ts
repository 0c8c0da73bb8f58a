import type { CursorCodec } from '../../../domain/cursors.ts';
import { playlistUrl, thumbnailUrl } from '../../../domain/recordings.ts';
import { listChannelVods, listRecordings as readRecordings } from '../../../domain/vods.ts';
import type { Vod } from '../../../model/stream.ts';
import type { Database } from '../../../store/database.ts';
import { shapeCard } from '../http/card.ts';
import { shapeList } from '../http/lists.ts';
import type { HandlerOf } from '../http/operation.ts';
import type { listRecordingsOperation, listVodsOperation, VodBody } from './answers.ts';

export function listVods(
  database: Database<'channels' | 'streams'>,
  cursors: CursorCodec,
  recordingsUrl: string,
  since: () => string,
): HandlerOf<typeof listVodsOperation> {
  return async c => {
    const { username } = c.req.valid('param');
    const page = await listChannelVods(database, cursors, username, since(), c.req.valid('query'));
    return c.json(
      shapeList(page, vod => shape(vod, recordingsUrl)),
      200,
    );
  };
}

export function listRecordings(
  database: Database<'channels' | 'streams'>,
  cursors: CursorCodec,
  recordingsUrl: string,
  since: () => string,
): HandlerOf<typeof listRecordingsOperation> {
  return async c => {
    const page = await readRecordings(database, cursors, since(), c.req.valid('query'));
    return c.json(
      shapeList(page, ({ vod, channel }) => ({
        ...shape(vod, recordingsUrl),
        channel: {
          id: channel.id,
          username: channel.username,
          ...shapeCard(channel, recordingsUrl),
          isLive: channel.isLive,
        },
      })),
      200,
    );
  };
}

function shape(vod: Vod, recordingsUrl: string): VodBody {
  return {
    streamId: vod.id,
    title: vod.title ?? null,
    categoryId: vod.categoryId ?? null,
    startedAt: vod.startedAt,
    endedAt: vod.endedAt ?? null,
    durationMs: vod.recordingDurationMs ?? null,
    peakViewers: vod.peakViewers ?? 0,
    views: vod.recordingViews ?? 0,
    playlistUrl: playlistUrl(recordingsUrl, vod.recordingPath),
    thumbnailUrl: thumbnailUrl(recordingsUrl, vod.recordingPath),
  };
}
