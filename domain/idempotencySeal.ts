import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** What a request with an `Idempotency-Key` is known by: the same operation, by the same caller, with the same key. */
export function keyId(operation: string, caller: string, key: string): string {
  return createHash('sha256')
    .update(JSON.stringify([operation, caller, key]))
    .digest('base64url');
}

/**
 * Digests and encryption under the client's own `Idempotency-Key`, which is kept nowhere: with the row alone,
 * neither the request nor its answer can be read. HKDF (RFC 5869) and AES-256-GCM.
 */
export interface Seal {
  /** A digest of `body`. A plain hash would let a password in it be guessed. */
  fingerprint(body: string): string;
  /** `text` encrypted, in base64url. `iv` is 12 random bytes, never used twice. */
  encrypt(text: string, iv: Uint8Array): string;
  /** @throws Error when `sealed` is not what `encrypt` gave for this row. */
  decrypt(sealed: string): string;
}

/** @param id binds what is sealed to its row, so that it cannot be moved to another. */
export function sealOf(key: string, salt: string, id: string): Seal {
  const derive = (use: string) => Buffer.from(hkdfSync('sha256', key, salt, `${use} ${id}`, KEY_BYTES));
  return {
    fingerprint: body => createHmac('sha256', derive('fingerprint')).update(body).digest('base64url'),
    encrypt(text, iv) {
      const cipher = createCipheriv('aes-256-gcm', derive('answer'), iv);
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
    },
    decrypt(sealed) {
      const bytes = Buffer.from(sealed, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', derive('answer'), bytes.subarray(0, IV_BYTES));
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      const text = [decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()];
      return Buffer.concat(text).toString('utf8');
    },
  };
}

export const SEAL_IV_BYTES = IV_BYTES;
