import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type CursorScope, cursorCodec } from '../../domain/cursors.ts';
import { InvalidCursorError } from '../../domain/errors.ts';

// The names of this schema's attributes.
const attribute = fc.stringMatching(/^[a-z][A-Za-z]{0,19}$/);
const key = fc.dictionary(attribute, fc.oneof(fc.string({ maxLength: 60 }), fc.integer()), {
  maxKeys: 4,
  noNullPrototype: true,
});
const filter = fc.option(fc.string({ maxLength: 20 }));
const scope: fc.Arbitrary<CursorScope> = fc
  .tuple(fc.string(), fc.array(filter, { maxLength: 3 }))
  .map(([operation, filters]) => [operation, ...filters]);
const secret = fc.string({ minLength: 32, maxLength: 64 });
const codec = (text: string) => cursorCodec(async () => text);

describe('a cursor', () => {
  test('returns the key that it was made of, and can be used in a URL', async () => {
    await fc.assert(
      fc.asyncProperty(secret, scope, key, async (text, list, wanted) => {
        const cursor = await codec(text).encode(list, wanted);
        expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(await codec(text).decode(list, cursor)).toEqual(wanted);
      }),
    );
  });

  test('is refused for another list, and with another secret', async () => {
    await fc.assert(
      fc.asyncProperty(
        secret,
        secret,
        scope,
        scope,
        key,
        async (text, otherText, list, otherList, wanted) => {
          fc.pre(text !== otherText && JSON.stringify(list) !== JSON.stringify(otherList));
          const cursor = await codec(text).encode(list, wanted);
          await expect(codec(text).decode(otherList, cursor)).rejects.toThrow(InvalidCursorError);
          await expect(codec(otherText).decode(list, cursor)).rejects.toThrow(InvalidCursorError);
        },
      ),
    );
  });

  test('with any single bit flipped is refused', async () => {
    await fc.assert(
      fc.asyncProperty(secret, scope, key, fc.nat(), async (text, list, wanted, at) => {
        const bytes = Buffer.from(await codec(text).encode(list, wanted), 'base64url');
        const bit = at % (bytes.length * 8);
        bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        await expect(codec(text).decode(list, bytes.toString('base64url'))).rejects.toThrow(
          InvalidCursorError,
        );
      }),
    );
  });

  test('that is an arbitrary text is refused', async () => {
    await fc.assert(
      fc.asyncProperty(
        secret,
        scope,
        fc.oneof(fc.string(), fc.base64String()),
        async (text, list, cursor) => {
          await expect(codec(text).decode(list, cursor)).rejects.toThrow(InvalidCursorError);
        },
      ),
    );
  });

  test('that cannot be valid is refused before the secret is read', async () => {
    const refusing = cursorCodec(() => Promise.reject(new Error('the secret was asked for')));
    for (const cursor of ['', 'AQ', 'not base64url', 'A'.repeat(2_000), `AQ${'A'.repeat(40)}=`])
      await expect(refusing.decode(['listChannels'], cursor)).rejects.toThrow(InvalidCursorError);
  });
});
