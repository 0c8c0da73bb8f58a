import type { Timestamp } from '../../model/time.ts';
import { type Rendition, SEGMENT_MS } from './testPicture.ts';

// RFC 8216. The segments are in fragmented MP4, which needs version 6. Safari and hls.js play it.
const VERSION = 7;

/** The segments in the playlist of a live stream: 16 seconds, of which players play the last six. */
const LIVE_SEGMENTS = 8;

/** The longest stream of IVS is 48 hours. A longer recording would only come from a seed file. */
const MOST_SEGMENTS = (48 * 3_600_000) / SEGMENT_MS;

/** Returns the playlist that lists the renditions. */
export function multivariantPlaylist(renditions: readonly Rendition[]): string {
  return playlist([
    '#EXT-X-INDEPENDENT-SEGMENTS',
    ...renditions.flatMap(({ name, width, height, codecs, peakBitrate, averageBitrate }) => [
      `#EXT-X-STREAM-INF:BANDWIDTH=${peakBitrate},AVERAGE-BANDWIDTH=${averageBitrate},` +
        `CODECS="${codecs}",RESOLUTION=${width}x${height},FRAME-RATE=30.000`,
      `${name}/playlist.m3u8`,
    ]),
  ]);
}

/** Returns the number of the newest segment that is complete at `now`. Segment 0 began at the Unix epoch. */
export function newestSegment(now: Date): number {
  return Math.floor(now.getTime() / SEGMENT_MS) - 1;
}

/**
 * Returns the playlist of a live rendition. It depends on the clock only: it is the same for all readers and after a
 * restart, and it continues when a stream ends and the next one starts.
 */
export function livePlaylist(now: Date): string {
  const first = newestSegment(now) - LIVE_SEGMENTS + 1;
  return playlist([
    ...heading(first),
    ...Array.from({ length: LIVE_SEGMENTS }, (_, nth) => first + nth).flatMap(number => [
      `#EXT-X-PROGRAM-DATE-TIME:${new Date(number * SEGMENT_MS).toISOString()}`,
      ...segment(number, SEGMENT_MS),
    ]),
  ]);
}

/** A recording that can be played, or the part of it that exists. */
export interface Recording {
  readonly startedAt: Timestamp;
  readonly durationMs: number;
  /** Whether the recording still becomes longer. */
  readonly isGrowing: boolean;
}

/** Returns the playlist of a rendition of a recording, from segment 0. A growing recording has complete segments only. */
export function recordingPlaylist({ startedAt, durationMs, isGrowing }: Recording): string {
  const count = Math.min(
    isGrowing ? Math.floor(durationMs / SEGMENT_MS) : Math.ceil(durationMs / SEGMENT_MS),
    MOST_SEGMENTS,
  );
  const lengthOf = (number: number) => Math.min(SEGMENT_MS, durationMs - number * SEGMENT_MS);
  return playlist([
    ...heading(0),
    `#EXT-X-PLAYLIST-TYPE:${isGrowing ? 'EVENT' : 'VOD'}`,
    `#EXT-X-PROGRAM-DATE-TIME:${startedAt}`,
    ...Array.from({ length: count }, (_, number) => segment(number, lengthOf(number))).flat(),
    ...(isGrowing ? [] : ['#EXT-X-ENDLIST']),
  ]);
}

const heading = (sequence: number) => [
  `#EXT-X-TARGETDURATION:${SEGMENT_MS / 1000}`,
  `#EXT-X-MEDIA-SEQUENCE:${sequence}`,
  '#EXT-X-INDEPENDENT-SEGMENTS',
  '#EXT-X-MAP:URI="init.mp4"',
];

const segment = (number: number, ms: number) => [`#EXTINF:${(ms / 1000).toFixed(3)},`, `${number}.m4s`];

const playlist = (tags: readonly string[]) => `#EXTM3U\n#EXT-X-VERSION:${VERSION}\n${tags.join('\n')}\n`;
