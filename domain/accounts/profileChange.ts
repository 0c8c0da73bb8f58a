import { type Timestamp, toTimestamp } from '../../model/time.ts';
import type { User } from '../../model/user.ts';
import { MAX_FORMER_NAMES, usernameKeyOf } from '../../model/username.ts';
import { retryOnConflict } from '../../store/conflicts.ts';
import type { Database } from '../../store/database.ts';
import { showName } from '../../store/renames.ts';
import { deleteSessionsOf, moveSessionToNextVersion, sessionIsActive } from '../../store/sessions.ts';
import { type TransactItem, transact } from '../../store/transaction.ts';
import { heldUntilAfter, holdName, takeName } from '../../store/usernames.ts';
import { putUserChange, type UserChange } from '../../store/users.ts';
import { ConflictError, TooManyRequestsError } from '../errors.ts';
import { requireUncommonPassword } from './newPassword.ts';
import type { PasswordHasher } from './passwords.ts';
import { getAccount, getProfile, type Profile } from './profile.ts';
import { passwordVersionOf } from './sessions.ts';
import { type ProvenCaller, signInEnded, stepUpRequired } from './stepUp.ts';

/** The requested changes. */
export interface ProfileChange {
  readonly username?: string | undefined;
  /** Requires the current password in the same request. */
  readonly password?: string | undefined;
}

export interface ProfileChangeDependencies {
  readonly database: Database<
    'users' | 'usernames' | 'channels' | 'streams' | 'chatRooms' | 'stages' | 'sessions'
  >;
  readonly passwords: Pick<PasswordHasher, 'hash'>;
  readonly clock: () => Date;
}

export type ChangeProfile = (caller: ProvenCaller, change: ProfileChange) => Promise<Profile>;

/**
 * Changes a user's name, password or both in one transaction. A new password ends every sign-in except the
 * caller's at the same instant, because a sign-in belongs to one password. The transaction requires that the
 * caller's sign-in is active.
 *
 * The old name is kept for the user for 30 days: requests for it are redirected, and only the user can take it.
 *
 * The returned function throws ConflictError when the name is taken or the password changes at the same time,
 * TooManyRequestsError when the user gave up too many names in the last 30 days, ForbiddenError when a new
 * password comes without the current one, RefusedValuesError when it is common or contains the name, and UnauthenticatedError when the account or the sign-in has ended.
 */
export function profileChange(dependencies: ProfileChangeDependencies): ChangeProfile {
  const { database, passwords, clock } = dependencies;
  return async (caller, change) => {
    if (change.password !== undefined && caller.by !== 'password') throw stepUpRequired();
    if (change.password !== undefined)
      await requireUncommonPassword(change.password, change.username ?? caller.user.username);
    const passwordHash = change.password && (await passwords.hash(change.password));
    await retryOnConflict(async () => {
      const { user, channel } = await getAccount(database, caller);
      // Another sign-in can change the password after the step-up, and this sign-in's row is deleted only
      // later.
      if (passwordVersionOf(user) !== caller.session.passwordVersion)
        throw passwordHash === undefined ? signInEnded() : passwordChanged();
      const now = toTimestamp(clock());
      const parts: Part[] = [];
      const changed: UserChange = {};
      if (change.username !== undefined && change.username !== user.username) {
        const name = { username: change.username, usernameKey: usernameKeyOf(change.username) };
        Object.assign(changed, name);
        if (name.usernameKey !== user.usernameKey) {
          parts.push({ item: takeName(database, user, name.usernameKey, now), failure: nameTaken });
          parts.push({ item: holdName(database, user, name.username, now) });
          changed.formerNames = formerNamesAfter(user, name.usernameKey, now);
        }
        parts.push(...showName(database, channel, name, now).map(item => ({ item })));
      }
      if (passwordHash !== undefined) {
        Object.assign(changed, { passwordHash, passwordVersion: passwordVersionOf(user) + 1 });
      }
      if (Object.keys(changed).length === 0) return undefined;
      const signIn =
        passwordHash === undefined
          ? sessionIsActive(database, caller.session)
          : moveSessionToNextVersion(database, caller.session, now, true);
      return write(database, [
        { item: putUserChange(database, user, changed, now) },
        ...parts,
        { item: signIn, failure: signInEnded },
      ]);
    });
    if (passwordHash !== undefined) await deleteSessionsOf(database, caller.userId, caller.familyId);
    return getProfile(database, caller);
  };
}

/**
 * Returns the names that are kept for `user` after a rename to `usernameKey` at `now`.
 *
 * @throws TooManyRequestsError when these are too many
 */
function formerNamesAfter(
  { usernameKey: given, formerNames = [] }: User,
  usernameKey: string,
  now: Timestamp,
): NonNullable<User['formerNames']> {
  const kept = formerNames.filter(name => name.heldUntil > now && name.usernameKey !== usernameKey);
  const [first] = kept;
  if (first !== undefined && kept.length >= MAX_FORMER_NAMES)
    throw new TooManyRequestsError(
      'rename-limit',
      `at most ${MAX_FORMER_NAMES} former names are kept for a user: take one of them, or wait until ${first.heldUntil}`,
      (Date.parse(first.heldUntil) - Date.parse(now)) / 1000,
      { limit: MAX_FORMER_NAMES, until: first.heldUntil },
    );
  return [...kept, { usernameKey: given, heldUntil: heldUntilAfter(now) }];
}

/**
 * An item of the transaction, and the error when its condition fails. Without `failure`, a failed condition
 * means that the row has changed since it was read.
 */
interface Part {
  readonly item: TransactItem;
  readonly failure?: () => Error;
}

async function write(database: Database<never>, parts: readonly Part[]): Promise<'conflict' | undefined> {
  const result = await transact(
    database,
    parts.map(({ item }) => item),
  );
  if (result.committed) return undefined;
  const failures = result.failed.map(index => parts[index]?.failure);
  const [failure] = failures;
  // Changed rows take precedence, because the caller may have taken the name with an earlier request.
  if (failure === undefined || failures.includes(undefined)) return 'conflict';
  throw failure();
}

const nameTaken = () => new ConflictError('username-taken', 'the username is taken');
const passwordChanged = () =>
  new ConflictError('password-changed', 'the password was changed at the same time');
