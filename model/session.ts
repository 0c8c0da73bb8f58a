import * as z from 'zod';
import { rowTimes, seedMark } from './row.ts';

/** For how long a refresh token that was replaced still gets the successor that it got first. */
export const REFRESH_REPEAT_SECONDS = 30;

/** For how long after the password was proved a sign-in may do what needs a proof. */
export const PROOF_SECONDS = 5 * 60;

/** A refresh token that was replaced, and what its successor is derived from, together with the token itself. */
const replacedToken = z.object({ hash: z.string(), salt: z.string(), at: z.string() });
export type ReplacedToken = z.infer<typeof replacedToken>;

/** A row of `sessions`: a family of refresh tokens, of which one is good at a time. */
export const sessionRow = z.object({
  id: z.string(),
  userId: z.string(),
  /** SHA-256 of the secret of the token that is good now. */
  tokenHash: z.string(),
  /** The key of the code that every token of the family carries: a token without it was never issued. */
  codeKey: z.string(),
  /** The tokens that were replaced less than `REFRESH_REPEAT_SECONDS` before the newest one was made, oldest first. */
  replaced: z.array(replacedToken),
  /** The user's `passwordVersion` at sign-in: with another password the family is over. */
  passwordVersion: z.number().int(),
  /** The device, as its tokens name it. */
  deviceId: z.string(),
  /** When the password was given last: at sign-in, or since. A refresh does not change it. */
  provedAt: z.string(),
  /** Unix time in seconds. */
  expiresAt: z.number().int(),
  ...rowTimes,
  ...seedMark,
});
export type Session = z.infer<typeof sessionRow>;
