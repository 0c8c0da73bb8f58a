import { rowTimes } from './row.ts';
import * as z from './zod.ts';

/** How long the answer to a create is stored for its `Idempotency-Key`. */
export const ANSWER_SECONDS = 24 * 3600;

/** How long one request holds the lease of a key. API Gateway ends a request after at most 30 seconds. */
export const KEY_LEASE_SECONDS = 60;

/**
 * A row of `idempotency`: a create that was requested with a key. The row reveals nothing without that key:
 * `id` and `fingerprint` are digests that need the key, and `answer`, which may contain tokens, is encrypted
 * with it.
 */
export const idempotencyRow = z.object({
  id: z.string(),
  salt: z.string(),
  /** A digest of the request's body. */
  fingerprint: z.string(),
  /** The id of the request that is producing the answer, and until when no other request may take over. */
  lease: z.string(),
  leaseUntil: z.string(),
  /** Absent until the request has an answer. */
  answer: z.optional(z.string()),
  /** Unix time in seconds. */
  expiresAt: z.int(),
  ...rowTimes,
});
export type IdempotencyRow = z.infer<typeof idempotencyRow>;
