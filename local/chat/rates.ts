/** What one connection may send in a second (service quotas of IVS Chat). Not raised on request. */
export const REQUESTS_PER_CONNECTION = 10;

/** Decides whether one more is within a rate, and counts it if so. */
export type Rate = (perSecond: number) => boolean;

const SECOND_MS = 1_000;

/** Counts what happened in the second that ends now. `clock` gives milliseconds that never go back. */
export function slidingSecond(clock: () => number): Rate {
  let times: number[] = [];
  return perSecond => {
    const now = clock();
    times = times.filter(time => now - time < SECOND_MS);
    if (times.length >= perSecond) return false;
    times.push(now);
    return true;
  };
}
