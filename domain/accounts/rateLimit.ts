import { createHash } from 'node:crypto';
import { type LimitSettings, type Networks, type RateLimit, rateLimitOf } from '../../model/rateLimit.ts';
import type { Database } from '../../store/database.ts';
import { countOne } from '../../store/rateLimits.ts';
import { BusyError, TooManyRequestsError } from '../errors.ts';

export interface RateLimitDependencies {
  readonly database: Database<'rateLimits'>;
  readonly clock: () => Date;
  readonly settings: LimitSettings;
}

/** Whose requests are counted together: those of a user, or those of guests from the same networks. */
export type CountedCaller = { readonly userId: string } | { readonly networks: Networks };

/** Counts one more request of `operation`, an operation's id, by a caller. */
export type Limit = (operation: string, caller: CountedCaller) => Promise<void>;

/**
 * A limit on how often a caller does one kind of thing, in windows that all callers share. One database request for a
 * user; up to four, one after another, for a guest of an operation that is limited by wider networks too. A request that
 * a narrow limit refuses is not counted by the wider ones: otherwise one address could use up what all share.
 *
 * The function it gives throws TooManyRequestsError when the requests of the window are used up for the caller or their
 * network, and BusyError when they are used up for the whole stack.
 */
export function limit({ database, clock, settings }: RateLimitDependencies): Limit {
  return async (operation, caller) => {
    const spec = rateLimitOf(operation, settings);
    const { name, windowSeconds } = spec;
    const now = clock();
    const windowMs = windowSeconds * 1000;
    const start = Math.floor(now.getTime() / windowMs) * windowMs;
    const until = new Date(start + windowMs);
    const secondsLeft = (until.getTime() - now.getTime()) / 1000;
    for (const { key, requests } of countsOf(spec, caller)) {
      // Addresses are personal data: a hash does to tell them apart for an hour.
      const counted = createHash('sha256').update(key).digest('base64url');
      const id = `${name}#${counted}#${new Date(start).toISOString()}`;
      if ((await countOne(database, id, until, now)) <= requests) continue;
      const parameters = { limit: requests };
      const message = `at most ${requests} such requests are taken in ${windowSeconds} seconds`;
      if (key === STACK)
        throw new BusyError('stack-limit', `${message} from everybody together`, secondsLeft, { parameters });
      throw new TooManyRequestsError('rate-limit', message, secondsLeft, parameters);
    }
  };
}

const STACK = 'stack';

/** What is counted for a request, the narrowest first. */
function countsOf(
  { requests, guests }: RateLimit,
  caller: CountedCaller,
): readonly { readonly key: string; readonly requests: number }[] {
  if ('userId' in caller) return [{ key: `user#${caller.userId}`, requests }];
  const { address, subnet, site } = caller.networks;
  if (guests === undefined) return [{ key: `ip#${address}`, requests }];
  return [
    { key: `ip#${address}`, requests: guests.address },
    { key: `ip#${subnet}`, requests: guests.subnet },
    ...(site === undefined ? [] : [{ key: `ip#${site}`, requests: guests.site }]),
    { key: STACK, requests: guests.stack },
  ];
}
