import { isUserId } from '../../model/username.ts';
import { findByUsername } from '../../store/channels.ts';
import type { Database } from '../../store/database.ts';
import { userIdNamed } from '../../store/usernames.ts';
import { getShownUsers, getUser, type ShownUser } from '../../store/users.ts';
import { NotFoundError } from '../errors.ts';

/**
 * Returns the user who has a name now, and the name's spelling, because paths ignore case. Chat messages name
 * their senders by id, and so does a request about a user who was renamed or deleted. Two database requests; three with
 * an id.
 *
 * @throws NotFoundError when no user has the name and it is no id
 */
export async function userNamed(
  database: Database<'channels' | 'usernames' | 'users'>,
  username: string,
): Promise<{ readonly userId: string; readonly name: string }> {
  // The index with the spelling lags, so it must not decide who has the name.
  const [userId, page] = await Promise.all([
    userIdNamed(database, username),
    findByUsername(database, username),
  ]);
  if (userId !== undefined) return { userId, name: page?.userId === userId ? page.username : username };
  if (!isUserId(username)) throw new NotFoundError('user');
  const id = username.toLowerCase();
  const user = await getUser(database, id);
  return { userId: id, name: user?.username ?? id };
}

/** A person in a list. `user` is undefined after their account was deleted. */
export interface Person {
  readonly userId: string;
  readonly user: ShownUser | undefined;
}

/** Returns the people with these ids as they are shown now. One database request for up to 100 different ids. */
export async function peopleWithIds(
  database: Database<'users'>,
  ids: readonly string[],
): Promise<(userId: string) => Person> {
  const users = await getShownUsers(database, [...new Set(ids)]);
  return userId => ({ userId, user: users.get(userId) });
}
