import { createHash } from 'node:crypto';
import { guessLimits, type RateLimitRow } from '../../model/rateLimit.ts';
import { usernameKeyOf } from '../../model/username.ts';
import type { Database } from '../../store/database.ts';
import { decrementCount, deleteCount, getCount, incrementCount, putCount } from '../../store/rateLimits.ts';
import { TooManyRequestsError } from '../errors.ts';

/**
 * The account whose password is guessed: a user id, which a rename does not change, or a name that no user
 * has.
 */
export type Account = { readonly userId: string } | { readonly username: string };

/** The origin of a guess: a sign-in of the account, a device that the account knows, or a network. */
export interface Guesser {
  readonly kind: 'signIn' | 'device' | 'network';
  readonly id: string;
}

export interface Lockout {
  /**
   * Uses one of the guesser's guesses before the password is compared, so that concurrent guesses cannot
   * exceed the limit. Three database requests.
   *
   * @throws TooManyRequestsError when no guess is left
   */
  take(account: Account, guesser: Guesser): Promise<Guess>;
}

export interface Guess {
  /** Returns the guess, because the password was right. Two database requests. */
  wasRight(): Promise<void>;
}

/**
 * Limits wrong passwords. Invariants for each account, existing or not:
 * - At most `perDay` wrong passwords per day (UTC) are compared from all networks together, and as many from
 *   each sign-in and each known device. Renames, other networks and right passwords in between do not
 *   increase this limit.
 * - At most `consecutive` wrong passwords in `lockSeconds` are compared from one network, sign-in or known device.
 * - Guesses of others do not use up the guesses of a sign-in or a known device, so nobody can lock out the
 *   owner.
 */
export function lockout({
  database,
  clock,
}: {
  readonly database: Database<'rateLimits'>;
  readonly clock: () => Date;
}): Lockout {
  const takeConsecutive = async (id: string) => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const now = clock();
      const before = await getCount(database, id);
      const after = next(before, now);
      if (after === 'locked') throw tooMany(new Date(before?.until ?? now), now, guessLimits.consecutive);
      if (await putCount(database, id, before, after, now)) return;
    }
    throw new TooManyRequestsError('sign-in-locked', 'too many sign-ins to this account at the same time', 1);
  };

  return {
    async take(account, guesser) {
      const consecutive = idOf(account, guesser.kind, guesser.id);
      // First, because guesses that a lock rejects must not use up the guesses of the day.
      await takeConsecutive(consecutive);
      const now = clock();
      const day = now.toISOString().slice(0, 10);
      const tomorrow = new Date(Date.parse(day) + DAY_MS);
      const ofDay =
        guesser.kind === 'network'
          ? idOf(account, 'others', day)
          : idOf(account, guesser.kind, guesser.id, day);
      if ((await incrementCount(database, ofDay, tomorrow, now)) > guessLimits.perDay)
        throw tooMany(tomorrow, now, guessLimits.perDay);
      return {
        async wasRight() {
          await deleteCount(database, consecutive);
          await decrementCount(database, ofDay);
        },
      };
    },
  };
}

const DAY_MS = 24 * 60 * 60 * 1000;
// Each round lets one of the concurrent requests through, and `consecutive` requests cause the lock. More rounds
// change nothing.
const ATTEMPTS = guessLimits.consecutive + 2;

/** Names and networks are personal data, so only a hash is stored. */
function idOf(account: Account, ...of: string[]): string {
  const who = 'userId' in account ? ['user', account.userId] : ['name', usernameKeyOf(account.username)];
  return `guesses#${createHash('sha256')
    .update(JSON.stringify([...who, ...of]))
    .digest('base64url')}`;
}

/** Returns the count after one more guess, and when it expires. The last guess starts the lock. */
export function next(
  before: Pick<RateLimitRow, 'count' | 'until'> | undefined,
  now: Date,
): { readonly count: number; readonly until: Date } | 'locked' {
  const until = new Date(now.getTime() + guessLimits.lockSeconds * 1000);
  if (before === undefined || Date.parse(before.until) <= now.getTime()) return { count: 1, until };
  return before.count >= guessLimits.consecutive ? 'locked' : { count: before.count + 1, until };
}

function tooMany(until: Date, now: Date, limit: number): TooManyRequestsError {
  const seconds = (until.getTime() - now.getTime()) / 1000;
  const parameters = { until: until.toISOString(), limit };
  return new TooManyRequestsError('sign-in-locked', 'too many wrong passwords', seconds, parameters);
}
