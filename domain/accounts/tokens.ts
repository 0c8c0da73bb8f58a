import { errors, type JWTVerifyGetKey, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { UnauthenticatedError } from '../errors.ts';

/** Who is asking, as their access token says. */
export interface Caller {
  readonly userId: string;
  /** As it was when the token was made: a renamed user's token has the old name until it is refreshed. */
  readonly username: string;
  readonly channelId: string;
  /** The sign-in that the token comes from. */
  readonly familyId: string;
}

/** A key that signs tokens. Its id goes into each token's header. */
export interface SigningKey {
  readonly id: string;
  readonly secret: Uint8Array;
}

export interface SigningKeys {
  /** The key that signs new tokens. */
  current(): Promise<SigningKey>;
  /** The key of that id while tokens signed with it are good, else undefined. */
  withId(id: string): Promise<SigningKey | undefined>;
}

/** Whom a token is made for. */
export interface TokenSubject {
  readonly id: string;
  readonly username: string;
  readonly channelId: string;
}

/** A device that has signed in as a user, with the password that they had then. */
export interface KnownDevice {
  readonly userId: string;
  readonly deviceId: string;
  /** With another password, devices are not known any more: whoever knew the last one may have made some. */
  readonly passwordVersion: number;
}

export interface TokenIssuer {
  /** An access token that is good for `ACCESS_TOKEN_SECONDS`. */
  issue(subject: TokenSubject, familyId: string): Promise<string>;
  /** @throws UnauthenticatedError unless `issue` made `token` with a key that is still good, and its time is not over. */
  verify(token: string): Promise<Caller>;
  /** A token that shows that a device is known. It is good while its key is, and gives access to nothing. */
  issueDevice(device: KnownDevice): Promise<string>;
  /** The device that `issueDevice` made `token` for; undefined for anything else. */
  readDevice(token: string): Promise<KnownDevice | undefined>;
}

// Nothing can take a token back, so this is how long one outlives its sign-in.
export const ACCESS_TOKEN_SECONDS = 15 * 60;

const ISSUER = 'ugc';
// Another issuer, so that neither kind of token is taken for the other.
const DEVICE_ISSUER = 'ugc-device';
const ALGORITHM = 'HS256';

const deviceClaims = z.object({ sub: z.string(), dev: z.string(), pv: z.int() });
const claims = z.object({ sub: z.string(), name: z.string(), ch: z.string(), fam: z.string() });

/** Access tokens: JSON Web Tokens (RFC 7519) signed with HMAC-SHA-256, which name the key that signed them. */
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
        if (error instanceof errors.JOSEError || error instanceof z.ZodError) return undefined;
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
        // Also what is no token at all. Anything else, a secret that cannot be read, is not the caller's fault.
        if (error instanceof errors.JOSEError || error instanceof z.ZodError)
          throw new UnauthenticatedError('token', 'the access token is not valid');
        throw error;
      }
    },
  };
}
