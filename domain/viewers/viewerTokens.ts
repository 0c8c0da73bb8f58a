import { createHmac, timingSafeEqual } from 'node:crypto';
import { MAX_VIEWER_TOKEN_LENGTH } from '../../model/viewerMinute.ts';
import * as z from '../../model/zod.ts';

const claimsSchema = z.strictObject({
  /** Distinguishes the viewers of one stream and reveals nothing else. */
  viewerId: z.string(),
  channelId: z.string(),
  streamId: z.string(),
  /** The requested name of the channel, in lower case. */
  usernameKey: z.string(),
  /** The number of viewers for which this viewer counts; 0 for a viewer who does not report. */
  weight: z.int().check(z.minimum(0)),
  /** The start of the last minute in which this viewer was counted. */
  countedMinute: z.optional(z.string()),
  /** When the viewer joined, and until when the other claims are valid: Unix times in milliseconds. */
  joinedAt: z.int(),
  expiresAt: z.int(),
  /** The seed mark of a mock stream, which all its rows must have. */
  seedShard: z.optional(z.string()),
  seedRun: z.optional(z.string()),
});

/** The claims that a viewer's player returns with each sample, so that accepting a sample needs no read. */
export type ViewerClaims = Readonly<z.infer<typeof claimsSchema>>;

/** Creates and reads viewer tokens, and the pseudonyms of viewers and networks. */
export interface ViewerTokens {
  /** Encodes `claims` as a token: anyone can read it, but only this service can create it. */
  sign(claims: ViewerClaims): Promise<string>;
  /**
   * Returns a token's claims, even if it has expired; undefined unless `sign` created it with the same
   * secret.
   */
  read(token: string): Promise<ViewerClaims | undefined>;
  /** Returns a keyed hash of `values`: always the same, and not reversible. */
  pseudonym(...values: readonly string[]): Promise<string>;
}

// The first byte of a token. Increment it when the claims change; players then join again.
const VERSION = 1;
// 128 bits of HMAC-SHA-256, the minimum of RFC 2104 section 5.
const MAC_BYTES = 16;

/**
 * Creates and reads tokens of the form `base64url(version, MAC, JSON of the claims)`. They are not access
 * tokens: the holder can only count as this viewer of this stream.
 *
 * @param secret returns a secret that may also sign other tokens. Viewer tokens are signed with keys that are
 * derived from it for this purpose, so neither kind of token can be used to create the other.
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
      // Node ignores characters outside base64url and spare bits, so several spellings would decode to one
      // token.
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
