import { createHash } from 'node:crypto';
import { rateLimitOf } from '../../model/rateLimit.ts';
import type { Database } from '../../store/database.ts';
import { countOne } from '../../store/rateLimits.ts';
import { TooManyRequestsError } from '../errors.ts';

export interface RateLimitDependencies {
  readonly database: Database<'rateLimits'>;
  readonly clock: () => Date;
}

/** Counts one more of `operation`, an operation's id, by the caller whom `callerKey` names: a user, or an address. */
export type Limit = (operation: string, callerKey: string) => Promise<void>;

/**
 * A limit on how often one caller does one kind of thing, in windows that all callers share. One database request.
 * The function it gives throws TooManyRequestsError when the window's requests are used up.
 */
export function limit({ database, clock }: RateLimitDependencies): Limit {
  return async (operation, callerKey) => {
    const { name, requests, windowSeconds } = rateLimitOf(operation);
    const now = clock();
    const windowMs = windowSeconds * 1000;
    const start = Math.floor(now.getTime() / windowMs) * windowMs;
    const until = new Date(start + windowMs);
    // Addresses are personal data: a hash does to tell them apart for an hour.
    const caller = createHash('sha256').update(callerKey).digest('base64url');
    const id = `${name}#${caller}#${new Date(start).toISOString()}`;
    if ((await countOne(database, id, until, now)) <= requests) return;
    throw new TooManyRequestsError(
      'rate-limit',
      `at most ${requests} such requests are taken in ${windowSeconds} seconds`,
      (until.getTime() - now.getTime()) / 1000,
      { limit: requests },
    );
  };
}
