import * as z from '../../model/zod.ts';
import { UnauthenticatedError } from '../errors.ts';
import type { SigningKeys } from './jwt.ts';

/** The caller, according to their access token. */
export interface Caller {
  readonly userId: string;
  /** The name when the token was issued. After a rename, the token has the old name until it is refreshed. */
  readonly username: string;
  readonly channelId: string;
  /** The token family (sign-in) to which the token belongs. */
  readonly familyId: string;
}

/** A caller, and when their access token was issued. */
export interface VerifiedCaller extends Caller {
  /** In milliseconds since the epoch. */
  readonly issuedAt: number;
}

/** The user for whom a token is issued. */
export interface TokenSubject {
  readonly id: string;
  readonly username: string;
  readonly channelId: string;
}

/** A device that has signed in as a user with the password of that time. */
export interface KnownDevice {
  readonly userId: string;
  readonly deviceId: string;
  /**
   * After a password change, devices are unknown again: a person with the old password may have registered
   * some.
   */
  readonly passwordVersion: number;
}

export interface TokenIssuer {
  /** Issues an access token that is valid for `ACCESS_TOKEN_SECONDS`. */
  issue(subject: TokenSubject, familyId: string): Promise<string>;
  /**
   * Verifies an access token.
   *
   * @throws UnauthenticatedError when the token was not issued with a valid key, or has expired
   */
  verify(token: string): Promise<VerifiedCaller>;
  /**
   * Issues a token that proves that a device is known. It is valid as long as its key and grants no access.
   */
  issueDevice(device: KnownDevice): Promise<string>;
  /** Returns the device of a token from `issueDevice`, or undefined for any other text. */
  readDevice(token: string): Promise<KnownDevice | undefined>;
}

// Functions read the sign-in of an older token from time to time: see `signInChecks`.
export const ACCESS_TOKEN_SECONDS = 15 * 60;

const ISSUER = 'ugc';
// Another issuer, so that one kind of token is never accepted as the other.
const DEVICE_ISSUER = 'ugc-device';

// Loaded with the first token. Guests' reads have none, and do not wait for it.
// Node's web cryptography, which it needs, takes longer to load than the code.
const jwt = () => import('./jwt.ts');

const deviceClaims = z.object({ sub: z.string(), dev: z.string(), pv: z.int() });
const claims = z.object({
  sub: z.string(),
  name: z.string(),
  ch: z.string(),
  fam: z.string(),
  iat: z.number(),
});

/**
 * Creates the issuer of access tokens: JSON Web Tokens (RFC 7519) signed with HMAC-SHA-256, whose headers
 * name the signing key.
 */
export function tokenIssuer({ keys, clock }: { keys: SigningKeys; clock: () => Date }): TokenIssuer {
  return {
    async issue({ id, username, channelId }, familyId) {
      const [{ signed }, key] = await Promise.all([jwt(), keys.current()]);
      const iat = Math.floor(clock().getTime() / 1000);
      const own = { name: username, ch: channelId, fam: familyId };
      return signed(key, { ...own, iss: ISSUER, sub: id, iat, exp: iat + ACCESS_TOKEN_SECONDS });
    },
    async issueDevice({ userId, deviceId, passwordVersion }) {
      const [{ signed }, key] = await Promise.all([jwt(), keys.current()]);
      return signed(key, { dev: deviceId, pv: passwordVersion, iss: DEVICE_ISSUER, sub: userId });
    },
    async readDevice(token) {
      const { verified } = await jwt();
      const payload = await verified(token, keys, { issuer: DEVICE_ISSUER, now: clock() });
      const device = deviceClaims.safeParse(payload);
      if (!device.success) return undefined;
      const { sub, dev, pv } = device.data;
      return { userId: sub, deviceId: dev, passwordVersion: pv };
    },
    async verify(token) {
      const { verified } = await jwt();
      const payload = await verified(token, keys, { issuer: ISSUER, required: ['exp', 'iat'], now: clock() });
      if (payload === 'expired') throw new UnauthenticatedError('token', 'the access token has expired');
      const caller = claims.safeParse(payload);
      if (!caller.success) throw new UnauthenticatedError('token', 'the access token is not valid');
      const { sub, name, ch, fam, iat } = caller.data;
      return { userId: sub, username: name, channelId: ch, familyId: fam, issuedAt: iat * 1000 };
    },
  };
}
