import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { Session } from '../../model/session.ts';

/** A refresh token as a client presents it: of a family, with a secret, and a code that proves that it was issued. */
export interface RefreshToken {
  readonly familyId: string;
  readonly secret: string;
  readonly code: string;
  /** SHA-256 of the secret. */
  readonly hash: string;
}

/** A token to give to a client, and what is kept of it. */
interface IssuedToken {
  readonly token: string;
  readonly tokenHash: string;
}

export interface RefreshTokens {
  /** The first token of a new family, with the key of the family's codes. */
  first(familyId: string): IssuedToken & Pick<Session, 'codeKey'>;
  /** Whether `token` was issued for the family, now or ever. Former tokens are recognized, though none is kept. */
  isIssued(token: RefreshToken, session: Pick<Session, 'codeKey'>): boolean;
  /**
   * The token that follows `token`, always the same for one `salt`. So a row with the salt, and without the token,
   * gives nothing (HKDF, RFC 5869).
   */
  successorOf(token: RefreshToken, session: Pick<Session, 'id' | 'codeKey'>, salt: string): IssuedToken;
  newSalt(): string;
}

const SECRET_BYTES = 32;
const CODE_BYTES = 16;

/** @param random gives that many bytes, unguessable. */
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

/** Undefined for what is no refresh token by its form. */
export function parseRefreshToken(text: string): RefreshToken | undefined {
  const [, familyId, secret, code] = form.exec(text) ?? [];
  if (familyId === undefined || secret === undefined || code === undefined) return undefined;
  return { familyId, secret, code, hash: hashOf(secret) };
}

const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
const hashOf = (secret: string) => createHash('sha256').update(secret).digest('base64url');
const codeOf = (secret: string, codeKey: string) =>
  base64url(createHmac('sha256', codeKey).update(secret).digest().subarray(0, CODE_BYTES));
