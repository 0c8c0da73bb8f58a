import { MOCK_ID_PREFIX } from '../../model/row.ts';
import type { Stream } from '../../model/stream.ts';
import { getChannel } from '../../store/channels.ts';
import type { Database } from '../../store/database.ts';
import type { Key } from '../../store/pages.ts';
import { getStream, listStreams } from '../../store/streams.ts';
import type { PlaybackOptions } from './playback.ts';
import type { Recording } from './playlists.ts';

export interface PlayableOptions {
  readonly database: Database<'channels' | 'streams'>;
  /** Returns whether the simulated IVS streams a channel, by the last part of its ARN. */
  readonly isStreamed: (channelId: string) => boolean;
  /** Returns a checked image of a user by its path. */
  readonly findImage: PlaybackOptions['findImage'];
  readonly clock: () => Date;
}

const PAGE = 100;

/** Finds out what can be played. IVS knows which channels are live; the tables contain the rest. */
export function playable({ database, isStreamed, findImage, clock }: PlayableOptions): PlaybackOptions {
  return {
    clock,
    findImage,
    isLive: async channelId => {
      if (isStreamed(channelId)) return true;
      // The simulated IVS does not know the streams of seeded channels.
      if (!channelId.startsWith(MOCK_ID_PREFIX)) return false;
      const channel = await getChannel(database, channelId);
      return channel?.isLive === true && channel.openStreamId?.startsWith(MOCK_ID_PREFIX) === true;
    },
    findRecording: async (channelId, path) => {
      const stream = await findStream(database, channelId, path);
      return stream === undefined ? undefined : recordingOf(stream, clock());
    },
  };
}

/**
 * Finds the stream whose recording has this path. A seeded path ends with the id of the stream. Other paths contain
 * nothing of the stream, so the streams of the channel are read. Of streams that were recorded together, only one has
 * the recording of its own.
 */
async function findStream(
  database: PlayableOptions['database'],
  channelId: string,
  path: string,
): Promise<Stream | undefined> {
  const named = await getStream(database, channelId, path.slice(path.lastIndexOf('/') + 1));
  if (named?.recordingPath === path) return named;
  let after: Key | undefined;
  let merged: Stream | undefined;
  do {
    const page = await listStreams(database, channelId, { limit: PAGE, after });
    const streams = page.items.filter(({ recordingPath }) => recordingPath === path);
    const own = streams.find(({ vodStartedAt }) => vodStartedAt !== undefined);
    if (own !== undefined) return own;
    merged ??= streams[0];
    after = page.next;
  } while (after !== undefined);
  return merged;
}

function recordingOf(
  { recordingStatus, recordingStartedAt, recordingDurationMs = 0, startedAt }: Stream,
  now: Date,
): Recording | undefined {
  const start = recordingStartedAt ?? startedAt;
  if (start === undefined) return undefined;
  if (recordingStatus === 'recording') {
    return { startedAt: start, durationMs: Math.max(0, now.getTime() - Date.parse(start)), isGrowing: true };
  }
  if (recordingStatus !== 'ended' || recordingDurationMs <= 0) return undefined;
  return { startedAt: start, durationMs: recordingDurationMs, isGrowing: false };
}
