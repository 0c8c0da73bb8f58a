import * as z from 'zod';
import { rowTimes, seedMark } from './row.ts';

/** A row of `sessions`: a family of refresh tokens, of which one is good at a time. */
export const sessionRow = z.object({
  id: z.string(),
  userId: z.string(),
  /** SHA-256 of the secret of the token that is good now. */
  tokenHash: z.string(),
  /** The user's `passwordVersion` at sign-in: with another password the family is over. */
  passwordVersion: z.number().int(),
  /** Unix time in seconds. */
  expiresAt: z.number().int(),
  ...rowTimes,
  ...seedMark,
});
export type Session = z.infer<typeof sessionRow>;
