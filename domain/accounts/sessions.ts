import { REFRESH_REPEAT_SECONDS, type Session } from '../../model/session.ts';
import type { User } from '../../model/user.ts';
import { retryOnConflict } from '../../store/conflicts.ts';
import type { Database } from '../../store/database.ts';
import {
  deleteOutdatedSession,
  deleteSession,
  getSession,
  putSession,
  rotateToken,
} from '../../store/sessions.ts';
import { transact } from '../../store/transaction.ts';
import { getUser, sameSignIn } from '../../store/users.ts';
import { UnauthenticatedError } from '../errors.ts';
import { parseRefreshToken, type RefreshToken, refreshTokens } from './refreshTokens.ts';
import { ACCESS_TOKEN_SECONDS, type Caller, type TokenIssuer, type TokenSubject } from './tokens.ts';

/** What a client gets when it signs in, and when it refreshes. */
export interface SignedIn {
  readonly user: TokenSubject & { readonly createdAt: string };
  readonly accessToken: string;
  /** A refresh gives the next one. */
  readonly refreshToken: string;
  /** Lets the device sign in while others' guesses lock the account. */
  readonly deviceToken: string;
  /** Seconds until the access token is not good any more. */
  readonly expiresIn: number;
}

export interface SessionsDependencies {
  readonly database: Database<'sessions' | 'users'>;
  readonly tokens: TokenIssuer;
  readonly clock: () => Date;
  /** Gives that many bytes, unguessable. */
  readonly random: (bytes: number) => Uint8Array;
}

export interface Sessions {
  /**
   * Begins a family of tokens for a user, as they were read, on a device: a new one unless it is known. One database
   * request.
   *
   * @throws UnauthenticatedError when they are not active, or their password has been changed since.
   */
  start(user: User, deviceId?: string): Promise<SignedIn>;
  /**
   * Gives the tokens that follow `refreshToken`. The same token gets the same successor for `REFRESH_REPEAT_SECONDS`:
   * an answer can get lost, and two tabs can refresh at once. After that, a token that was replaced has been stolen, or
   * its successor has: the family ends. A token that was never issued changes nothing. Three database requests.
   *
   * @throws UnauthenticatedError
   */
  refresh(refreshToken: string): Promise<SignedIn>;
  /** Whether `refresh` would take `refreshToken` now. Two database requests, and it changes nothing. */
  isGood(refreshToken: string): Promise<boolean>;
  /** Ends the caller's family. Its access token goes on for the rest of its minutes. One database request. */
  end(caller: Caller): Promise<void>;
}

// From the last refresh on.
const REFRESH_TOKEN_DAYS = 30;
// 128 bits to tell families apart.
const ID_BYTES = 16;
// A client refreshes every 15 minutes. The bound keeps the row of one that does so all the time from growing.
const REPLACED_AT_MOST = 20;

/*
 * Sign-ins, each a family of refresh tokens of which one is good at a time. The invariants:
 * - A family is a chain. Each token has one successor, however often and however concurrently it is presented: the
 *   rotation holds that the token is still the good one, and whoever finds it replaced derives the same successor.
 * - Only a token that was issued can end a family, and only when it was replaced more than 30 seconds ago.
 * - Rows and backups give no token: of the good one there is a hash, and a successor needs the token before it.
 */
export function sessions({ database, tokens, clock, random }: SessionsDependencies): Sessions {
  const refreshing = refreshTokens(random);
  const newId = () => Buffer.from(random(ID_BYTES)).toString('base64url');
  const expiry = (now: Date) => Math.floor(now.getTime() / 1000) + REFRESH_TOKEN_DAYS * 24 * 60 * 60;

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

  /** A living family with a token that was issued for it, and whose it is; undefined if there is none. */
  const find = async (token: RefreshToken) => {
    const session = await getSession(database, token.familyId);
    if (session === undefined || session.expiresAt * 1000 <= clock().getTime()) return undefined;
    if (!refreshing.isIssued(token, session)) return undefined;
    return { session, user: await getUser(database, session.userId) };
  };

  return {
    async start(user, deviceId = newId()) {
      if (!isActive(user)) throw noSuchSignIn();
      const id = newId();
      const { token, tokenHash, codeKey } = refreshing.first(id);
      // Made first: without the signing key there is no family that nobody has a token of.
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
        expiresAt: expiry(now),
        createdAt: now.toISOString(),
        updatedAt: now.toISOString(),
      };
      const { committed } = await retryOnConflict(() =>
        transact(database, [putSession(database, session), sameSignIn(database, user)]),
      );
      if (!committed) throw noSuchSignIn();
      return signedIn;
    },

    async refresh(refreshToken) {
      const token = parseRefreshToken(refreshToken);
      if (token === undefined) throw notGood();
      return retryOnConflict(async () => {
        const found = await find(token);
        if (found === undefined) throw notGood();
        const { session, user } = found;
        if (!isSignInOf(session, user)) {
          // The password can change between the two reads, and take this very family along.
          if (!(await deleteOutdatedSession(database, session))) return 'conflict';
          throw notGood();
        }
        const place = placeOf(token, session, clock());
        if (place === 'over') {
          await deleteSession(database, session.id);
          throw notGood();
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
          replaced: [...session.replaced.filter(isRepeatable(now)), replaced].slice(-REPLACED_AT_MOST),
          expiresAt: expiry(now),
          now: now.toISOString(),
        });
        // Another refresh of this token was faster, or the sign-in has ended: the row tells which.
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

/** Counts a user's passwords: a sign-in belongs to one of them. */
export function passwordVersionOf(user: User): number {
  return user.passwordVersion ?? 0;
}

/** A user who may sign in. */
export type ActiveUser = User & { readonly status: 'active'; readonly channelId: string };

export function isActive(user: User | undefined): user is ActiveUser {
  return user?.status === 'active' && user.channelId !== undefined;
}

/** The same words for an unknown name, a wrong password, and a user who may not sign in. */
export function noSuchSignIn(): UnauthenticatedError {
  return new UnauthenticatedError('credentials', 'the username or the password is wrong');
}

function notGood(): UnauthenticatedError {
  return new UnauthenticatedError('credentials', 'the refresh token is not good: sign in again');
}

/** Whether a family is a sign-in of `user`, who may sign in, with the password that they have now. */
export function isSignInOf({ userId, passwordVersion }: Session, user: User | undefined): user is ActiveUser {
  return isActive(user) && user.id === userId && passwordVersion === passwordVersionOf(user);
}

/** Where an issued token stands in its family: the one that is good, one whose refresh can be repeated, or a former one. */
function placeOf({ hash }: RefreshToken, session: Session, now: Date) {
  if (hash === session.tokenHash) return 'newest';
  return session.replaced.filter(isRepeatable(now)).find(replaced => replaced.hash === hash) ?? 'over';
}

const isRepeatable =
  (now: Date) =>
  ({ at }: Session['replaced'][number]) =>
    now.getTime() - Date.parse(at) <= REFRESH_REPEAT_SECONDS * 1000;
