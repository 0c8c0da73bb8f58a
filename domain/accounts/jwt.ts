import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';

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

const ALGORITHM = 'HS256';

/** Returns a JSON Web Token with the claims of `payload`. Its header names `key`. */
export function signed(key: SigningKey, payload: JWTPayload): Promise<string> {
  const header = { alg: ALGORITHM, typ: 'JWT', kid: key.id };
  return new SignJWT(payload).setProtectedHeader(header).sign(key.secret);
}

export interface Expected {
  readonly issuer: string;
  /** The claims that the token must have. */
  readonly required?: string[];
  readonly now: Date;
}

/**
 * Returns the claims of a token that one of `keys` signed for `issuer`, `expired` when it has expired, or
 * undefined for every other text.
 *
 * @throws the error of `keys`, such as an unreadable secret: it is not the caller's fault
 */
export async function verified(
  token: string,
  keys: SigningKeys,
  { issuer, required = [], now }: Expected,
): Promise<JWTPayload | 'expired' | undefined> {
  try {
    const { payload } = await jwtVerify(
      token,
      async ({ kid }) => {
        const key = kid === undefined ? undefined : await keys.withId(kid);
        if (key === undefined) throw new errors.JWKSNoMatchingKey();
        return key.secret;
      },
      { algorithms: [ALGORITHM], issuer, requiredClaims: required, currentDate: now },
    );
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) return 'expired';
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}
