import type { Stream } from '../model/stream.ts';

// The paths of a recording's files below its key prefix:
// https://docs.aws.amazon.com/ivs/latest/LowLatencyUserGuide/record-to-s3.html

/**
 * Returns the start of the oldest streams whose recordings are shown at `now`. S3 deletes their objects
 * later: see `objectDays`.
 */
export function shownSince(now: Date, retentionDays: number | undefined): string {
  return new Date(retentionDays === undefined ? 0 : now.getTime() - retentionDays * 86_400_000).toISOString();
}

/** Returns the playlist of an ended recording. */
export function playlistUrl(recordingsUrl: string, path: string): string {
  return `${recordingsUrl}/${path}/media/hls/master.m3u8`;
}

/** Returns the playlist of a running recording, which contains the part recorded so far. */
export function growingPlaylistUrl(recordingsUrl: string, path: string): string {
  return `${recordingsUrl}/${path}/media/hls/byte-range-multivariant.m3u8`;
}

/** Returns the newest thumbnail of a recording. A recording has no thumbnail in its first seconds. */
export function thumbnailUrl(recordingsUrl: string, path: string): string {
  return `${recordingsUrl}/${path}/media/latest_thumbnail/thumb.jpg`;
}

/** Returns the key prefix of a session's running recording, if any. */
export function livePreviewPathOf({
  recordingStatus,
  recordingPath,
}: Pick<Stream, 'recordingStatus' | 'recordingPath'>): string | undefined {
  return recordingStatus === 'recording' ? recordingPath : undefined;
}
