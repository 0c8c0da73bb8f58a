import * as z from 'zod';
import { rowTimes } from './row.ts';

/** For how long the answer to a create is kept, by its `Idempotency-Key`. */
export const ANSWER_SECONDS = 24 * 3600;

/** For how long one request has a key to itself. API Gateway gives no request longer than 30 seconds. */
export const KEY_LEASE_SECONDS = 60;

/**
 * A row of `idempotency`: a create that was asked for with a key. It tells nothing without that key: `id` and
 * `fingerprint` are digests that need it, and `answer`, which may hold tokens, is encrypted with it.
 */
export const idempotencyRow = z.object({
  id: z.string(),
  salt: z.string(),
  /** Of the request's body. */
  fingerprint: z.string(),
  /** Who is at work on the answer, and for how long nobody else will be. */
  lease: z.string(),
  leaseUntil: z.string(),
  /** Absent until there is one. */
  answer: z.string().optional(),
  /** Unix time in seconds. */
  expiresAt: z.number().int(),
  ...rowTimes,
});
export type IdempotencyRow = z.infer<typeof idempotencyRow>;
