import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { Session } from '../../model/session.ts';

/**
 * A refresh token from a client: the id of its family, a secret, and a code that proves that it was issued.
 */
export interface RefreshToken {
  readonly familyId: string;
  readonly secret: string;
  readonly code: string;
  /** SHA-256 of the secret. */
  readonly hash: string;
}

/** A token for a client, and the hash to store. */
interface IssuedToken {
  readonly token: string;
  readonly tokenHash: string;
}

export interface RefreshTokens {
  /** Creates the first token of a new family, and the key of the family's codes. */
  first(familyId: string): IssuedToken & Pick<Session, 'codeKey'>;
  /**
   * Returns whether `token` was ever issued for the family. This works for earlier tokens although none is
   * stored.
   */
  isIssued(token: RefreshToken, session: Pick<Session, 'codeKey'>): boolean;
  /**
   * Derives the successor of `token`, which is always the same for one `salt`. The salt alone, without the
   * token, does not reveal the successor (HKDF, RFC 5869).
   */
  successorOf(token: RefreshToken, session: Pick<Session, 'id' | 'codeKey'>, salt: string): IssuedToken;
  newSalt(): string;
}

const SECRET_BYTES = 32;
const CODE_BYTES = 16;

/**
 * Creates the functions that issue and check refresh tokens.
 *
 * @param random returns that many random bytes that cannot be guessed
 */
export function refreshTokens(random: (bytes: number) => Uint8Array): RefreshTokens {
  const issued = (familyId: string, secret: string, codeKey: string): IssuedToken => ({
    token: `${familyId}.${secret}.${codeOf(secret, codeKey)}`,
    tokenHash: hashOf(secret),
  });
  return {
    first(familyId) {
      const codeKey = base64url(random(SECRET_BYTES));
      return { ...issued(familyId, base64url(random(SECRET_BYTES)), codeKey), codeKey };
    },
    isIssued: ({ secret, code }, { codeKey }) =>
      timingSafeEqual(Buffer.from(code), Buffer.from(codeOf(secret, codeKey))),
    successorOf({ secret }, { id, codeKey }, salt) {
      const next = hkdfSync('sha256', secret, salt, `refresh ${id}`, SECRET_BYTES);
      return issued(id, base64url(new Uint8Array(next)), codeKey);
    },
    newSalt: () => base64url(random(SECRET_BYTES)),
  };
}

const form = /^([\w-]{22})\.([\w-]{43})\.([\w-]{22})$/;

/**
 * Parses a refresh token.
 *
 * @returns undefined when `text` does not have the form of a refresh token
 */
export function parseRefreshToken(text: string): RefreshToken | undefined {
  const [, familyId, secret, code] = form.exec(text) ?? [];
  if (familyId === undefined || secret === undefined || code === undefined) return undefined;
  return { familyId, secret, code, hash: hashOf(secret) };
}

const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
const hashOf = (secret: string) => createHash('sha256').update(secret).digest('base64url');
const codeOf = (secret: string, codeKey: string) =>
  base64url(createHmac('sha256', codeKey).update(secret).digest().subarray(0, CODE_BYTES));
