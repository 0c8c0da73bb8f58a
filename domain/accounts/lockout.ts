import { type RateLimitRow, signInLockout } from '../../model/rateLimit.ts';
import { usernameKeyOf } from '../../model/username.ts';
import type { Database } from '../../store/database.ts';
import { deleteCount, getCount, putCount } from '../../store/rateLimits.ts';
import { TooManyRequestsError } from '../errors.ts';

export interface Lockout {
  /**
   * Takes one of the tries that `username` has, before the password is looked at: of guesses made at the same
   * time, no more than those are looked at. Two database requests.
   *
   * @throws TooManyRequestsError when there is none left.
   */
  take(username: string): Promise<void>;
  /** Gives `username` all its tries back: the password was right. */
  clear(username: string): Promise<void>;
}

/**
 * Locks a name, whether somebody has it or not, for 15 minutes after five sign-ins in a row that did not succeed, with
 * less than 15 minutes between one and the next: so no 15 minutes see more than five. Somebody else can keep a person
 * out in this way, which is why it is no longer.
 */
export function lockout({
  database,
  clock,
}: {
  readonly database: Database<'rateLimits'>;
  readonly clock: () => Date;
}): Lockout {
  return {
    async take(username) {
      const id = idOf(username);
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const now = clock();
        const before = await getCount(database, id);
        const after = next(before, now);
        if (after === 'locked') throw tooMany(before, now);
        if (await putCount(database, id, before, after, now)) return;
      }
      throw new TooManyRequestsError(
        'sign-in-locked',
        'too many sign-ins under this name at the same time',
        1,
      );
    },
    clear: username => deleteCount(database, idOf(username)),
  };
}

// Each round lets one of the contenders through, and five lock the name: more rounds change nothing.
const ATTEMPTS = signInLockout.failures + 2;

const idOf = (username: string) => `signInFailures#${usernameKeyOf(username)}`;

/** The count with one more try, and until when it holds: at the last try, the lock. */
export function next(
  before: Pick<RateLimitRow, 'count' | 'until'> | undefined,
  now: Date,
): { readonly count: number; readonly until: Date } | 'locked' {
  const until = new Date(now.getTime() + signInLockout.seconds * 1000);
  if (before === undefined || Date.parse(before.until) <= now.getTime()) return { count: 1, until };
  return before.count >= signInLockout.failures ? 'locked' : { count: before.count + 1, until };
}

function tooMany(row: Pick<RateLimitRow, 'until'> | undefined, now: Date): TooManyRequestsError {
  const ms = row === undefined ? 0 : Date.parse(row.until) - now.getTime();
  return new TooManyRequestsError('sign-in-locked', 'too many failed sign-ins under this name', ms / 1000);
}
