import { rowTimes, seedMark } from './row.ts';
import * as z from './zod.ts';

/** How long a replaced refresh token still returns the same successor, so that a client can retry. */
export const REFRESH_REPEAT_SECONDS = 30;

/** How long a refresh token is valid, counted from the last refresh. */
export const REFRESH_TOKEN_SECONDS = 30 * 24 * 60 * 60;

/** How long after entering the password a session may perform operations that need a recent password. */
export const PROOF_SECONDS = 5 * 60;

/**
 * How long an access token is accepted without reading its sign-in: from its issue, or from the last read. A sign-in
 * that has ended is refused everywhere after this time.
 */
export const SIGN_IN_CHECK_SECONDS = 60;

/** A replaced refresh token. Its successor is derived from `salt` and the token itself. */
const replacedToken = z.object({ hash: z.string(), salt: z.string(), at: z.string() });
export type ReplacedToken = z.infer<typeof replacedToken>;

/** A row of `sessions`: a family of refresh tokens, of which one is valid at a time. */
export const sessionRow = z.object({
  id: z.string(),
  userId: z.string(),
  /** SHA-256 of the secret of the valid token. */
  tokenHash: z.string(),
  /**
   * The key of the code that every token of the family contains. A token without this code was never issued.
   */
  codeKey: z.string(),
  /**
   * The tokens that were replaced less than `REFRESH_REPEAT_SECONDS` before the newest was created, oldest
   * first.
   */
  replaced: z.array(replacedToken),
  /** The user's `passwordVersion` at sign-in. When that changes, the family becomes invalid. */
  passwordVersion: z.int(),
  /** The id of the device in its tokens. */
  deviceId: z.string(),
  /** What the device called itself at the last sign-in or refresh: `Firefox on Windows`. Absent if it did not. */
  device: z.optional(z.string()),
  /** The coarse network of the last sign-in or refresh: an IPv4 /16 or an IPv6 /32. */
  network: z.optional(z.string()),
  /** When the user last entered the password, at sign-in or later. A refresh does not change this time. */
  provedAt: z.string(),
  /** Unix time in seconds. */
  expiresAt: z.int(),
  ...rowTimes,
  ...seedMark,
});
export type Session = z.infer<typeof sessionRow>;
