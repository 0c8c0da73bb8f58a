import { IMAGES_PREFIX } from '../../model/image.ts';
import { LOCAL_PLAYBACK_PATH } from '../../model/localEndpoint.ts';
import { drawPicture } from './drawPicture.ts';
import {
  livePlaylist,
  multivariantPlaylist,
  newestSegment,
  type Recording,
  recordingPlaylist,
} from './playlists.ts';
import { readTestPicture, SEGMENT_MS } from './testPicture.ts';

/** Replaces CloudFront. */
export const RECORDINGS_PATH = '/_local/recordings';

/** Answers a request. `connection` identifies the client's connection. */
type Answer = (request: Request, connection: object) => Response | Promise<Response>;

export interface PlaybackOptions {
  /** Returns whether viewers can watch a channel now. */
  readonly isLive: (channelId: string) => Promise<boolean>;
  /** Returns the recording with this key prefix, or undefined when there is none that can be played. */
  readonly findRecording: (channelId: string, path: string) => Promise<Recording | undefined>;
  /** Returns a checked image of a user by its path. */
  readonly findImage: (path: string) => { readonly contentType: string; readonly bytes: Buffer } | undefined;
  readonly clock: () => Date;
}

/**
 * Adds the video and the pictures of local mode: every live channel and every recording shows the test picture.
 *
 * @param api answers all other requests
 */
export function withPlayback(options: PlaybackOptions, api: Answer): Answer {
  const renditions = lazily(readTestPicture);
  const files = { ...options, renditions };
  return async (request, connection) => {
    const { pathname } = new URL(request.url);
    const found = pathname.startsWith(`${LOCAL_PLAYBACK_PATH}/`)
      ? liveFile
      : pathname.startsWith(`${RECORDINGS_PATH}/`)
        ? recordedFile
        : undefined;
    if (found === undefined) return api(request, connection);
    if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: preflight });
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return new Response(null, { status: 405, headers: { ...anyOrigin, allow: 'GET, HEAD, OPTIONS' } });
    }
    return fileAnswer(request, await found(files, pathname));
  };
}

/** A file, or the status with which a missing one is answered. */
type Found =
  | { readonly body: string | Buffer; readonly contentType: string; readonly maxAge: number }
  | { readonly missing: 403 | 404 };

type Files = PlaybackOptions & { readonly renditions: () => ReturnType<typeof readTestPicture> };

// IVS answers 404 for a channel that is not live. CloudFront answers 403 for a recording that does not exist.
const offline: Found = { missing: 404 };
const notRecorded: Found = { missing: 403 };

const PLAYLIST = 'application/vnd.apple.mpegurl';
const VIDEO = 'video/mp4';
const PICTURE = 'image/svg+xml';

// In seconds. Recordings are cached as in CloudFront. A live playlist is new every 2 seconds.
const LIVE_PLAYLIST_AGE = 1;
const PLAYLIST_AGE = 2;
const SEGMENT_AGE = 60;
const DAY = 86_400;
const YEAR = 31_536_000;

const livePath = new RegExp(`^${LOCAL_PLAYBACK_PATH}/([\\w-]+)/(.+)$`);
const recordingPath = new RegExp(`^${RECORDINGS_PATH}/(ivs/v1/\\d+/([\\w-]+)/[\\w/-]+)/media/(.+)$`);
const mediaPath = /^(\w+)\/(?:(playlist\.m3u8)|(init\.mp4)|(\d{1,10})\.m4s)$/;

async function liveFile({ renditions, isLive, clock }: Files, path: string): Promise<Found> {
  const [, channelId = '', file = ''] = livePath.exec(path) ?? [];
  const [, name, playlist, init, number] = mediaPath.exec(file) ?? [];
  if (file !== 'master.m3u8' && playlist === undefined) {
    // A player may still play what was in the last playlist, so segments do not depend on the state of the channel.
    const isComplete = number === undefined || Number(number) <= newestSegment(clock());
    return isComplete ? mediaFile(renditions(), { name, init, number }, SEGMENT_AGE, offline) : offline;
  }
  const exists = file === 'master.m3u8' || renditions().some(rendition => rendition.name === name);
  if (!exists || !(await isLive(channelId))) return offline;
  const body = file === 'master.m3u8' ? multivariantPlaylist(renditions()) : livePlaylist(clock());
  return { body, contentType: PLAYLIST, maxAge: LIVE_PLAYLIST_AGE };
}

async function recordedFile({ renditions, findRecording, findImage }: Files, path: string): Promise<Found> {
  if (path.startsWith(`${RECORDINGS_PATH}/${IMAGES_PREFIX}`)) {
    const image = findImage(path.slice(RECORDINGS_PATH.length + 1));
    if (image === undefined) return notRecorded;
    return { body: image.bytes, contentType: image.contentType, maxAge: DAY };
  }
  const [, prefix = '', channelId = '', file = ''] = recordingPath.exec(path) ?? [];
  const [, thumbnail] = /^(?:latest_thumbnail\/thumb|thumbnails\/thumb(\d{1,6}))\.jpg$/.exec(file) ?? [];
  if (file.endsWith('.jpg')) {
    const isLatest = file === 'latest_thumbnail/thumb.jpg';
    if (!isLatest && thumbnail === undefined) return notRecorded;
    // The path ends with .jpg, but browsers read the content type.
    const body = drawPicture(channelId, prefix, Number(thumbnail ?? 0));
    return { body, contentType: PICTURE, maxAge: isLatest ? PLAYLIST_AGE : YEAR };
  }
  const hls = file.startsWith('hls/') ? file.slice('hls/'.length) : '';
  const [, name, playlist, init, number] = mediaPath.exec(hls) ?? [];
  const isMultivariant = hls === 'master.m3u8' || hls === 'byte-range-multivariant.m3u8';
  if (!isMultivariant && playlist === undefined)
    return mediaFile(renditions(), { name, init, number }, YEAR, notRecorded);
  const recording = await findRecording(channelId, prefix);
  if (recording === undefined) return notRecorded;
  if (isMultivariant) {
    // IVS writes this playlist at the end of the recording.
    if (hls === 'master.m3u8' && recording.isGrowing) return notRecorded;
    return { body: multivariantPlaylist(renditions()), contentType: PLAYLIST, maxAge: PLAYLIST_AGE };
  }
  if (renditions().every(rendition => rendition.name !== name)) return notRecorded;
  return { body: recordingPlaylist(recording), contentType: PLAYLIST, maxAge: PLAYLIST_AGE };
}

interface MediaName {
  readonly name: string | undefined;
  readonly init: string | undefined;
  readonly number: string | undefined;
}

function mediaFile(
  renditions: ReturnType<typeof readTestPicture>,
  { name, init, number }: MediaName,
  maxAge: number,
  missing: Found,
): Found {
  const rendition = renditions.find(candidate => candidate.name === name);
  if (rendition === undefined || (init ?? number) === undefined) return missing;
  const body = number === undefined ? rendition.init : rendition.segment(Number(number));
  return { body, contentType: VIDEO, maxAge };
}

const anyOrigin = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Content-Length, Content-Range, Date',
  'cross-origin-resource-policy': 'cross-origin',
};
const preflight = {
  ...anyOrigin,
  'access-control-allow-methods': 'GET, HEAD, OPTIONS',
  'access-control-allow-headers': 'Range, Content-Type',
  'access-control-max-age': '600',
};

function fileAnswer(request: Request, found: Found): Response {
  if ('missing' in found) {
    const headers = { ...anyOrigin, 'cache-control': `max-age=${SEGMENT_MS / 1000}` };
    return new Response(null, { status: found.missing, headers });
  }
  const body = Buffer.from(found.body);
  const range = request.method === 'GET' ? rangeOf(request.headers, body.length) : undefined;
  const headers = {
    ...anyOrigin,
    'content-type': found.contentType,
    'cache-control': `public, max-age=${found.maxAge}`,
    'accept-ranges': 'bytes',
    'x-content-type-options': 'nosniff',
    // A picture that is opened as a page must not run anything.
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  };
  if (range === 'unsatisfiable') {
    return new Response(null, {
      status: 416,
      headers: { ...headers, 'content-range': `bytes */${body.length}` },
    });
  }
  const { first, last } = range ?? { first: 0, last: body.length - 1 };
  const part = body.subarray(first, last + 1);
  return new Response(request.method === 'HEAD' ? null : part, {
    status: range === undefined ? 200 : 206,
    headers: {
      ...headers,
      'content-length': String(part.length),
      ...(range === undefined ? {} : { 'content-range': `bytes ${first}-${last}/${body.length}` }),
    },
  });
}

/**
 * Returns the requested range, both ends included. Undefined when the whole file must be sent: without a range, with
 * several ranges, or with `If-Range`, because the files have no `ETag` (RFC 9110 section 14.2).
 */
function rangeOf(
  headers: Headers,
  size: number,
): { readonly first: number; readonly last: number } | 'unsatisfiable' | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/i.exec(headers.get('range') ?? '') ?? [];
  if ((from === '' && to === '') || headers.has('if-range')) return undefined;
  if (from === '') {
    return to === '0' ? 'unsatisfiable' : { first: Math.max(0, size - Number(to)), last: size - 1 };
  }
  const [first, last] = [Number(from), to === '' ? size - 1 : Math.min(Number(to), size - 1)];
  if (to !== '' && Number(to) < first) return undefined;
  return first >= size ? 'unsatisfiable' : { first, last };
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
