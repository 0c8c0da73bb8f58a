import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Key } from '../store/pages.ts';
import { InvalidCursorError } from './errors.ts';

/**
 * The list a cursor belongs to: its operation, then the values that choose its rows. A cursor is good for
 * this list and no other, so it can never make a query go on after another partition's key.
 */
export type CursorScope = readonly [operation: string, ...filters: (string | null)[]];

/** Turns keys into cursors and back. */
export interface CursorCodec {
  encode(scope: CursorScope, key: Key): Promise<string>;
  /** @throws InvalidCursorError unless `encode` made `cursor` for the same scope with the same secret. */
  decode(scope: CursorScope, cursor: string): Promise<Key>;
}

// The first byte of a cursor. A change of what follows it takes the next number, and old cursors are refused.
const VERSION = 1;
// 128 bits of HMAC-SHA-256, the least that RFC 2104 section 5 allows.
const MAC_BYTES = 16;
// The longest key of any list is some 250 bytes; the rest is not worth reading.
const MAX_LENGTH = 1024;

const keySchema = z.record(z.string(), z.union([z.string(), z.number()]));

/**
 * Cursors are `base64url(version, MAC, JSON of the key)`: readable by anyone, made only here.
 *
 * @param secret gives the signing secret; called only when a cursor must be made or checked.
 */
export function cursorCodec(secret: () => Promise<string>): CursorCodec {
  const mac = async (scope: CursorScope, json: string) =>
    createHmac('sha256', await secret())
      .update(JSON.stringify([VERSION, scope, json]))
      .digest()
      .subarray(0, MAC_BYTES);

  return {
    async encode(scope, key) {
      const json = JSON.stringify(key);
      return Buffer.concat([Buffer.of(VERSION), await mac(scope, json), Buffer.from(json)]).toString(
        'base64url',
      );
    },
    async decode(scope, cursor) {
      const { given, json } = split(cursor);
      if (!timingSafeEqual(given, await mac(scope, json))) throw new InvalidCursorError('not signed here');
      return keySchema.parse(JSON.parse(json));
    },
  };
}

function split(cursor: string): { given: Buffer; json: string } {
  if (cursor.length > MAX_LENGTH) throw new InvalidCursorError('too long');
  const bytes = Buffer.from(cursor, 'base64url');
  // Node skips what is not base64url and ignores spare bits: without this, many spellings would pass for one.
  if (bytes.toString('base64url') !== cursor) throw new InvalidCursorError('not base64url');
  if (bytes[0] !== VERSION || bytes.length <= 1 + MAC_BYTES) throw new InvalidCursorError('of another kind');
  return { given: bytes.subarray(1, 1 + MAC_BYTES), json: bytes.subarray(1 + MAC_BYTES).toString() };
}
