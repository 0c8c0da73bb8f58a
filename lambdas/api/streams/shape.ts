import { growingPlaylistUrl, playlistUrl, thumbnailUrl } from '../../../domain/recordings.ts';
import { durationMs, type StartedStream } from '../../../model/stream.ts';
import type { RecordingBody, StreamBody } from './answers.ts';

/** Converts a stream to the form that the API returns. Recordings of streams that started before `since` are hidden. */
export function shapeStream(stream: StartedStream, recordingsUrl: string, since: string): StreamBody {
  return {
    id: stream.id,
    title: stream.title ?? null,
    categoryId: stream.categoryId ?? null,
    startedAt: stream.startedAt,
    endedAt: stream.endedAt ?? null,
    durationMs: durationMs(stream) ?? null,
    isOpen: stream.isOpen !== undefined,
    isLive: stream.isLive,
    isHealthy: stream.isHealthy,
    hasErrorEvent: stream.hasErrorEvent,
    peakViewers: stream.peakViewers ?? 0,
    views: stream.views ?? 0,
    recording: shapeRecording(stream, recordingsUrl, since),
  };
}

function shapeRecording(stream: StartedStream, recordingsUrl: string, since: string): RecordingBody | null {
  const status = stream.recordingStreamId === undefined ? stream.recordingStatus : 'merged';
  if (status === undefined || stream.startedAt < since) return null;
  return {
    status,
    streamId: stream.recordingStreamId ?? stream.id,
    startedAt: stream.recordingStartedAt ?? null,
    endedAt: stream.recordingEndedAt ?? null,
    durationMs: stream.recordingDurationMs ?? null,
    path: stream.recordingPath ?? null,
    failureReason: stream.recordingFailureReason ?? null,
    ...watchable(stream, recordingsUrl),
    views: stream.recordingViews ?? 0,
  };
}

/**
 * Returns the URLs of a recording that can be watched. For a failed recording, IVS does not report what was
 * written.
 */
function watchable(
  { recordingStatus, recordingPath: path }: StartedStream,
  recordingsUrl: string,
): Pick<RecordingBody, 'playlistUrl' | 'thumbnailUrl'> {
  if (path === undefined || (recordingStatus !== 'ended' && recordingStatus !== 'recording'))
    return { playlistUrl: null, thumbnailUrl: null };
  const playlist = recordingStatus === 'ended' ? playlistUrl : growingPlaylistUrl;
  return { playlistUrl: playlist(recordingsUrl, path), thumbnailUrl: thumbnailUrl(recordingsUrl, path) };
}
