import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { MAX_VIEWER_TOKEN_LENGTH } from '../../model/viewerMinute.ts';

const claimsSchema = z.strictObject({
  /** Tells one viewer of one stream from another, and nothing else of them. */
  viewerId: z.string(),
  channelId: z.string(),
  streamId: z.string(),
  /** The name the channel was asked for by, in lower case. */
  usernameKey: z.string(),
  /** For how many viewers this one counts; 0 for one who is not asked to report. */
  weight: z.int().min(0),
  /** The start of the last minute this viewer was counted in. */
  countedMinute: z.string().optional(),
  /** When the viewer joined, and until when the rest holds: Unix times in milliseconds. */
  joinedAt: z.int(),
  expiresAt: z.int(),
  /** The mark of a mock stream, which what is written of it has to carry. */
  seedShard: z.string().optional(),
  seedRun: z.string().optional(),
});

/** What a viewer's player hands back with each sample, so that nothing has to be read to take it. */
export type ViewerClaims = Readonly<z.infer<typeof claimsSchema>>;

/** Makes and reads viewers' tokens, and the pseudonyms that viewers and networks are counted under. */
export interface ViewerTokens {
  /** `claims` as a token: readable by anyone, made only here. */
  sign(claims: ViewerClaims): Promise<string>;
  /** What a token says, though it may have expired; undefined unless `sign` made it with the same secret. */
  read(token: string): Promise<ViewerClaims | undefined>;
  /** A keyed hash of `values`: always the same, and of no use to find them. */
  pseudonym(...values: readonly string[]): Promise<string>;
}

// The first byte of a token. A change of the claims takes the next number, and players join again.
const VERSION = 1;
// 128 bits of HMAC-SHA-256, the least that RFC 2104 section 5 allows.
const MAC_BYTES = 16;

/**
 * Tokens are `base64url(version, MAC, JSON of the claims)`. They are not access tokens: whoever has one can count as
 * that viewer of that stream, and can do nothing else.
 *
 * @param secret gives a secret that others may sign with too. Neither can make the other's: what is signed here is
 *   signed with keys made of the secret for this alone.
 */
export function viewerTokens(secret: () => Promise<string>): ViewerTokens {
  const keys = new Map<string, Buffer>();
  const keyed = async (purpose: 'viewer token' | 'viewer pseudonym', text: string) => {
    const key =
      keys.get(purpose) ??
      createHmac('sha256', await secret())
        .update(purpose)
        .digest();
    keys.set(purpose, key);
    return createHmac('sha256', key).update(text).digest().subarray(0, MAC_BYTES);
  };
  const mac = (json: string) => keyed('viewer token', json);

  return {
    async sign(claims) {
      const json = JSON.stringify(claims);
      return Buffer.concat([Buffer.of(VERSION), await mac(json), Buffer.from(json)]).toString('base64url');
    },
    async read(token) {
      if (token.length > MAX_VIEWER_TOKEN_LENGTH) return undefined;
      const bytes = Buffer.from(token, 'base64url');
      // Node skips what is not base64url and ignores spare bits: without this, many spellings would pass for one.
      if (bytes.toString('base64url') !== token) return undefined;
      if (bytes[0] !== VERSION || bytes.length <= 1 + MAC_BYTES) return undefined;
      const json = bytes.subarray(1 + MAC_BYTES).toString();
      if (!timingSafeEqual(bytes.subarray(1, 1 + MAC_BYTES), await mac(json))) return undefined;
      return claimsSchema.parse(JSON.parse(json));
    },
    async pseudonym(...values) {
      return (await keyed('viewer pseudonym', JSON.stringify(values))).toString('base64url');
    },
  };
}
