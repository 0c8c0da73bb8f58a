import type { Database } from '../../store/database.ts';
import type { SignInOrigin } from '../../store/sessions.ts';
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

/** The credentials of a sign-in, and its origin. */
export interface SignInAttempt {
  readonly username: string;
  readonly password: string;
  /** The network that the request came from. */
  readonly network: string;
  /** The device token of an earlier sign-in on this device. */
  readonly deviceToken?: string | undefined;
  /** What the list of sign-ins shows about it. */
  readonly origin?: SignInOrigin;
}

export type SignIn = (attempt: SignInAttempt) => Promise<SignedIn>;

// This id belongs to no user, so an unknown name needs the same number of requests as a known one.
const UNKNOWN_USER_ID = 'nobody';

/**
 * Signs a user in. An unknown name gets the same answer as a wrong password, after the same work.
 *
 * The returned function throws UnauthenticatedError for wrong credentials, and TooManyRequestsError after too
 * many wrong passwords.
 */
export function signIn(dependencies: SignInDependencies): SignIn {
  const { database, tokens, passwords, sessions, lockout, clock } = dependencies;
  return async ({ username, password, network, deviceToken, origin }) => {
    const user = await getUser(database, (await userIdNamed(database, username)) ?? UNKNOWN_USER_ID);
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
    const signedIn = await sessions.start(user, { ...origin, deviceId });
    await guess.wasRight();
    if (passwords.isOutdated(user.passwordHash)) {
      await rehashPassword(database, user, await passwords.hash(password), clock().toISOString());
    }
    return signedIn;
  };
}
