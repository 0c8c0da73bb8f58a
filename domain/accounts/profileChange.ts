import { usernameKeyOf } from '../../model/username.ts';
import { untilWritten } from '../../store/contention.ts';
import type { Database } from '../../store/database.ts';
import { giveUpName, showName, takeName } from '../../store/renames.ts';
import { deleteSession, keepSession, sessionIdsOf } from '../../store/sessions.ts';
import { type TransactItem, transact } from '../../store/transaction.ts';
import { putUserChange, type UserChange } from '../../store/users.ts';
import { ConflictError, ForbiddenError, UnauthenticatedError } from '../errors.ts';
import type { Lockout } from './lockout.ts';
import type { PasswordHasher } from './passwords.ts';
import { getAccount, getProfile, type Profile } from './profile.ts';
import { type ActiveUser, passwordVersionOf } from './sessions.ts';
import type { Caller } from './tokens.ts';

/** What a user wants to be different. */
export interface ProfileChange {
  readonly username?: string | undefined;
  readonly password?: { readonly current: string; readonly wanted: string } | undefined;
}

export interface ProfileChangeDependencies {
  readonly database: Database<
    'users' | 'usernames' | 'channels' | 'streams' | 'chatRooms' | 'stages' | 'sessions'
  >;
  readonly passwords: PasswordHasher;
  readonly lockout: Lockout;
  readonly clock: () => Date;
}

export type ChangeProfile = (caller: Caller, change: ProfileChange) => Promise<Profile>;

/**
 * Changes a user's name, password or both: all in one transaction. With another password every sign-in but the
 * caller's is over, from the same instant on: sign-ins belong to a password. Wrong passwords count as failed
 * sign-ins, so that a stolen access token is no way to guess one.
 *
 * The function it gives throws ConflictError when the name is taken or the password changes meanwhile, ForbiddenError when the current password is
 * wrong, TooManyRequestsError when it was wrong too often, and UnauthenticatedError when account or sign-in are over.
 */
export function profileChange(dependencies: ProfileChangeDependencies): ChangeProfile {
  const { database, clock } = dependencies;
  return async (caller, change) => {
    const checked = change.password && (await newPassword(dependencies, caller, change.password));
    await untilWritten(async () => {
      const { user, channel } = await getAccount(database, caller);
      const now = clock().toISOString();
      const parts: Part[] = [];
      const changed: UserChange = {};
      if (change.username !== undefined && change.username !== user.username) {
        const name = { username: change.username, usernameKey: usernameKeyOf(change.username) };
        Object.assign(changed, name);
        if (name.usernameKey !== user.usernameKey) {
          parts.push({ item: takeName(database, user, name.usernameKey, now), failure: nameTaken });
          parts.push({ item: giveUpName(database, user) });
        }
        parts.push(...showName(database, channel, name, now).map(item => ({ item })));
      }
      if (checked !== undefined) {
        // What was compared is not the current one any more.
        if (user.passwordHash !== checked.replaces) throw passwordChanged();
        const passwordVersion = passwordVersionOf(user) + 1;
        Object.assign(changed, { passwordHash: checked.hash, passwordVersion });
        const kept = keepSession(database, caller.familyId, user.id, passwordVersion, now);
        parts.push({ item: kept, failure: signInOver });
      }
      if (Object.keys(changed).length === 0) return undefined;
      return write(database, [{ item: putUserChange(database, user, changed, now) }, ...parts]);
    });
    if (checked !== undefined) await endOtherSessions(database, caller);
    return getProfile(database, caller);
  };
}

/** An item of the transaction, and what it means when its condition fails; without that, a row is not as it was read. */
interface Part {
  readonly item: TransactItem;
  readonly failure?: () => Error;
}

async function write(database: Database<never>, parts: readonly Part[]): Promise<'changed' | undefined> {
  const result = await transact(
    database,
    parts.map(({ item }) => item),
  );
  if (result.committed) return undefined;
  const failures = result.failed.map(index => parts[index]?.failure);
  const [failure] = failures;
  // Rows that have changed come first: the caller may have taken the name themselves, a moment ago.
  if (failure === undefined || failures.includes(undefined)) return 'changed';
  throw failure();
}

/** The hash of the new password, and the one it is to replace, once the current one has proved right. */
async function newPassword(
  { database, passwords, lockout }: ProfileChangeDependencies,
  caller: Caller,
  { current, wanted }: NonNullable<ProfileChange['password']>,
): Promise<{ hash: string; replaces: ActiveUser['passwordHash'] }> {
  const { user } = await getAccount(database, caller);
  await lockout.take(user.username);
  if (!(await passwords.verify(current, user.passwordHash))) throw wrongPassword();
  await lockout.clear(user.username);
  return { hash: await passwords.hash(wanted), replaces: user.passwordHash };
}

/** They are good for nothing already: their rows need not wait for their time. */
async function endOtherSessions(database: Database<'sessions'>, { userId, familyId }: Caller): Promise<void> {
  for await (const id of sessionIdsOf(database, userId)) {
    if (id !== familyId) await deleteSession(database, id);
  }
}

const nameTaken = () => new ConflictError('username-taken', 'the username is taken');
const passwordChanged = () =>
  new ConflictError('password-changed', 'the password was changed at the same time');
const signInOver = () => new UnauthenticatedError('token', 'the sign-in of this access token is over');
const wrongPassword = () => new ForbiddenError('wrong-password', 'the current password is wrong');
