import type { Session } from '../../model/session.ts';
import { toTimestamp } from '../../model/time.ts';
import { getUserAndSession } from '../../store/accounts.ts';
import { retryOnConflict } from '../../store/conflicts.ts';
import type { Database } from '../../store/database.ts';
import {
  deleteSessionOf,
  deleteSessionsOf,
  moveSessionToNextVersion,
  sessionPage,
} from '../../store/sessions.ts';
import { transact } from '../../store/transaction.ts';
import { putUserChange } from '../../store/users.ts';
import type { CursorCodec } from '../cursors.ts';
import { type List, type ListRequest, readList } from '../lists.ts';
import { type ActiveUser, isSignInOf, passwordVersionOf } from './sessions.ts';
import { signInEnded } from './stepUp.ts';
import type { Caller } from './tokens.ts';

type SignInsDatabase = Database<'users' | 'sessions'>;

/** A sign-in as its user sees it. */
export interface SignInEntry extends Pick<Session, 'id' | 'device' | 'network' | 'createdAt'> {
  readonly isCurrent: boolean;
  /** The last sign-in, refresh or confirmation of the password. */
  readonly lastUsedAt: string;
}

/**
 * Returns the caller's sign-ins that have not ended, newest first. Three database requests.
 *
 * @throws UnauthenticatedError when the caller's sign-in has ended
 */
export async function listSignIns(
  { database, cursors, clock }: { database: SignInsDatabase; cursors: CursorCodec; clock: () => Date },
  caller: Caller,
  request: ListRequest,
): Promise<List<SignInEntry>> {
  const { user } = await activeCaller(database, caller);
  const scope = ['listSessions', user.id] as const;
  const { items, nextCursor } = await readList(cursors, scope, request, page =>
    sessionPage(database, user.id, page),
  );
  const now = clock().getTime();
  const active = items.filter(session => isSignInOf(session, user) && session.expiresAt * 1000 > now);
  return {
    items: active.map(({ id, device, network, createdAt, updatedAt }) => ({
      id,
      ...(device === undefined ? {} : { device }),
      ...(network === undefined ? {} : { network }),
      createdAt,
      lastUsedAt: updatedAt,
      isCurrent: id === caller.familyId,
    })),
    nextCursor,
  };
}

/**
 * Ends one of the caller's sign-ins. Does nothing when the caller has no such sign-in. Two database requests.
 *
 * @throws UnauthenticatedError when the caller's own sign-in has ended
 */
export async function endSignIn(database: SignInsDatabase, caller: Caller, id: string): Promise<void> {
  const { user } = await activeCaller(database, caller);
  await deleteSessionOf(database, user.id, id);
}

/**
 * Ends all of the caller's sign-ins except the caller's own.
 *
 * Invariant: they end at one instant, those included that begin at the same time. Like a new password, this increments
 * the user's `passwordVersion`, and the transaction moves only the caller's sign-in to it. Device tokens of before become
 * unknown too. The rows are deleted afterwards; a request that is interrupted can be repeated.
 *
 * @throws UnauthenticatedError when the caller's own sign-in has ended
 */
export async function endOtherSignIns(
  { database, clock }: { database: SignInsDatabase; clock: () => Date },
  caller: Caller,
): Promise<void> {
  const userId = await retryOnConflict(async () => {
    const { user, session } = await activeCaller(database, caller);
    const now = toTimestamp(clock());
    const { committed } = await transact(database, [
      putUserChange(database, user, { passwordVersion: passwordVersionOf(user) + 1 }, now),
      moveSessionToNextVersion(database, session, now, false),
    ]);
    return committed ? user.id : 'conflict';
  });
  await deleteSessionsOf(database, userId, caller.familyId);
}

/** Reads the caller and their sign-in, consistently. One request. */
async function activeCaller(
  database: SignInsDatabase,
  { userId, familyId }: Caller,
): Promise<{ readonly user: ActiveUser; readonly session: Session }> {
  const { user, session } = await getUserAndSession(database, userId, familyId);
  if (session === undefined || !isSignInOf(session, user)) throw signInEnded();
  return { user, session };
}
