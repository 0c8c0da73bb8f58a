import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** Returns the id of a request with an `Idempotency-Key`: the same for the same operation, caller and key. */
export function keyId(operation: string, caller: string, key: string): string {
  return createHash('sha256')
    .update(JSON.stringify([operation, caller, key]))
    .digest('base64url');
}

/**
 * Digests and encryption with the client's own `Idempotency-Key`, which is not stored: the row alone reveals
 * neither the request nor its answer. HKDF (RFC 5869) and AES-256-GCM.
 */
export interface Seal {
  /**
   * Returns a digest of `body`. It is keyed, because a password in the body could be guessed from a plain
   * hash.
   */
  fingerprint(body: string): string;
  /** Encrypts `text` to base64url. `iv` is 12 random bytes that are never reused. */
  encrypt(text: string, iv: Uint8Array): string;
  /**
   * Decrypts an answer.
   *
   * @throws Error when `encrypt` did not create `sealed` for this row
   */
  decrypt(sealed: string): string;
}

/**
 * Creates the seal of a row.
 *
 * @param id binds sealed values to their row, so that they cannot be moved to another
 */
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
