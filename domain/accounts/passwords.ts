import { type BinaryLike, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** scrypt's cost parameters (RFC 7914 section 2). A hash needs 128 · N · r bytes of memory. */
export interface ScryptParameters {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/**
 * 32 MiB and a quarter of a second of one processor. OWASP recommends several settings of equal strength;
 * this one needs the least memory.
 * https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#scrypt
 */
export const scryptParameters: ScryptParameters = { N: 2 ** 15, r: 8, p: 3 };

export interface PasswordHasher {
  /** Returns the stored form of a password: `scrypt$N$r$p$salt$hash`, the last two in base64url. */
  hash(password: string): Promise<string>;
  /**
   * Returns whether `stored` is the hash of `password`. Without `stored` the result is false after the same
   * work, so that the response time does not reveal whether the user exists.
   *
   * @throws Error when `stored` does not have the form that `hash` returns
   */
  verify(password: string, stored: string | undefined): Promise<boolean>;
  /** Returns whether `stored` was created with other costs than new hashes. */
  isOutdated(stored: string): boolean;
}

/**
 * Creates a password hasher.
 *
 * @param random returns that many random bytes that cannot be guessed
 */
export function passwordHasher({
  random,
  parameters = scryptParameters,
}: {
  readonly random: (bytes: number) => Uint8Array;
  readonly parameters?: ScryptParameters;
}): PasswordHasher {
  const decoySalt = random(SALT_BYTES);
  return {
    async hash(password) {
      const salt = random(SALT_BYTES);
      return format({ ...parameters, salt, hash: await derive(password, salt, parameters) });
    },
    async verify(password, stored) {
      if (stored === undefined) {
        await derive(password, decoySalt, parameters);
        return false;
      }
      const { salt, hash, ...costs } = parse(stored);
      return timingSafeEqual(await derive(password, salt, costs), hash);
    },
    isOutdated(stored) {
      const { N, r, p } = parse(stored);
      return N !== parameters.N || r !== parameters.r || p !== parameters.p;
    },
  };
}

const SALT_BYTES = 16;
const HASH_BYTES = 32;

interface StoredPassword extends ScryptParameters {
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

const scryptAsync = promisify<BinaryLike, BinaryLike, number, ScryptOptions, Buffer>(scrypt);

function derive(password: string, salt: Uint8Array, { N, r, p }: ScryptParameters): Promise<Buffer> {
  // Node rejects costs that reach its default limit of 32 MiB.
  return scryptAsync(password, salt, HASH_BYTES, { N, r, p, maxmem: 256 * r * (N + p) });
}

function format({ N, r, p, salt, hash }: StoredPassword): string {
  return ['scrypt', N, r, p, base64url(salt), base64url(hash)].join('$');
}

const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');

const form = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([\w-]{22})\$([\w-]{43})$/;

function parse(stored: string): StoredPassword {
  const [, N, r, p, salt, hash] = form.exec(stored) ?? [];
  // The error must not contain the stored text, because errors are logged.
  if (salt === undefined || hash === undefined)
    throw new Error('a stored password hash has an unknown format');
  const bytes = (text: string) => Buffer.from(text, 'base64url');
  return { N: Number(N), r: Number(r), p: Number(p), salt: bytes(salt), hash: bytes(hash) };
}
