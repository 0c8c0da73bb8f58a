import { SIGN_IN_CHECK_SECONDS } from '../../model/session.ts';
import type { Database } from '../../store/database.ts';
import type { VerifiedCaller } from './tokens.ts';

/**
 * Refuses the access token of a sign-in that has ended.
 *
 * @throws UnauthenticatedError
 */
export type CheckSignIn = (caller: VerifiedCaller) => Promise<void>;

// A function answers one request at a time, and a server a few thousand users.
const REMEMBERED = 10_000;

/**
 * Creates the check of access tokens on routes without a step-up.
 *
 * Invariant: `SIGN_IN_CHECK_SECONDS` after a sign-in has ended, for whatever reason (signed out, ended by the user, a new
 * password, the end of the account), none of its access tokens is accepted. A token is accepted without a request in
 * that time after it was issued, and after this process last read its sign-in. Otherwise one database request.
 */
export function signInChecks({
  database,
  clock,
}: {
  readonly database: Database<'users' | 'sessions'>;
  readonly clock: () => Date;
}): CheckSignIn {
  /** When each sign-in was last read, the oldest first. */
  const seen = new Map<string, number>();
  return async ({ userId, familyId, issuedAt }) => {
    const now = clock().getTime();
    const lastSeen = Math.max(issuedAt, seen.get(familyId) ?? 0);
    if (now - lastSeen < SIGN_IN_CHECK_SECONDS * 1000) return;
    // Moves it to the end.
    seen.delete(familyId);
    // Loaded here, because guests and fresh tokens do not need it.
    const { requireSignIn } = await import('./stepUp.ts');
    await requireSignIn(database, { userId, session: { id: familyId } });
    seen.set(familyId, now);
    const [oldest] = seen.size > REMEMBERED ? seen.keys() : [];
    if (oldest !== undefined) seen.delete(oldest);
  };
}
