import type { Database } from '../../store/database.ts';
import { userIdNamed } from '../../store/usernames.ts';
import { getUser, rehashPassword } from '../../store/users.ts';
import type { Lockout } from './lockout.ts';
import type { PasswordHasher } from './passwords.ts';
import { noSuchSignIn, passwordVersionOf, type Sessions, type SignedIn } from './sessions.ts';
import type { TokenIssuer } from './tokens.ts';

export interface SignInDependencies {
  readonly database: Database<'users' | 'usernames'>;
  readonly tokens: Pick<TokenIssuer, 'readDevice'>;
  readonly passwords: PasswordHasher;
  readonly sessions: Sessions;
  readonly lockout: Lockout;
  readonly clock: () => Date;
}

/** What a person gives to sign in, and where they are. */
export interface SignInAttempt {
  readonly username: string;
  readonly password: string;
  /** The network that the request came from. */
  readonly network: string;
  /** What an earlier sign-in on this device was given. */
  readonly deviceToken?: string | undefined;
}

export type SignIn = (attempt: SignInAttempt) => Promise<SignedIn>;

// No user's id: a name that nobody has takes as many requests to refuse.
const NOBODY = 'nobody';

/**
 * Signs a user in. An unknown name is answered like a wrong password, after the same work.
 * The function it gives throws UnauthenticatedError, and TooManyRequestsError after too many wrong passwords.
 */
export function signIn(dependencies: SignInDependencies): SignIn {
  const { database, tokens, passwords, sessions, lockout, clock } = dependencies;
  return async ({ username, password, network, deviceToken }) => {
    const user = await getUser(database, (await userIdNamed(database, username)) ?? NOBODY);
    const device = deviceToken === undefined ? undefined : await tokens.readDevice(deviceToken);
    const isKnown =
      user !== undefined && device?.userId === user.id && device.passwordVersion === passwordVersionOf(user);
    const deviceId = isKnown ? device?.deviceId : undefined;
    const guess = await lockout.take(
      user === undefined ? { username } : { userId: user.id },
      deviceId === undefined ? { kind: 'network', id: network } : { kind: 'device', id: deviceId },
    );
    const isRight = await passwords.verify(password, user?.passwordHash);
    if (user?.passwordHash === undefined || !isRight) throw noSuchSignIn();
    const signedIn = await sessions.start(user, deviceId);
    await guess.wasRight();
    if (passwords.isOutdated(user.passwordHash)) {
      await rehashPassword(database, user, await passwords.hash(password), clock().toISOString());
    }
    return signedIn;
  };
}
