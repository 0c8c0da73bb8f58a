import { crc32 } from 'node:zlib';

/** The formats of images that users may upload, by their content type. */
export const imageTypes = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'image/gif': 'gif',
} as const;
export type ImageType = keyof typeof imageTypes;

/** An image whose bytes were checked. */
export interface CheckedImage {
  readonly type: ImageType;
  readonly width: number;
  readonly height: number;
  /** The file without metadata: no comments, no EXIF data such as the place of a photo, and no text. */
  readonly bytes: Buffer;
}

/** The bytes are no image of a supported format, or more than one file in one. `message` says why. */
export class NotAnImageError extends Error {
  override readonly name = 'NotAnImageError';
}

/**
 * Reads an image from its bytes, whatever name or content type came with them. Each byte must belong to the structure
 * of one image: a file that is also something else, such as a GIF that continues as HTML, is refused. Only the parts
 * that display the image are kept.
 *
 * @throws NotAnImageError
 */
export function readImage(bytes: Buffer): CheckedImage {
  try {
    if (bytes.subarray(0, 8).equals(PNG)) return readPng(bytes);
    if (bytes.readUInt16BE(0) === 0xffd8) return readJpeg(bytes);
    if (/^GIF8[79]a$/.test(bytes.toString('latin1', 0, 6))) return readGif(bytes);
    if (bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP')
      return readWebp(bytes);
  } catch (error) {
    if (isBehindEnd(error)) throw new NotAnImageError(TOO_SHORT, { cause: error });
    throw error;
  }
  throw new NotAnImageError('the file is no PNG, JPEG, WebP or GIF image');
}

function need(condition: boolean, fault: string): asserts condition {
  if (!condition) throw new NotAnImageError(fault);
}

const TOO_SHORT = 'the file ends too early';

/** Returns whether Node refused to read behind the end of a buffer. */
const isBehindEnd = (error: unknown) =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  (error.code === 'ERR_OUT_OF_RANGE' || error.code === 'ERR_BUFFER_OUT_OF_BOUNDS');

/** Returns `length` bytes at `from`. */
function take(bytes: Buffer, from: number, length: number): Buffer {
  need(from + length <= bytes.length, TOO_SHORT);
  return bytes.subarray(from, from + length);
}

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** The chunks that decide how the image looks, those of animations included. */
const pngChunks = new Set('IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB sBIT pHYs bKGD acTL fcTL fdAT'.split(' '));

/** https://www.w3.org/TR/png-3/ */
function readPng(bytes: Buffer): CheckedImage {
  const kept: Buffer[] = [PNG];
  const found: string[] = [];
  let at = PNG.length;
  while (found.at(-1) !== 'IEND') {
    const chunk = take(bytes, at, bytes.readUInt32BE(at) + 12);
    const name = chunk.toString('latin1', 4, 8);
    need(/^[A-Za-z]{4}$/.test(name), 'a chunk has no valid name');
    need(crc32(chunk.subarray(4, -4)) === chunk.readUInt32BE(chunk.length - 4), 'a checksum is wrong');
    need(
      found.length === 0 ? name === 'IHDR' && chunk.length === 25 : name !== 'IHDR',
      'the header is wrong',
    );
    if (pngChunks.has(name)) kept.push(chunk);
    found.push(name);
    at += chunk.length;
  }
  need(found.includes('IDAT'), 'the image has no data');
  need(at === bytes.length, 'there is more behind the image');
  return {
    type: 'image/png',
    width: bytes.readUInt32BE(16),
    height: bytes.readUInt32BE(20),
    bytes: Buffer.concat(kept),
  };
}

const [SOI, EOI, SOS, APP0, APP1, APP14, APP15, COM] = [0xd8, 0xd9, 0xda, 0xe0, 0xe1, 0xee, 0xef, 0xfe];
/** The frames that browsers decode: baseline, extended and progressive. */
const jpegFrames = [0xc0, 0xc1, 0xc2];
/** Tables of Huffman codes, quantization and restart intervals. */
const jpegTables = [0xc4, 0xdb, 0xdd];

/** https://www.w3.org/Graphics/JPEG/itu-t81.pdf, annex B */
function readJpeg(bytes: Buffer): CheckedImage {
  const kept: Buffer[] = [Buffer.from([0xff, SOI])];
  let size: { width: number; height: number } | undefined;
  let hasData = false;
  let at = 2;
  for (;;) {
    need(bytes.readUInt8(at) === 0xff, 'a marker is missing');
    const marker = bytes.readUInt8(at + 1);
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === EOI) break;
    const segment = take(bytes, at, bytes.readUInt16BE(at + 2) + 2);
    need(segment.length >= 4, 'a segment is too short');
    at += segment.length;
    if (jpegFrames.includes(marker)) {
      need(size === undefined, 'the image has several frames');
      size = { height: segment.readUInt16BE(5), width: segment.readUInt16BE(7) };
      kept.push(segment);
    } else if (marker === SOS) {
      need(size !== undefined, 'the data comes before the frame');
      const end = endOfScan(bytes, at);
      kept.push(segment, bytes.subarray(at, end));
      at = end;
      hasData = true;
    } else if (jpegTables.includes(marker)) kept.push(segment);
    else if (marker === APP1) kept.push(...orientationOf(segment));
    // How the colors are stored.
    else if (marker === APP14 && segment.length === 16 && segment.toString('latin1', 4, 9) === 'Adobe')
      kept.push(segment);
    else need((marker >= APP0 && marker <= APP15) || marker === COM, 'a segment is of an unknown kind');
  }
  need(size !== undefined && hasData, 'the image has no data');
  need(at + 2 === bytes.length, 'there is more behind the image');
  return { type: 'image/jpeg', ...size, bytes: Buffer.concat([...kept, Buffer.from([0xff, EOI])]) };
}

/** Returns the end of the compressed data at `from`: the next marker that is no part of the data. */
function endOfScan(bytes: Buffer, from: number): number {
  for (let at = from; ; at++) {
    at = bytes.indexOf(0xff, at);
    need(at >= 0, TOO_SHORT);
    const next = bytes.readUInt8(at + 1);
    if (next !== 0 && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
}

/** Returns a segment with only the orientation of EXIF data, which says how a camera was held. */
function orientationOf(segment: Buffer): Buffer[] {
  if (segment.toString('latin1', 4, 10) !== 'Exif\0\0') return [];
  const tiff = segment.subarray(10);
  const isLittle = tiff.toString('latin1', 0, 2) === 'II';
  const read16 = (at: number) => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const directory = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  const entries = read16(directory);
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + 12 * entry;
    if (read16(at) !== 0x112) continue;
    const orientation = read16(at + 8);
    if (orientation < 2 || orientation > 8) return [];
    const head = 'ffe10022457869660000' + '4d4d002a00000008' + '0001' + '0112000300000001';
    return [Buffer.from(`${head}000${orientation}000000000000`, 'hex')];
  }
  return [];
}

/** https://www.w3.org/Graphics/GIF/spec-gif89a.txt */
function readGif(bytes: Buffer): CheckedImage {
  const [width, height] = [bytes.readUInt16LE(6), bytes.readUInt16LE(8)];
  const paletteOf = (flags: number) => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  let at = 13 + paletteOf(bytes.readUInt8(10));
  const kept = [take(bytes, 0, at)];
  let images = 0;
  for (;;) {
    const from = at;
    const kind = bytes.readUInt8(at);
    if (kind === 0x3b) break;
    if (kind === 0x2c) {
      const [left, top] = [bytes.readUInt16LE(at + 1), bytes.readUInt16LE(at + 3)];
      const fits = left + bytes.readUInt16LE(at + 5) <= width && top + bytes.readUInt16LE(at + 7) <= height;
      need(fits, 'a frame is larger than the image');
      at = endOfBlocks(bytes, at + 11 + paletteOf(bytes.readUInt8(at + 9)));
      kept.push(bytes.subarray(from, at));
      images++;
      continue;
    }
    need(kind === 0x21, 'a block is of an unknown kind');
    const label = bytes.readUInt8(at + 1);
    at = endOfBlocks(bytes, at + 2);
    const block = bytes.subarray(from, at);
    const isControl = label === 0xf9 && block.length === 8;
    // How often an animation is repeated.
    const isLoop = label === 0xff && block.length === 19 && block.toString('latin1', 3, 14) === 'NETSCAPE2.0';
    if (isControl || isLoop) kept.push(block);
  }
  need(images > 0, 'the image has no data');
  need(at + 1 === bytes.length, 'there is more behind the image');
  return { type: 'image/gif', width, height, bytes: Buffer.concat([...kept, Buffer.from([0x3b])]) };
}

/** Returns the end of a series of blocks, each of which begins with its length. */
function endOfBlocks(bytes: Buffer, from: number): number {
  for (let at = from; ; ) {
    const length = bytes.readUInt8(at);
    at += length + 1;
    if (length === 0) return at;
  }
}

const webpChunks = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF']);
/** The flags of a color profile, EXIF data and XMP data. */
const WEBP_METADATA = 0x20 | 0x08 | 0x04;

/** https://developers.google.com/speed/webp/docs/riff_container */
function readWebp(bytes: Buffer): CheckedImage {
  need(bytes.readUInt32LE(4) + 8 === bytes.length, 'there is more behind the image, or less');
  const kept: Buffer[] = [];
  let size: { width: number; height: number } | undefined;
  let hasData = false;
  for (let at = 12; at < bytes.length; ) {
    const length = bytes.readUInt32LE(at + 4);
    const chunk = take(bytes, at, 8 + length + (length % 2));
    const name = chunk.toString('latin1', 0, 4);
    at += chunk.length;
    if (!webpChunks.has(name)) continue;
    size ??= webpSize(name, chunk);
    need(name !== 'VP8X' || kept.length === 0, 'the header is not first');
    hasData ||= name === 'VP8 ' || name === 'VP8L' || name === 'ANMF';
    if (name === 'VP8X') {
      const header = Buffer.from(chunk);
      header.writeUInt8(header.readUInt8(8) & ~WEBP_METADATA, 8);
      kept.push(header);
    } else kept.push(chunk);
  }
  need(size !== undefined && hasData, 'the image has no data');
  const body = Buffer.concat([Buffer.from('WEBP', 'latin1'), ...kept]);
  const head = Buffer.from('RIFF\0\0\0\0', 'latin1');
  head.writeUInt32LE(body.length, 4);
  return { type: 'image/webp', ...size, bytes: Buffer.concat([head, body]) };
}

function webpSize(name: string, chunk: Buffer): { width: number; height: number } | undefined {
  switch (name) {
    case 'VP8X':
      return { width: chunk.readUIntLE(12, 3) + 1, height: chunk.readUIntLE(15, 3) + 1 };
    case 'VP8L': {
      need(chunk.readUInt8(8) === 0x2f, 'the data is wrong');
      const bits = chunk.readUInt32LE(9);
      return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
    }
    case 'VP8 ':
      need(chunk.readUIntBE(11, 3) === 0x9d012a, 'the data is wrong');
      return { width: chunk.readUInt16LE(14) & 0x3fff, height: chunk.readUInt16LE(16) & 0x3fff };
    default:
      return undefined;
  }
}
