import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The length of a segment, in milliseconds. */
export const SEGMENT_MS = 2_000;

/** `makeTestPicture.sh` makes this many segments, which are repeated for ever. */
const SEGMENTS_PER_LOOP = 8;
const LOOP_SECONDS = (SEGMENTS_PER_LOOP * SEGMENT_MS) / 1000;

const FOLDER = 'local/playback/media';

/** A rendition of the test picture. Bit rates are in bits per second. */
export interface Rendition {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly codecs: string;
  readonly peakBitrate: number;
  readonly averageBitrate: number;
  /** The initialization section. */
  readonly init: Buffer;
  /** Returns segment `number` of an endless stream. The first one has the number 0. */
  segment(number: number): Buffer;
}

const sizes = [
  { name: '360p', width: 640, height: 360, codecs: 'avc1.4D401E,mp4a.40.2' },
  { name: '180p', width: 320, height: 180, codecs: 'avc1.4D400D,mp4a.40.2' },
] as const;

/** Reads the renditions of the test picture, the largest first. */
export function readTestPicture(): readonly Rendition[] {
  return sizes.map(size => {
    const read = (file: string) => readFileSync(join(FOLDER, size.name, file));
    const init = read('init.mp4');
    const timescales = timescalesOf(init);
    const loop = Array.from({ length: SEGMENTS_PER_LOOP }, (_, nth) =>
      fragmentOf(read(`${nth}.m4s`), timescales),
    );
    const bitrates = loop.map(({ bytes }) => (bytes.length * 8 * 1000) / SEGMENT_MS);
    return {
      ...size,
      init,
      peakBitrate: Math.max(...bitrates),
      averageBitrate: Math.round(bitrates.reduce((sum, rate) => sum + rate, 0) / loop.length),
      segment: number => {
        const fragment = loop[number % SEGMENTS_PER_LOOP];
        if (fragment === undefined) throw new RangeError(`there is no segment ${number}`);
        return moved(fragment, number);
      },
    };
  });
}

/** A segment of the loop, and the positions of the values that depend on its number. */
interface Fragment {
  readonly bytes: Buffer;
  readonly sequenceAt: number;
  readonly decodeTimes: readonly { readonly at: number; readonly ticks: bigint; readonly perLoop: bigint }[];
}

/**
 * Returns the fragment with the decode times and the sequence number of segment `number`. So the times of an endless
 * stream increase without a discontinuity, although its pictures are repeated.
 */
function moved({ bytes, sequenceAt, decodeTimes }: Fragment, number: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt32BE((number + 1) % 2 ** 32, sequenceAt);
  const loops = BigInt(Math.floor(number / SEGMENTS_PER_LOOP));
  for (const { at, ticks, perLoop } of decodeTimes) copy.writeBigUInt64BE(ticks + loops * perLoop, at);
  return copy;
}

function fragmentOf(bytes: Buffer, timescales: ReadonlyMap<number, number>): Fragment {
  const found = boxes(bytes);
  const bodies = (type: string) => found.filter(box => box.type === type).map(({ body }) => body);
  const tracks = bodies('tfhd').map(body => bytes.readUInt32BE(body + 4));
  return {
    bytes,
    sequenceAt: (bodies('mfhd')[0] ?? 0) + 4,
    // Version 1 of the box, which has 64 bits.
    decodeTimes: bodies('tfdt').map((body, nth) => ({
      at: body + 4,
      ticks: bytes.readBigUInt64BE(body + 4),
      perLoop: BigInt(LOOP_SECONDS * (timescales.get(tracks[nth] ?? 0) ?? 0)),
    })),
  };
}

/** Returns the ticks per second of each track, by its id. */
function timescalesOf(init: Buffer): ReadonlyMap<number, number> {
  const found = boxes(init);
  const read = (type: string, offset: number) =>
    found.filter(box => box.type === type).map(({ body }) => init.readUInt32BE(body + offset));
  const scales = read('mdhd', 12);
  return new Map(read('tkhd', 12).map((id, nth) => [id, scales[nth] ?? 0]));
}

/** The boxes that contain the boxes that are read here. */
const containers: ReadonlySet<string> = new Set(['moov', 'trak', 'mdia', 'moof', 'traf']);

/** Returns the boxes of an ISO media file (ISO 14496-12), in order, with the position of each body. */
function boxes(
  bytes: Buffer,
  start = 0,
  end = bytes.length,
): readonly { readonly type: string; readonly body: number }[] {
  const found = [];
  for (let at = start; at < end; ) {
    const size = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    found.push({ type, body: at + 8 });
    if (containers.has(type)) found.push(...boxes(bytes, at + 8, at + size));
    at += size;
  }
  return found;
}
