import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type ImageType, NotAnImageError, readImage } from '../../domain/images/imageFile.ts';
import { png, pngChunk } from '../support/png.ts';

const text = (value: string) => Buffer.from(value, 'latin1');
const hex = (value: string) => Buffer.from(value.replaceAll(' ', ''), 'hex');
const uint16 = (...values: number[]) => Buffer.from(values.flatMap(value => [value >> 8, value & 255]));
const SCRIPT = '<html><script>alert(1)</script></html>';

const segment = (marker: number, data: Buffer) =>
  Buffer.concat([Buffer.from([0xff, marker]), uint16(data.length + 2), data]);

function jpeg(width: number, height: number, ...more: Buffer[]): Buffer {
  return Buffer.concat([
    hex('ffd8'),
    segment(0xe0, text('JFIF\0\x01\x01\0\0\x01\0\x01\0\0')),
    ...more,
    segment(0xdb, Buffer.alloc(65)),
    segment(0xc0, Buffer.concat([hex('08'), uint16(height, width), hex('01 01 11 00')])),
    segment(0xc4, Buffer.alloc(17)),
    segment(0xda, hex('01 01 00 00 3f 00')),
    hex('12 ff00 34 ffd0 56'),
    hex('ffd9'),
  ]);
}

const exif = (orientation: number, order: 'II' | 'MM') => {
  const big = `4d4d002a00000008 0002 010f000200000004 416e6e00 011200030000000100${`0${orientation}`}0000 00000000`;
  const little = `49492a0008000000 0002 0f01020004000000 416e6e00 12010300010000000${orientation}000000 00000000`;
  const order16 = order === 'II' ? little.replace(' 0002 ', ' 0200 ') : big;
  return segment(0xe1, Buffer.concat([text('Exif\0\0'), hex(order16), text(SCRIPT)]));
};

/** An image of one pixel with two colors, with `more` before its data. */
const gif = (...more: Buffer[]) =>
  Buffer.concat([
    hex('474946383961 0100 0100 80 00 00 000000 ffffff 21f9040100000000'),
    ...more,
    hex('2c 0000 0000 0100 0100 00 02 02 4401 00 3b'),
  ]);

function webp(...chunks: [name: string, data: Buffer][]): Buffer {
  const body = Buffer.concat([
    text('WEBP'),
    ...chunks.flatMap(([name, data]) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(data.length);
      return [text(name), length, data, Buffer.alloc(data.length % 2)];
    }),
  ]);
  const head = text('RIFF\0\0\0\0');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
}
const lossy: [string, Buffer] = [
  'VP8 ',
  hex('30 01 00 9d 01 2a 80 00 40 00 0e c0 fe 25 a4 00 03 70 00 00 00 00'),
];
const lossless: [string, Buffer] = ['VP8L', hex('2f 7f c0 0f 00 07 10 11 11 88')];

const images: readonly [string, ImageType, Buffer, width: number, height: number][] = [
  ['PNG', 'image/png', png(128, 64), 128, 64],
  ['JPEG', 'image/jpeg', jpeg(128, 64), 128, 64],
  ['GIF', 'image/gif', gif(), 1, 1],
  ['lossy WebP', 'image/webp', webp(lossy), 128, 64],
  ['lossless WebP', 'image/webp', webp(lossless), 128, 64],
  ['extended WebP', 'image/webp', webp(['VP8X', hex('10000000 7f0000 3f0000')], lossless), 128, 64],
];

function fault(bytes: Buffer): string | undefined {
  try {
    readImage(bytes);
    return undefined;
  } catch (error) {
    if (error instanceof NotAnImageError) return error.message;
    throw error;
  }
}

describe.each(images)('a %s image', (_, type, bytes, width, height) => {
  test('is read with its size, whatever its name', () => {
    expect(readImage(bytes)).toMatchObject({ type, width, height });
  });

  test('is the same again when what was kept is read', () => {
    const first = readImage(bytes);
    expect(readImage(first.bytes)).toEqual(first);
  });

  test('that continues as HTML is refused', () => {
    expect(fault(Buffer.concat([bytes, text(SCRIPT)]))).toMatch(/there is more behind the image/);
  });

  test('that ends too early is refused, wherever it ends', () => {
    for (let end = 0; end < bytes.length; end++) expect(fault(bytes.subarray(0, end))).toBeDefined();
  });

  test('with any bytes changed is an image or is refused, and never fails', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        changes => {
          const changed = Buffer.from(bytes);
          for (const [at, value] of changes) changed[at] = value;
          if (fault(changed) === undefined) expect(readImage(readImage(changed).bytes)).toBeDefined();
        },
      ),
    );
  });
});

test.each<[string, Buffer]>([
  ['a PNG text', png(64, 64, pngChunk('tEXt', text(`Comment\0${SCRIPT}`)))],
  ['PNG EXIF data', png(64, 64, pngChunk('eXIf', text(SCRIPT)))],
  ['an unknown PNG chunk', png(64, 64, pngChunk('scRp', text(SCRIPT)))],
  ['a JPEG comment', jpeg(64, 64, segment(0xfe, text(SCRIPT)))],
  ['JPEG EXIF data', jpeg(64, 64, exif(6, 'MM'))],
  ['a JPEG profile', jpeg(64, 64, segment(0xe2, text(`ICC_PROFILE\0${SCRIPT}`)))],
  ['a GIF comment', gif(hex('21fe'), Buffer.from([SCRIPT.length]), text(SCRIPT), hex('00'))],
  [
    'a GIF application',
    gif(hex('21ff 0b'), text('XMP DataXMP'), Buffer.from([SCRIPT.length]), text(SCRIPT), hex('00')),
  ],
  ['WebP EXIF data', webp(['VP8X', hex('18000000 7f0000 3f0000')], lossless, ['EXIF', text(SCRIPT)])],
])('%s is left out', (_, bytes) => {
  expect(bytes.includes('script')).toBe(true);
  expect(readImage(bytes).bytes.includes('script')).toBe(false);
});

test.each([
  [6, 'MM', 6],
  [8, 'II', 8],
  [1, 'MM', undefined],
] as const)(
  'the orientation %s of a photo (%s) is kept, without the rest of its EXIF data',
  (given, order, kept) => {
    const { bytes } = readImage(jpeg(64, 64, exif(given, order)));
    const at = bytes.indexOf('Exif');
    expect(at < 0 ? undefined : bytes.readUInt16BE(at + 24)).toBe(kept);
    expect(readImage(bytes).bytes).toEqual(bytes);
  },
);

test.each<[string, Buffer]>([
  ['an SVG with a script', text(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)],
  ['HTML behind the header of a GIF', text(`GIF89a/*${SCRIPT}*/`)],
  ['HTML behind the header of a PNG', Buffer.concat([hex('89504e470d0a1a0a'), text(SCRIPT)])],
  ['HTML behind the header of a JPEG', Buffer.concat([hex('ffd8ffe0'), text(SCRIPT)])],
  ['HTML in a WebP without an image', webp(['XMP ', text(SCRIPT)])],
  ['a PNG with a wrong checksum', Buffer.from(png(64, 64)).fill(1, 29, 33)],
  ['a PNG without data', Buffer.concat([png(64, 64).subarray(0, 33), pngChunk('IEND', Buffer.alloc(0))])],
  ['a GIF whose frame is larger than the image', Buffer.from(gif()).fill(9, 32, 34)],
  ['a BMP', text('BM\x46\0\0\0\0\0\0\0\x36\0\0\0')],
  ['a PDF', text('%PDF-1.7')],
  ['nothing', Buffer.alloc(0)],
])('%s is refused', (_, bytes) => {
  expect(fault(bytes)).toBeDefined();
});

test('any bytes are refused or are an image, also behind the header of one', () => {
  const heads = ['', '89504e470d0a1a0a', 'ffd8', '474946383961', '52494646'].map(hex);
  fc.assert(
    fc.property(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 200 }), (head, rest) => {
      fault(Buffer.concat([head, rest]));
    }),
    { numRuns: 2_000 },
  );
});
