import { describe, expect, test } from '@jest/globals';
import { parse, type types } from 'hls-parser';
import { withPlayback } from '../../local/playback/playback.ts';
import type { Recording } from '../../local/playback/playlists.ts';

const ORIGIN = 'http://localhost:3000';
const LIVE = '/_local/hls/live-1';
const RECORDING = '/_local/recordings/ivs/v1/000000000000/live-1/2026/3/1/12/0/abc/media';
const connection = { incoming: {} };

let now = Date.parse('2026-03-01T12:00:00.700Z');
let recording: Recording | undefined;
const serve = withPlayback(
  {
    isLive: async id => id === 'live-1',
    findRecording: async () => recording,
    findImage: () => undefined,
    clock: () => new Date(now),
  },
  () => new Response('the API'),
);

const ask = async (path: string, init: RequestInit = {}) =>
  serve(new Request(`${ORIGIN}${path}`, init), connection);
const text = async (path: string) => (await ask(path)).text();
const media = async (path: string) => parse(await text(path)) as types.MediaPlaylist;
const bytes = async (path: string) => Buffer.from(await (await ask(path)).arrayBuffer());
const status = async (path: string, init?: RequestInit) => (await ask(path, init)).status;

const names = ['360p', '180p'] as const;
const LOOP = 8;

/** The decode time and the length of each track in a segment, in ticks. */
function tracksOf(segment: Buffer) {
  const tracks: { id: number; from: number; ticks: number }[] = [];
  const read = (start: number, end: number) => {
    for (let at = start; at < end; at += segment.readUInt32BE(at)) {
      const type = segment.toString('latin1', at + 4, at + 8);
      if (type === 'moof' || type === 'traf') read(at + 8, at + segment.readUInt32BE(at));
      const track = tracks.at(-1);
      if (type === 'tfhd') tracks.push({ id: segment.readUInt32BE(at + 12), from: 0, ticks: 0 });
      else if (type === 'tfdt' && track) track.from = Number(segment.readBigUInt64BE(at + 12));
      else if (type === 'trun' && track)
        track.ticks = segment.readUInt32BE(at + 12) * (track.id === 1 ? 512 : 1024);
    }
  };
  read(0, segment.length);
  return tracks;
}

describe('a live channel', () => {
  test('has renditions of several sizes, with the codecs and bit rates of their segments', async () => {
    const { variants } = parse(await text(`${LIVE}/master.m3u8`)) as types.MasterPlaylist;
    expect(variants.map(({ uri, resolution }) => [uri, resolution])).toEqual([
      ['360p/playlist.m3u8', { width: 640, height: 360 }],
      ['180p/playlist.m3u8', { width: 320, height: 180 }],
    ]);
    for (const [index, { bandwidth, averageBandwidth, codecs = '' }] of variants.entries()) {
      const name = names[index];
      const sizes = [];
      for (let n = 0; n < LOOP; n++) sizes.push((await bytes(`${LIVE}/${name}/${n}.m4s`)).length * 4);
      expect(bandwidth).toBe(Math.max(...sizes));
      expect(averageBandwidth).toBe(Math.round(sizes.reduce((sum, size) => sum + size) / LOOP));
      // The profile and level in the decoder configuration of the initialization section.
      const init = await bytes(`${LIVE}/${name}/init.mp4`);
      const at = init.indexOf('avcC') + 5;
      expect(codecs).toBe(`avc1.${init.toString('hex', at, at + 3).toUpperCase()},mp4a.40.2`);
    }
  });

  test('has a playlist that slides by one segment every two seconds, also over the end of the loop', async () => {
    const start = now;
    for (const name of names) {
      let before = await media(`${LIVE}/${name}/playlist.m3u8`);
      for (let step = 1; step <= 2 * LOOP; step++) {
        now = start + step * 2000;
        const after = await media(`${LIVE}/${name}/playlist.m3u8`);
        expect(after.mediaSequenceBase).toBe((before.mediaSequenceBase ?? 0) + 1);
        expect(after.discontinuitySequenceBase ?? 0).toBe(0);
        expect(after.endlist).toBe(false);
        expect(after.segments.slice(0, -1).map(({ uri }) => uri)).toEqual(
          before.segments.slice(1).map(({ uri }) => uri),
        );
        for (const { uri, duration, discontinuity, programDateTime } of after.segments) {
          expect([duration, discontinuity ?? false]).toEqual([2, false]);
          expect(programDateTime?.getTime()).toBe(Number.parseInt(uri, 10) * 2000);
        }
        // The newest segment ended at most two seconds ago.
        const age = now - ((after.segments.at(-1)?.programDateTime?.getTime() ?? 0) + 2000);
        expect(age).toBeGreaterThanOrEqual(0);
        expect(age).toBeLessThan(2000);
        before = after;
      }
      now = start;
    }
  });

  test('has segments whose times continue without a gap, also over the end of the loop', async () => {
    const first = Math.floor(now / 2000) - 20;
    for (const name of names) {
      let before = tracksOf(await bytes(`${LIVE}/${name}/${first}.m4s`));
      expect(before.map(({ id }) => id)).toEqual([1, 2]);
      for (let n = first + 1; n < first + 2 * LOOP; n++) {
        const after = tracksOf(await bytes(`${LIVE}/${name}/${n}.m4s`));
        expect(after.map(({ from }) => from)).toEqual(before.map(({ from, ticks }) => from + ticks));
        before = after;
      }
    }
  });

  test('has both renditions at the same times', async () => {
    const number = Math.floor(now / 2000) - 3;
    const [large, small] = await Promise.all(
      names.map(async name => tracksOf(await bytes(`${LIVE}/${name}/${number}.m4s`))),
    );
    expect(large).toEqual(small);
    expect(await text(`${LIVE}/360p/playlist.m3u8`)).toBe(await text(`${LIVE}/180p/playlist.m3u8`));
  });

  test('has the segments of its playlist, and none of the future', async () => {
    const { segments } = await media(`${LIVE}/360p/playlist.m3u8`);
    for (const { uri, map } of segments) {
      expect(await status(`${LIVE}/360p/${uri}`)).toBe(200);
      expect(map?.uri).toBe('init.mp4');
    }
    const next = Number.parseInt(segments.at(-1)?.uri ?? '', 10) + 1;
    expect(await status(`${LIVE}/360p/${next}.m4s`)).toBe(404);
  });

  test.each([
    '/_local/hls/offline-1/master.m3u8',
    '/_local/hls/offline-1/360p/playlist.m3u8',
    `${LIVE}/1080p/playlist.m3u8`,
    `${LIVE}/1080p/0.m4s`,
    `${LIVE}/360p/0.ts`,
    `${LIVE}/360p/../360p/-1.m4s`,
    `${LIVE}/`,
    '/_local/hls/master.m3u8',
  ])('is not %s', async path => {
    const answer = await ask(path);
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([404, '*']);
  });
});

describe('a recording', () => {
  const startedAt = '2026-03-01T11:00:00.000Z';
  const total = ({ segments }: types.MediaPlaylist) =>
    Math.round(segments.reduce((sum, { duration }) => sum + duration, 0) * 1000);

  test.each([3_597_000, 2_000, 1_001, 7_200_123])(
    'of %d ms has a playlist of that length',
    async durationMs => {
      recording = { startedAt, durationMs, isGrowing: false };
      expect(parse(await text(`${RECORDING}/hls/master.m3u8`)).isMasterPlaylist).toBe(true);
      for (const name of names) {
        const playlist = await media(`${RECORDING}/hls/${name}/playlist.m3u8`);
        expect(total(playlist)).toBe(durationMs);
        expect([playlist.endlist, playlist.playlistType, playlist.mediaSequenceBase ?? 0]).toEqual([
          true,
          'VOD',
          0,
        ]);
        expect(playlist.segments[0]?.programDateTime?.toISOString()).toBe(startedAt);
        expect(await status(`${RECORDING}/hls/${name}/${playlist.segments.at(-1)?.uri}`)).toBe(200);
      }
    },
  );

  test('that is in progress has a playlist that grows, and no playlist of the whole yet', async () => {
    recording = { startedAt, durationMs: 61_500, isGrowing: true };
    expect(await status(`${RECORDING}/hls/master.m3u8`)).toBe(403);
    expect(await status(`${RECORDING}/hls/byte-range-multivariant.m3u8`)).toBe(200);
    const playlist = await media(`${RECORDING}/hls/360p/playlist.m3u8`);
    expect([total(playlist), playlist.endlist, playlist.playlistType]).toEqual([60_000, false, 'EVENT']);
  });

  test('that is longer than any stream of IVS has a playlist of at most 48 hours', async () => {
    recording = { startedAt: '2000-01-01T00:00:00.000Z', durationMs: 20 * 365 * 86_400_000, isGrowing: true };
    expect((await media(`${RECORDING}/hls/180p/playlist.m3u8`)).segments).toHaveLength(86_400);
  });

  test('that does not exist is answered with 403, as CloudFront does', async () => {
    recording = undefined;
    expect(await status(`${RECORDING}/hls/master.m3u8`)).toBe(403);
    expect(await status(`${RECORDING}/hls/360p/playlist.m3u8`)).toBe(403);
    expect(await status('/_local/recordings/other/media/hls/master.m3u8')).toBe(403);
    expect(await status(`${RECORDING}/thumbnails/other.jpg`)).toBe(403);
  });

  test('has pictures: those of one channel have the same colors, and each recording has its own', async () => {
    const colors = (picture: string) => [...new Set(picture.match(/hsl\([^)]*\)/g))];
    const one = await text(`${RECORDING}/latest_thumbnail/thumb.jpg`);
    const another = await text(`${RECORDING.replace('abc', 'def')}/latest_thumbnail/thumb.jpg`);
    const foreign = await text(`${RECORDING.replace('live-1', 'live-2')}/latest_thumbnail/thumb.jpg`);
    expect(one).toMatch(/^<svg .*<\/svg>$/);
    expect(another).not.toBe(one);
    expect(colors(another)).toEqual(colors(one));
    expect(colors(foreign)).not.toEqual(colors(one));
    expect(await text(`${RECORDING}/thumbnails/thumb7.jpg`)).not.toBe(one);
  });
});

describe('a file', () => {
  const segment = `${RECORDING}/hls/360p/0.m4s`;

  test.each([
    [`${LIVE}/master.m3u8`, 'application/vnd.apple.mpegurl', 'public, max-age=1'],
    [`${LIVE}/360p/init.mp4`, 'video/mp4', 'public, max-age=60'],
    [segment, 'video/mp4', 'public, max-age=31536000'],
    [`${RECORDING}/latest_thumbnail/thumb.jpg`, 'image/svg+xml', 'public, max-age=2'],
    [`${RECORDING}/thumbnails/thumb0.jpg`, 'image/svg+xml', 'public, max-age=31536000'],
  ])('%s has the type %s and the cache header "%s"', async (path, type, cache) => {
    const { headers } = await ask(path);
    expect([headers.get('content-type'), headers.get('cache-control')]).toEqual([type, cache]);
    expect(headers.get('access-control-allow-origin')).toBe('*');
  });

  test('is answered to HEAD with its length and no body', async () => {
    const head = await ask(segment, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([
      200,
      String((await bytes(segment)).length),
    ]);
    expect(await head.text()).toBe('');
  });

  test('is sent in part for a range, whole for a range that cannot be understood', async () => {
    const file = `${RECORDING}/hls/360p/init.mp4`;
    const whole = await bytes(file);
    const size = whole.length;
    const asked = async (range: string, more: Record<string, string> = {}) => {
      const answer = await ask(file, { headers: { range, ...more } });
      const body = Buffer.from(await answer.arrayBuffer());
      return [answer.status, answer.headers.get('content-range'), body] as const;
    };
    expect(await asked('bytes=0-99')).toEqual([206, `bytes 0-99/${size}`, whole.subarray(0, 100)]);
    expect(await asked('bytes=100-')).toEqual([206, `bytes 100-${size - 1}/${size}`, whole.subarray(100)]);
    expect(await asked('bytes=-10')).toEqual([
      206,
      `bytes ${size - 10}-${size - 1}/${size}`,
      whole.subarray(-10),
    ]);
    expect(await asked('bytes=5-9999999')).toEqual([206, `bytes 5-${size - 1}/${size}`, whole.subarray(5)]);
    for (const range of ['bytes=9-5', 'bytes=0-1,4-5', 'bytes=-', 'lines=0-1'])
      expect(await asked(range)).toEqual([200, null, whole]);
    expect(await asked('bytes=0-1', { 'if-range': '"tag"' })).toEqual([200, null, whole]);
    for (const range of [`bytes=${size}-`, 'bytes=-0'])
      expect(await asked(range)).toEqual([416, `bytes */${size}`, Buffer.alloc(0)]);
  });

  test('cannot be written, and can be asked for by pages of other origins', async () => {
    expect(await status(segment, { method: 'POST' })).toBe(405);
    const { status: preflight, headers } = await ask(segment, { method: 'OPTIONS' });
    expect([preflight, headers.get('access-control-allow-headers')]).toEqual([204, 'Range, Content-Type']);
  });
});

test('every other request is answered by the API', async () => {
  expect(await text('/v1/channels')).toBe('the API');
  expect(await text('/_local/hls-other')).toBe('the API');
});
