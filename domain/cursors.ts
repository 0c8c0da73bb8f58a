import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from '../model/zod.ts';
import type { Key } from '../store/pages.ts';
import { InvalidCursorError } from './errors.ts';

/**
 * The list to which a cursor belongs: its operation and the values that select its rows. A cursor is valid
 * only for this list, so it cannot make a query continue after a key of another partition.
 */
export type CursorScope = readonly [operation: string, ...filters: (string | null)[]];

/** Encodes keys as cursors and decodes them. */
export interface CursorCodec {
  encode(scope: CursorScope, key: Key): Promise<string>;
  /**
   * Decodes a cursor.
   *
   * @throws InvalidCursorError unless `encode` created `cursor` for the same scope with the same secret
   */
  decode(scope: CursorScope, cursor: string): Promise<Key>;
}

// The first byte of a cursor. Increment it when the format changes; old cursors are then rejected.
const VERSION = 1;
// 128 bits of HMAC-SHA-256, the minimum of RFC 2104 section 5.
const MAC_BYTES = 16;
// The longest key of any list has about 250 bytes.
const MAX_LENGTH = 1024;

const keySchema = z.record(z.string(), z.union([z.string(), z.number()]));

/**
 * Creates a codec for cursors of the form `base64url(version, MAC, JSON of the key)`: anyone can read them,
 * but only this service can create them.
 *
 * @param secret returns the signing secret; called only when a cursor is encoded or decoded
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
      const { mac: received, json } = split(cursor);
      if (!timingSafeEqual(received, await mac(scope, json)))
        throw new InvalidCursorError('cursor-unknown', 'the signature is not valid');
      return keySchema.parse(JSON.parse(json));
    },
  };
}

function split(cursor: string): { mac: Buffer; json: string } {
  if (cursor.length > MAX_LENGTH) throw new InvalidCursorError('cursor-unknown', 'the cursor is too long');
  const bytes = Buffer.from(cursor, 'base64url');
  // Node ignores characters outside base64url and spare bits, so several spellings would decode to one
  // cursor.
  if (bytes.toString('base64url') !== cursor)
    throw new InvalidCursorError('cursor-unknown', 'the cursor is not base64url');
  if (bytes[0] !== VERSION || bytes.length <= 1 + MAC_BYTES)
    throw new InvalidCursorError('cursor-unknown', 'the version of the cursor is not supported');
  return { mac: bytes.subarray(1, 1 + MAC_BYTES), json: bytes.subarray(1 + MAC_BYTES).toString() };
}
