import { createHash } from 'node:crypto';
import { guessLimits, type RateLimitRow } from '../../model/rateLimit.ts';
import { usernameKeyOf } from '../../model/username.ts';
import type { Database } from '../../store/database.ts';
import { countOne, deleteCount, getCount, putCount, uncountOne } from '../../store/rateLimits.ts';
import { TooManyRequestsError } from '../errors.ts';

/** Whose password is guessed: a user's, by an id that a rename does not change, or that of a name which nobody has. */
export type Account = { readonly userId: string } | { readonly username: string };

/** Who guesses: somebody in a sign-in of the account, on a device that is known to it, or anybody else from a network. */
export interface Guesser {
  readonly kind: 'signIn' | 'device' | 'network';
  readonly id: string;
}

export interface Lockout {
  /**
   * Takes one of the guesses that `guesser` has, before the password is looked at: of guesses made at the same time, no
   * more than those are looked at. Three database requests.
   *
   * @throws TooManyRequestsError when there is none left.
   */
  take(account: Account, guesser: Guesser): Promise<Guess>;
}

export interface Guess {
  /** It was no guess: gives it back. Two database requests. */
  wasRight(): Promise<void>;
}

/*
 * The invariants, for each account, whether somebody has it or not:
 * - Of wrong passwords, no more than `perDay` a day (UTC) are looked at from all networks together, and as many from each
 *   sign-in and each known device. No rename, no network and no right password in between gives more.
 * - No more than `inARow` are looked at in `lockSeconds` from one network, sign-in or known device.
 * - What others guess takes nothing from a sign-in or a known device: nobody can lock its owner out.
 */
export function lockout({
  database,
  clock,
}: {
  readonly database: Database<'rateLimits'>;
  readonly clock: () => Date;
}): Lockout {
  const takeInARow = async (id: string) => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const now = clock();
      const before = await getCount(database, id);
      const after = next(before, now);
      if (after === 'locked') throw tooMany(new Date(before?.until ?? now), now, guessLimits.inARow);
      if (await putCount(database, id, before, after, now)) return;
    }
    throw new TooManyRequestsError('sign-in-locked', 'too many sign-ins to this account at the same time', 1);
  };

  return {
    async take(account, guesser) {
      const inARow = idOf(account, guesser.kind, guesser.id);
      // First: what a lock refuses must not use up the guesses of the day.
      await takeInARow(inARow);
      const now = clock();
      const day = now.toISOString().slice(0, 10);
      const tomorrow = new Date(Date.parse(day) + DAY_MS);
      const ofDay =
        guesser.kind === 'network'
          ? idOf(account, 'others', day)
          : idOf(account, guesser.kind, guesser.id, day);
      if ((await countOne(database, ofDay, tomorrow, now)) > guessLimits.perDay)
        throw tooMany(tomorrow, now, guessLimits.perDay);
      return {
        async wasRight() {
          await deleteCount(database, inARow);
          await uncountOne(database, ofDay);
        },
      };
    },
  };
}

const DAY_MS = 24 * 60 * 60 * 1000;
// Each round lets one of the contenders through, and so many lock: more rounds change nothing.
const ATTEMPTS = guessLimits.inARow + 2;

/** Names and networks are personal data: a hash does to tell them apart. */
function idOf(account: Account, ...of: string[]): string {
  const who = 'userId' in account ? ['user', account.userId] : ['name', usernameKeyOf(account.username)];
  return `guesses#${createHash('sha256')
    .update(JSON.stringify([...who, ...of]))
    .digest('base64url')}`;
}

/** The count with one more guess, and until when it holds: at the last one, the lock. */
export function next(
  before: Pick<RateLimitRow, 'count' | 'until'> | undefined,
  now: Date,
): { readonly count: number; readonly until: Date } | 'locked' {
  const until = new Date(now.getTime() + guessLimits.lockSeconds * 1000);
  if (before === undefined || Date.parse(before.until) <= now.getTime()) return { count: 1, until };
  return before.count >= guessLimits.inARow ? 'locked' : { count: before.count + 1, until };
}

function tooMany(until: Date, now: Date, limit: number): TooManyRequestsError {
  const seconds = (until.getTime() - now.getTime()) / 1000;
  const parameters = { until: until.toISOString(), limit };
  return new TooManyRequestsError('sign-in-locked', 'too many wrong passwords', seconds, parameters);
}
