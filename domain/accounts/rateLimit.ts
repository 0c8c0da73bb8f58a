import { createHash } from 'node:crypto';
import { emailKeyOf } from '../../model/emailAddress.ts';
import {
  type LimitSettings,
  mailLimits,
  type Networks,
  type RateLimit,
  rateLimitOf,
} from '../../model/rateLimit.ts';
import type { Database } from '../../store/database.ts';
import { incrementCount } from '../../store/rateLimits.ts';
import { BusyError, TooManyRequestsError } from '../errors.ts';

export interface RateLimitDependencies {
  readonly database: Database<'rateLimits'>;
  readonly clock: () => Date;
  readonly settings: LimitSettings;
}

/** The caller whose requests are counted together: one user, or the guests of the same networks. */
export type CountedCaller = { readonly userId: string } | { readonly networks: Networks };

/** Counts a request of `operation` (an operation id) by a caller. */
export type Limit = (operation: string, caller: CountedCaller) => Promise<void>;

/**
 * Limits how often a caller performs one kind of operation, in windows that all callers share. One database
 * request for a user; up to four in sequence for a guest when the operation also has limits for wider
 * networks. A request that a narrow limit rejects does not count towards wider limits, so that one address
 * cannot use up the limits that others share.
 *
 * The returned function throws TooManyRequestsError when the caller or their network has no requests left in
 * the window, and BusyError when the whole stack has none left.
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
      // Addresses are personal data, so only a hash is stored, for one hour.
      const counted = createHash('sha256').update(key).digest('base64url');
      const id = `${name}#${counted}#${new Date(start).toISOString()}`;
      if ((await incrementCount(database, id, until, now)) <= requests) continue;
      const parameters = { limit: requests };
      const message = `at most ${requests} such requests are accepted in ${windowSeconds} seconds`;
      if (key === STACK)
        throw new BusyError('stack-limit', `${message} from all guests together`, secondsLeft, {
          parameters,
        });
      throw new TooManyRequestsError('rate-limit', message, secondsLeft, parameters);
    }
  };
}

const STACK = 'stack';

/** Returns the counts to which a request adds, the narrowest first. */
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

/** A code that somebody wants to be sent: for a new address or for a new password. */
export interface RequestedCode {
  readonly kind: 'address' | 'reset';
  readonly email: string;
  /** The network or the user who requests it. */
  readonly network: string;
}

/**
 * Counts a code that is sent to an address, and returns whether it may be sent. Always two database requests, whether or
 * not an account has the address.
 */
export async function isWithinMailLimits(
  database: Database<'rateLimits'>,
  now: Date,
  { kind, email, network }: RequestedCode,
): Promise<boolean> {
  const { windowSeconds, ofOne, ofAll } = mailLimits;
  const start = Math.floor(now.getTime() / (windowSeconds * 1000)) * windowSeconds * 1000;
  const until = new Date(start + windowSeconds * 1000);
  const count = (...of: string[]) => {
    const counted = createHash('sha256')
      .update(JSON.stringify([kind, emailKeyOf(email), ...of]))
      .digest('base64url');
    return incrementCount(database, `mail#${counted}#${new Date(start).toISOString()}`, until, now);
  };
  const one = await count(network);
  // What one network requests in vain does not count for all.
  const all = await count(...(one <= ofOne ? [] : ['over', network]));
  return one <= ofOne && all <= ofAll;
}
