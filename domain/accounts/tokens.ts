import { errors, type JWTVerifyGetKey, jwtVerify, SignJWT } from 'jose';
import * as z from '../../model/zod.ts';
import { UnauthenticatedError } from '../errors.ts';

/** The caller, according to their access token. */
export interface Caller {
  readonly userId: string;
  /** The name when the token was issued. After a rename, the token has the old name until it is refreshed. */
  readonly username: string;
  readonly channelId: string;
  /** The token family (sign-in) to which the token belongs. */
  readonly familyId: string;
}

/** A key that signs tokens. Its id is in the header of each token. */
export interface SigningKey {
  readonly id: string;
  readonly secret: Uint8Array;
}

export interface SigningKeys {
  /** Returns the key that signs new tokens. */
  current(): Promise<SigningKey>;
  /** Returns the key with this id while tokens signed with it are valid, otherwise undefined. */
  withId(id: string): Promise<SigningKey | undefined>;
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
  verify(token: string): Promise<Caller>;
  /**
   * Issues a token that proves that a device is known. It is valid as long as its key and grants no access.
   */
  issueDevice(device: KnownDevice): Promise<string>;
  /** Returns the device of a token from `issueDevice`, or undefined for any other text. */
  readDevice(token: string): Promise<KnownDevice | undefined>;
}

// An access token cannot be revoked, so it outlives its sign-in by at most this time.
export const ACCESS_TOKEN_SECONDS = 15 * 60;

const ISSUER = 'ugc';
// Another issuer, so that one kind of token is never accepted as the other.
const DEVICE_ISSUER = 'ugc-device';
const ALGORITHM = 'HS256';

const deviceClaims = z.object({ sub: z.string(), dev: z.string(), pv: z.int() });
const claims = z.object({ sub: z.string(), name: z.string(), ch: z.string(), fam: z.string() });

/**
 * Creates the issuer of access tokens: JSON Web Tokens (RFC 7519) signed with HMAC-SHA-256, whose headers
 * name the signing key.
 */
export function tokenIssuer({ keys, clock }: { keys: SigningKeys; clock: () => Date }): TokenIssuer {
  const keyOf: JWTVerifyGetKey = async ({ kid }) => {
    const key = kid === undefined ? undefined : await keys.withId(kid);
    if (key === undefined) throw new errors.JWKSNoMatchingKey();
    return key.secret;
  };

  return {
    async issue({ id, username, channelId }, familyId) {
      const key = await keys.current();
      const now = Math.floor(clock().getTime() / 1000);
      return new SignJWT({ name: username, ch: channelId, fam: familyId })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT', kid: key.id })
        .setIssuer(ISSUER)
        .setSubject(id)
        .setIssuedAt(now)
        .setExpirationTime(now + ACCESS_TOKEN_SECONDS)
        .sign(key.secret);
    },
    async issueDevice({ userId, deviceId, passwordVersion }) {
      const key = await keys.current();
      return new SignJWT({ dev: deviceId, pv: passwordVersion })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT', kid: key.id })
        .setIssuer(DEVICE_ISSUER)
        .setSubject(userId)
        .sign(key.secret);
    },
    async readDevice(token) {
      try {
        const options = { algorithms: [ALGORITHM], issuer: DEVICE_ISSUER, currentDate: clock() };
        const { payload } = await jwtVerify(token, keyOf, options);
        const { sub, dev, pv } = deviceClaims.parse(payload);
        return { userId: sub, deviceId: dev, passwordVersion: pv };
      } catch (error) {
        if (error instanceof errors.JOSEError || error instanceof z.$ZodError) return undefined;
        throw error;
      }
    },
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, keyOf, {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          requiredClaims: ['exp', 'iat'],
          currentDate: clock(),
        });
        const { sub, name, ch, fam } = claims.parse(payload);
        return { userId: sub, username: name, channelId: ch, familyId: fam };
      } catch (error) {
        if (error instanceof errors.JWTExpired)
          throw new UnauthenticatedError('token', 'the access token has expired');
        // This includes texts that are not tokens. Other errors, such as an unreadable secret, are not the
        // caller's fault.
        if (error instanceof errors.JOSEError || error instanceof z.$ZodError)
          throw new UnauthenticatedError('token', 'the access token is not valid');
        throw error;
      }
    },
  };
}
