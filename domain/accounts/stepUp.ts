import { PROOF_SECONDS, type Session } from '../../model/session.ts';
import { getUserAndSession } from '../../store/accounts.ts';
import type { Database } from '../../store/database.ts';
import { type LivingSession, proveSession } from '../../store/sessions.ts';
import { ForbiddenError, UnauthenticatedError } from '../errors.ts';
import type { Lockout } from './lockout.ts';
import type { PasswordHasher } from './passwords.ts';
import { accountGone } from './profile.ts';
import { type ActiveUser, isSignInOf } from './sessions.ts';
import type { Caller } from './tokens.ts';

export interface StepUpDependencies {
  readonly database: Database<'users' | 'sessions'>;
  /** Compare passwords, and count the wrong ones, where a request may have one. */
  readonly passwords?: PasswordHasher;
  readonly lockout?: Lockout;
  readonly clock: () => Date;
}

/** A caller whose sign-in goes on, and who has proved the password: only `StepUp` makes one. */
export interface ProvenCaller extends Caller {
  /** As they were read with the sign-in. */
  readonly user: ActiveUser;
  readonly session: LivingSession;
  /** When the password was given last. */
  readonly provedAt: string;
  /** Whether this request has the password, or it was proved within `PROOF_SECONDS`. */
  readonly by: 'password' | 'time';
}

export interface StepUp {
  /**
   * The caller, proven: by `currentPassword` if it is given, which is always compared and counted, else by time. A
   * signature on a token is no proof of either, because a token outlives its sign-in. One database request; four with a
   * password.
   *
   * @throws UnauthenticatedError when the sign-in or the account is over; ForbiddenError `step-up-required`, or
   *   `wrong-password`; TooManyRequestsError after too many wrong ones.
   */
  prove(caller: Caller, currentPassword?: string): Promise<ProvenCaller>;
  /** As `prove`; undefined for a user who is being deleted or is gone. */
  proveUnlessDeleted(caller: Caller, currentPassword?: string): Promise<ProvenCaller | undefined>;
  /** Proves the password for the next `PROOF_SECONDS` of the sign-in. Gives when they end. Throws as `prove`. */
  renew(caller: Caller, currentPassword: string): Promise<Date>;
}

/*
 * The invariant: nothing that is irreversible or tells a secret happens for a sign-in that has ended, or more than
 * PROOF_SECONDS after its password was proved. The sign-in is looked up here; writes that follow hold, by condition,
 * that it still goes on.
 */
export function stepUp({ database, passwords, lockout, clock }: StepUpDependencies): StepUp {
  const prove = async (caller: Caller, user: ActiveUser, session: Session, currentPassword?: string) => {
    if (!isSignInOf(session, user) || session.expiresAt * 1000 <= clock().getTime()) throw signInOver();
    const { id, userId, passwordVersion, provedAt } = session;
    const proven = { ...caller, user, session: { id, userId, passwordVersion }, provedAt };
    if (currentPassword === undefined) {
      requireRecentProof(proven, clock());
      return { ...proven, by: 'time' as const };
    }
    if (passwords === undefined || lockout === undefined) throw new Error('no password can be compared here');
    const guess = await lockout.take({ userId: user.id }, { kind: 'signIn', id });
    if (!(await passwords.verify(currentPassword, user.passwordHash))) throw wrongPassword();
    await guess.wasRight();
    return { ...proven, provedAt: clock().toISOString(), by: 'password' as const };
  };

  const proveUnlessDeleted: StepUp['proveUnlessDeleted'] = async (caller, currentPassword) => {
    const { user, session } = await getUserAndSession(database, caller.userId, caller.familyId);
    if (user === undefined || user.status === 'deleting') return undefined;
    if (session === undefined || !isSignInOf(session, user)) throw signInOver();
    return prove(caller, user, session, currentPassword);
  };

  const stepUp: StepUp = {
    proveUnlessDeleted,
    async prove(caller, currentPassword) {
      const proven = await proveUnlessDeleted(caller, currentPassword);
      if (proven === undefined) throw accountGone();
      return proven;
    },
    async renew(caller, currentPassword) {
      const { session } = await stepUp.prove(caller, currentPassword);
      const now = clock();
      if (!(await proveSession(database, session, now.toISOString()))) throw signInOver();
      return new Date(now.getTime() + PROOF_SECONDS * 1000);
    },
  };
  return stepUp;
}

/** @throws ForbiddenError when the password was proved too long before `now`: a request may wait before it writes. */
export function requireRecentProof({ provedAt }: Pick<ProvenCaller, 'provedAt'>, now: Date): void {
  if (now.getTime() - Date.parse(provedAt) > PROOF_SECONDS * 1000) throw stepUpRequired();
}

/**
 * Looks up again whether the sign-in of a proven caller goes on, for what was read after the step-up. One database
 * request.
 *
 * @throws UnauthenticatedError when it is over.
 */
export async function requireSignIn(
  database: Database<'users' | 'sessions'>,
  { userId, session }: Pick<ProvenCaller, 'userId' | 'session'>,
): Promise<void> {
  const found = await getUserAndSession(database, userId, session.id);
  if (found.session === undefined || !isSignInOf(found.session, found.user)) throw signInOver();
}

export const signInOver = () => new UnauthenticatedError('token', 'the sign-in of this access token is over');
export const stepUpRequired = () =>
  new ForbiddenError(
    'step-up-required',
    'the password was proved more than five minutes ago: prove it with POST /v1/sessions/step-up',
  );
const wrongPassword = () => new ForbiddenError('wrong-password', 'the current password is wrong');
