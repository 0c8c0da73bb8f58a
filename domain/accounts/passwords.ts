import { type BinaryLike, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** scrypt's costs (RFC 7914 section 2). It needs 128 · N · r bytes of memory. */
export interface ScryptParameters {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/**
 * 32 MiB and a quarter of a second of one processor: the least memory among the choices, all equally strong, that OWASP
 * recommends. https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#scrypt
 */
export const scryptParameters: ScryptParameters = { N: 2 ** 15, r: 8, p: 3 };

export interface PasswordHasher {
  /** A password as it is kept: `scrypt$N$r$p$salt$hash`, the last two in base64url. */
  hash(password: string): Promise<string>;
  /**
   * Whether `stored` is of `password`. Without `stored` it costs as much and is false, so that the time an answer
   * takes does not tell whether there is such a user.
   *
   * @throws Error when `stored` is not of `hash`'s form.
   */
  verify(password: string, stored: string | undefined): Promise<boolean>;
  /** Whether `stored` was made at other costs than passwords are now. */
  isOutdated(stored: string): boolean;
}

/** @param random gives that many bytes, unguessable. */
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
  // Node refuses what reaches its default of 32 MiB.
  return scryptAsync(password, salt, HASH_BYTES, { N, r, p, maxmem: 256 * r * (N + p) });
}

function format({ N, r, p, salt, hash }: StoredPassword): string {
  return ['scrypt', N, r, p, base64url(salt), base64url(hash)].join('$');
}

const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');

const form = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([\w-]{22})\$([\w-]{43})$/;

function parse(stored: string): StoredPassword {
  const [, N, r, p, salt, hash] = form.exec(stored) ?? [];
  // The stored text itself must not get into an error, and so into a log.
  if (salt === undefined || hash === undefined) throw new Error('a stored password is of no known form');
  const bytes = (text: string) => Buffer.from(text, 'base64url');
  return { N: Number(N), r: Number(r), p: Number(p), salt: bytes(salt), hash: bytes(hash) };
}
