import type { Stream } from '../model/stream.ts';

// Where IVS puts what of a recording, below the recording's key prefix:
// https://docs.aws.amazon.com/ivs/latest/LowLatencyUserGuide/record-to-s3.html

/** The playlist of a recording that has ended. */
export function playlistUrl(recordingsUrl: string, path: string): string {
  return `${recordingsUrl}/${path}/media/hls/master.m3u8`;
}

/** The playlist of a recording that goes on: what there is of it so far. */
export function growingPlaylistUrl(recordingsUrl: string, path: string): string {
  return `${recordingsUrl}/${path}/media/hls/byte-range-multivariant.m3u8`;
}

/** The newest thumbnail of a recording; of one that has ended, the last. There is none in its first seconds. */
export function thumbnailUrl(recordingsUrl: string, path: string): string {
  return `${recordingsUrl}/${path}/media/latest_thumbnail/thumb.jpg`;
}

/** The key prefix of the recording that is being made of a session, if one is. */
export function livePreviewPathOf({
  recordingStatus,
  recordingPath,
}: Pick<Stream, 'recordingStatus' | 'recordingPath'>): string | undefined {
  return recordingStatus === 'recording' ? recordingPath : undefined;
}
