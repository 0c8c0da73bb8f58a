import type { Database } from '../../store/database.ts';
import { userIdNamed } from '../../store/usernames.ts';
import { getUser, rehashPassword } from '../../store/users.ts';
import type { Lockout } from './lockout.ts';
import type { PasswordHasher } from './passwords.ts';
import { noSuchSignIn, type Sessions, type SignedIn } from './sessions.ts';

export interface SignInDependencies {
  readonly database: Database<'users' | 'usernames'>;
  readonly passwords: PasswordHasher;
  readonly sessions: Sessions;
  readonly lockout: Lockout;
  readonly clock: () => Date;
}

export type SignIn = (username: string, password: string) => Promise<SignedIn>;

// No user's id: a name that nobody has takes as many requests to refuse.
const NOBODY = 'nobody';

/**
 * Signs a user in. An unknown name is answered like a wrong password, after the same work.
 * The function it gives throws UnauthenticatedError, and TooManyRequestsError once the name is locked.
 */
export function signIn({ database, passwords, sessions, lockout, clock }: SignInDependencies): SignIn {
  return async (username, password) => {
    await lockout.take(username);
    const user = await getUser(database, (await userIdNamed(database, username)) ?? NOBODY);
    const isRight = await passwords.verify(password, user?.passwordHash);
    if (user?.passwordHash === undefined || !isRight) throw noSuchSignIn();
    const signedIn = await sessions.start(user);
    await lockout.clear(username);
    if (passwords.isOutdated(user.passwordHash)) {
      await rehashPassword(database, user, await passwords.hash(password), clock().toISOString());
    }
    return signedIn;
  };
}
