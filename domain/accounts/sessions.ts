import { REFRESH_REPEAT_SECONDS, REFRESH_TOKEN_SECONDS, type Session } from '../../model/session.ts';
import type { User } from '../../model/user.ts';
import { retryOnConflict } from '../../store/conflicts.ts';
import type { Database } from '../../store/database.ts';
import {
  deleteOutdatedSession,
  deleteSession,
  getSession,
  putSession,
  rotateToken,
  type SignInOrigin,
} from '../../store/sessions.ts';
import { transact } from '../../store/transaction.ts';
import { getUser, hasSamePassword } from '../../store/users.ts';
import { UnauthenticatedError } from '../errors.ts';
import { parseRefreshToken, type RefreshToken, refreshTokens } from './refreshTokens.ts';
import { ACCESS_TOKEN_SECONDS, type Caller, type TokenIssuer, type TokenSubject } from './tokens.ts';

/** The answer to a sign-in and to a refresh. */
export interface SignedIn {
  readonly user: TokenSubject & { readonly createdAt: string };
  readonly accessToken: string;
  /** The token for the next refresh. */
  readonly refreshToken: string;
  /** Lets the device sign in while other callers' guesses lock the account. */
  readonly deviceToken: string;
  /** Seconds until the access token expires. */
  readonly expiresIn: number;
}

export interface SessionsDependencies {
  readonly database: Database<'sessions' | 'users'>;
  readonly tokens: TokenIssuer;
  readonly clock: () => Date;
  /** Returns that many random bytes that cannot be guessed. */
  readonly random: (bytes: number) => Uint8Array;
}

export interface Sessions {
  /**
   * Starts a token family for a user on a device (default: a new device), from an origin. One database request.
   *
   * @param user the user as read. The sign-in fails if the password has changed since.
   * @throws UnauthenticatedError when the user is not active or the password has changed
   */
  start(user: User, on?: SignInOrigin & { readonly deviceId?: string | undefined }): Promise<SignedIn>;
  /**
   * Returns the tokens that follow `refreshToken`. The same token gets the same successor for
   * `REFRESH_REPEAT_SECONDS`, because an answer can be lost and two tabs can refresh at once. After that
   * time, a replaced token means that this token or its successor was stolen, so the family ends. A token
   * that was never issued changes nothing. Three database requests.
   *
   * @throws UnauthenticatedError when the token is unknown, expired, replaced or not valid
   */
  refresh(refreshToken: string, origin?: SignInOrigin): Promise<SignedIn>;
  /** Returns whether `refresh` would accept `refreshToken` now. Two database requests; changes nothing. */
  isGood(refreshToken: string): Promise<boolean>;
  /** Ends the caller's family. One database request. */
  end(caller: Caller): Promise<void>;
}

// 128 bits make the ids of families unique.
const ID_BYTES = 16;
// A client refreshes every 15 minutes. This limit bounds the row of a client that refreshes continuously.
const MAX_REPLACED = 20;

/**
 * Manages sign-ins. Each is a family of refresh tokens, of which one is valid at a time. Invariants:
 * - A family is a chain. Each token has exactly one successor, even when it is presented repeatedly or
 *   concurrently: the rotation requires that the token is still valid, and a caller who finds it replaced
 *   derives the same successor.
 * - Only an issued token can end a family, and only when it was replaced more than 30 seconds ago.
 * - Rows and backups reveal no token: of the valid token only a hash is stored, and deriving a successor
 *   needs its predecessor.
 */
export function sessions({ database, tokens, clock, random }: SessionsDependencies): Sessions {
  const refreshing = refreshTokens(random);
  const newId = () => Buffer.from(random(ID_BYTES)).toString('base64url');
  const expiry = (now: Date) => Math.floor(now.getTime() / 1000) + REFRESH_TOKEN_SECONDS;

  const answer = async (
    user: ActiveUser,
    { id, deviceId }: Pick<Session, 'id' | 'deviceId'>,
    refreshToken: string,
  ): Promise<SignedIn> => ({
    user: { id: user.id, username: user.username, channelId: user.channelId, createdAt: user.createdAt },
    accessToken: await tokens.issue(user, id),
    refreshToken,
    deviceToken: await tokens.issueDevice({
      userId: user.id,
      deviceId,
      passwordVersion: passwordVersionOf(user),
    }),
    expiresIn: ACCESS_TOKEN_SECONDS,
  });

  /** Finds an active family in which `token` was issued, and its user. Undefined when there is none. */
  const find = async (token: RefreshToken) => {
    const session = await getSession(database, token.familyId);
    if (session === undefined || session.expiresAt * 1000 <= clock().getTime()) return undefined;
    if (!refreshing.isIssued(token, session)) return undefined;
    return { session, user: await getUser(database, session.userId) };
  };

  return {
    async start(user, { deviceId = newId(), ...origin } = {}) {
      if (!isActive(user)) throw noSuchSignIn();
      const id = newId();
      const { token, tokenHash, codeKey } = refreshing.first(id);
      // Created first, so that no family is stored if the signing key cannot be read.
      const signedIn = await answer(user, { id, deviceId }, token);
      const now = clock();
      const session: Session = {
        id,
        userId: user.id,
        tokenHash,
        codeKey,
        replaced: [],
        passwordVersion: passwordVersionOf(user),
        provedAt: now.toISOString(),
        deviceId,
        ...origin,
        expiresAt: expiry(now),
        createdAt: now.toISOString(),
        updatedAt: now.toISOString(),
      };
      const { committed } = await retryOnConflict(() =>
        transact(database, [putSession(database, session), hasSamePassword(database, user)]),
      );
      if (!committed) throw noSuchSignIn();
      return signedIn;
    },

    async refresh(refreshToken, origin = {}) {
      const token = parseRefreshToken(refreshToken);
      if (token === undefined) throw invalidToken();
      return retryOnConflict(async () => {
        const found = await find(token);
        if (found === undefined) throw invalidToken();
        const { session, user } = found;
        if (!isSignInOf(session, user)) {
          // The password can change between the two reads, and the change can keep this family.
          if (!(await deleteOutdatedSession(database, session))) return 'conflict';
          throw invalidToken();
        }
        const place = placeOf(token, session, clock());
        if (place === 'over') {
          await deleteSession(database, session.id);
          throw invalidToken();
        }
        const salt = place === 'newest' ? refreshing.newSalt() : place.salt;
        const successor = refreshing.successorOf(token, session, salt);
        const signedIn = await answer(user, session, successor.token);
        if (place !== 'newest') return signedIn;
        const now = clock();
        const replaced = { hash: token.hash, salt, at: now.toISOString() };
        const rotated = await rotateToken(database, session.id, {
          from: token.hash,
          to: successor.tokenHash,
          replaced: [...session.replaced.filter(isRepeatable(now)), replaced].slice(-MAX_REPLACED),
          expiresAt: expiry(now),
          origin,
          now: now.toISOString(),
        });
        // Another refresh replaced this token first, or the sign-in has ended. The next read shows which.
        return rotated ? signedIn : 'conflict';
      });
    },

    async isGood(refreshToken) {
      const token = parseRefreshToken(refreshToken);
      const found = token === undefined ? undefined : await find(token);
      if (token === undefined || found === undefined) return false;
      return isSignInOf(found.session, found.user) && placeOf(token, found.session, clock()) !== 'over';
    },

    end: ({ familyId }) => deleteSession(database, familyId),
  };
}

/** Returns the number of the user's current password. A sign-in belongs to one password. */
export function passwordVersionOf(user: User): number {
  return user.passwordVersion ?? 0;
}

/** A user who may sign in. */
export type ActiveUser = User & { readonly status: 'active'; readonly channelId: string };

export function isActive(user: User | undefined): user is ActiveUser {
  return user?.status === 'active' && user.channelId !== undefined;
}

/** Returns the same error for an unknown name, a wrong password, and a user who may not sign in. */
export function noSuchSignIn(): UnauthenticatedError {
  return new UnauthenticatedError('credentials', 'the username or the password is wrong');
}

function invalidToken(): UnauthenticatedError {
  return new UnauthenticatedError('credentials', 'the refresh token is not valid: sign in again');
}

/** Returns whether a family is a sign-in of `user` with the current password, and the user may sign in. */
export function isSignInOf({ userId, passwordVersion }: Session, user: User | undefined): user is ActiveUser {
  return isActive(user) && user.id === userId && passwordVersion === passwordVersionOf(user);
}

/**
 * Returns the state of an issued token: `newest` (valid), its `replaced` entry if its refresh can be
 * repeated, or `over`.
 */
function placeOf({ hash }: RefreshToken, session: Session, now: Date) {
  if (hash === session.tokenHash) return 'newest';
  return session.replaced.filter(isRepeatable(now)).find(replaced => replaced.hash === hash) ?? 'over';
}

const isRepeatable =
  (now: Date) =>
  ({ at }: Session['replaced'][number]) =>
    now.getTime() - Date.parse(at) <= REFRESH_REPEAT_SECONDS * 1000;
