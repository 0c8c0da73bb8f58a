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

export interface TokenIssuer {
  /** An access token that is good for `ACCESS_TOKEN_SECONDS`. */
  issue(subject: TokenSubject, familyId: string): Promise<string>;
  /** @throws UnauthenticatedError unless `issue` made `token` with a key that is still good, and its time is not over. */
  verify(token: string): Promise<Caller>;
}

// Nothing can take a token back, so this is how long one outlives its sign-in.
export const ACCESS_TOKEN_SECONDS = 15 * 60;

const ISSUER = 'ugc';
const ALGORITHM = 'HS256';

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
