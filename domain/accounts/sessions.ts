import { createHash, timingSafeEqual } from 'node:crypto';
import type { User } from '../../model/user.ts';
import { untilWritten } from '../../store/contention.ts';
import type { Database } from '../../store/database.ts';
import { deleteSession, getSession, putSession, rotateToken } from '../../store/sessions.ts';
import { transact } from '../../store/transaction.ts';
import { getUser, sameSignIn } from '../../store/users.ts';
import { UnauthenticatedError } from '../errors.ts';
import { ACCESS_TOKEN_SECONDS, type Caller, type TokenIssuer, type TokenSubject } from './tokens.ts';

/** What a client gets when it signs in, and when it refreshes. */
export interface SignedIn {
  readonly user: TokenSubject & { readonly createdAt: string };
  readonly accessToken: string;
  /** Good once: a refresh gives the next one. */
  readonly refreshToken: string;
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
   * Begins a family of tokens for a user, as they were read. One database request.
   * @throws UnauthenticatedError when they are not active, or their password has been changed since.
   */
  start(user: User): Promise<SignedIn>;
  /**
   * Gives the tokens that follow `refreshToken`. A token that was good and is not any more has been stolen, or its
   * successor got lost: either way the family ends, and the user signs in again. So of two refreshes of one token
   * at the same time the first gets tokens, and the second ends them. Three database requests.
   *
   * @throws UnauthenticatedError
   */
  refresh(refreshToken: string): Promise<SignedIn>;
  /** Ends the caller's family. Its access token goes on for the rest of its minutes. One database request. */
  end(caller: Caller): Promise<void>;
}

// From the last refresh on.
const REFRESH_TOKEN_DAYS = 30;
// 128 bits to tell families apart, 256 that are nobody else's to guess.
const ID_BYTES = 16;
const SECRET_BYTES = 32;

/** Sign-ins, each a family of refresh tokens of which one is good at a time. Only the hash of its secret is kept. */
export function sessions({ database, tokens, clock, random }: SessionsDependencies): Sessions {
  const token = (bytes: number) => Buffer.from(random(bytes)).toString('base64url');
  const expiry = (now: Date) => Math.floor(now.getTime() / 1000) + REFRESH_TOKEN_DAYS * 24 * 60 * 60;

  const answer = async (user: ActiveUser, familyId: string, secret: string): Promise<SignedIn> => ({
    user: { id: user.id, username: user.username, channelId: user.channelId, createdAt: user.createdAt },
    accessToken: await tokens.issue(user, familyId),
    refreshToken: `${familyId}.${secret}`,
    expiresIn: ACCESS_TOKEN_SECONDS,
  });

  return {
    async start(user) {
      if (!isActive(user)) throw noSuchSignIn();
      const id = token(ID_BYTES);
      const secret = token(SECRET_BYTES);
      // Made first: without the signing key there is no family that nobody has a token of.
      const signedIn = await answer(user, id, secret);
      const now = clock();
      const session = {
        id,
        userId: user.id,
        tokenHash: hashOf(secret),
        passwordVersion: passwordVersionOf(user),
        expiresAt: expiry(now),
        createdAt: now.toISOString(),
        updatedAt: now.toISOString(),
      };
      const { committed } = await untilWritten(() =>
        transact(database, [putSession(database, session), sameSignIn(database, user)]),
      );
      if (!committed) throw noSuchSignIn();
      return signedIn;
    },

    async refresh(refreshToken) {
      const { id, secret } = split(refreshToken);
      const session = await getSession(database, id);
      const now = clock();
      if (session === undefined || session.expiresAt * 1000 <= now.getTime()) throw notGood();
      const from = hashOf(secret);
      const user = await getUser(database, session.userId);
      const isGood =
        isSame(from, session.tokenHash) &&
        isActive(user) &&
        session.passwordVersion === passwordVersionOf(user);
      if (!isGood) {
        await deleteSession(database, id);
        throw notGood();
      }
      const next = token(SECRET_BYTES);
      const signedIn = await answer(user, id, next);
      const rotation = { from, to: hashOf(next), expiresAt: expiry(now), now: now.toISOString() };
      if (!(await rotateToken(database, id, rotation))) {
        await deleteSession(database, id);
        throw notGood();
      }
      return signedIn;
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

const form = /^([\w-]{22})\.([\w-]{43})$/;

function split(refreshToken: string): { id: string; secret: string } {
  const [, id, secret] = form.exec(refreshToken) ?? [];
  if (id === undefined || secret === undefined) throw notGood();
  return { id, secret };
}

const hashOf = (secret: string) => createHash('sha256').update(secret).digest('base64url');

const isSame = (a: string, b: string) =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
