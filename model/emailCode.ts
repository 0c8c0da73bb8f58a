import { rowTimes } from './row.ts';
import * as z from './zod.ts';

/** How long a code in a mail works, and how often it may be entered. */
export const codeLimits = { seconds: 30 * 60, tries: 5 } as const;

/** A row of `emailCodes`: a code that was sent, or that nobody got, to an address. */
export const emailCodeRow = z.object({
  /** `email#` and the user's id for a new address; the id of the request for a new password. */
  id: z.string(),
  /** The user who may use the code. Of a request for an unknown address, an id that no user has. */
  userId: z.string(),
  /** The address that the code was sent to. */
  email: z.string(),
  /** SHA-256 of the id and the code. */
  codeHash: z.string(),
  /** How many times a code was entered. */
  tries: z.int(),
  /** The user's `passwordVersion` when the code was sent. The code works for this version only. */
  passwordVersion: z.int(),
  /** Unix time in seconds. TTL deletes late, so conditions compare it with the clock. */
  expiresAt: z.int(),
  ...rowTimes,
});
export type EmailCode = z.infer<typeof emailCodeRow>;
