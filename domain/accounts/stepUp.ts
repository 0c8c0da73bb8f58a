import { PROOF_SECONDS, type Session } from '../../model/session.ts';
import { getUserAndSession } from '../../store/accounts.ts';
import type { Database } from '../../store/database.ts';
import { type ActiveSession, recordPasswordProof } from '../../store/sessions.ts';
import { ForbiddenError, UnauthenticatedError } from '../errors.ts';
import type { Lockout } from './lockout.ts';
import type { PasswordHasher } from './passwords.ts';
import { accountGone } from './profile.ts';
import { type ActiveUser, isSignInOf } from './sessions.ts';
import type { Caller } from './tokens.ts';

export interface StepUpDependencies {
  readonly database: Database<'users' | 'sessions'>;
  /** Compare passwords and count the wrong ones. Needed where a request may contain a password. */
  readonly passwords?: PasswordHasher;
  readonly lockout?: Lockout;
  readonly clock: () => Date;
}

/** A caller whose sign-in is active and who has confirmed the password. Only `StepUp` creates this type. */
export interface ProvenCaller extends Caller {
  /** The user as read together with the sign-in. */
  readonly user: ActiveUser;
  readonly session: ActiveSession;
  /** When the user last entered the password. */
  readonly provedAt: string;
  /** `password`: this request contains the password. `time`: it was confirmed within `PROOF_SECONDS`. */
  readonly by: 'password' | 'time';
}

export interface StepUp {
  /**
   * Returns the proven caller. A given `currentPassword` is always compared and counted; without it, the
   * password must have been confirmed recently. The signature of a token is no proof, because a token
   * outlives its sign-in. One database request; four with a password.
   *
   * @throws UnauthenticatedError when the sign-in or the account has ended
   * @throws ForbiddenError with the reason `step-up-required` or `wrong-password`
   * @throws TooManyRequestsError after too many wrong passwords
   */
  prove(caller: Caller, currentPassword?: string): Promise<ProvenCaller>;
  /** Does the same as `prove`, but returns undefined for a user who is deleted or being deleted. */
  proveIfUserExists(caller: Caller, currentPassword?: string): Promise<ProvenCaller | undefined>;
  /**
   * Confirms the password for the next `PROOF_SECONDS` of the sign-in. Returns when they end. Throws the same
   * errors as `prove`.
   */
  renew(caller: Caller, currentPassword: string): Promise<Date>;
}

/**
 * Checks that a caller's sign-in is active and the password was confirmed recently.
 *
 * Invariant: no irreversible operation and no disclosure of a secret happens for a sign-in that has ended, or
 * more than `PROOF_SECONDS` after its password was confirmed. The sign-in is read here; later writes require
 * by condition that it is still active.
 */
export function stepUp({ database, passwords, lockout, clock }: StepUpDependencies): StepUp {
  const prove = async (caller: Caller, user: ActiveUser, session: Session, currentPassword?: string) => {
    if (!isSignInOf(session, user) || session.expiresAt * 1000 <= clock().getTime()) throw signInEnded();
    const { id, userId, passwordVersion, provedAt } = session;
    const proven = { ...caller, user, session: { id, userId, passwordVersion }, provedAt };
    if (currentPassword === undefined) {
      requireRecentProof(proven, clock());
      return { ...proven, by: 'time' as const };
    }
    if (passwords === undefined || lockout === undefined)
      throw new Error(
        'a password cannot be compared: the request was configured without a hasher or a lockout',
      );
    const guess = await lockout.take({ userId: user.id }, { kind: 'signIn', id });
    if (!(await passwords.verify(currentPassword, user.passwordHash))) throw wrongPassword();
    await guess.wasRight();
    return { ...proven, provedAt: clock().toISOString(), by: 'password' as const };
  };

  const proveIfUserExists: StepUp['proveIfUserExists'] = async (caller, currentPassword) => {
    const { user, session } = await getUserAndSession(database, caller.userId, caller.familyId);
    if (user === undefined || user.status === 'deleting') return undefined;
    if (session === undefined || !isSignInOf(session, user)) throw signInEnded();
    return prove(caller, user, session, currentPassword);
  };

  const stepUp: StepUp = {
    proveIfUserExists,
    async prove(caller, currentPassword) {
      const proven = await proveIfUserExists(caller, currentPassword);
      if (proven === undefined) throw accountGone();
      return proven;
    },
    async renew(caller, currentPassword) {
      const { session } = await stepUp.prove(caller, currentPassword);
      const now = clock();
      if (!(await recordPasswordProof(database, session, now.toISOString()))) throw signInEnded();
      return new Date(now.getTime() + PROOF_SECONDS * 1000);
    },
  };
  return stepUp;
}

/**
 * Checks again that the password was confirmed recently, because a request may wait before it writes.
 *
 * @throws ForbiddenError when the password was confirmed too long before `now`
 */
export function requireRecentProof({ provedAt }: Pick<ProvenCaller, 'provedAt'>, now: Date): void {
  if (now.getTime() - Date.parse(provedAt) > PROOF_SECONDS * 1000) throw stepUpRequired();
}

/**
 * Checks that a sign-in is active. One database request.
 *
 * @throws UnauthenticatedError when the sign-in has ended
 */
export async function requireSignIn(
  database: Database<'users' | 'sessions'>,
  { userId, session }: { readonly userId: string; readonly session: { readonly id: string } },
): Promise<void> {
  const found = await getUserAndSession(database, userId, session.id);
  if (found.session === undefined || !isSignInOf(found.session, found.user)) throw signInEnded();
}

export const signInEnded = () =>
  new UnauthenticatedError('token', 'the sign-in of this access token has ended: sign in again');
export const stepUpRequired = () =>
  new ForbiddenError(
    'step-up-required',
    'the password was confirmed more than five minutes ago: confirm it with POST /v1/sessions/step-up',
  );
const wrongPassword = () => new ForbiddenError('wrong-password', 'the current password is wrong');
