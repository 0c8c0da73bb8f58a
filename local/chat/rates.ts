/** The maximum number of requests per second and connection (service quotas of IVS Chat). Not adjustable. */
export const REQUESTS_PER_CONNECTION = 10;

/** Returns whether one more request is within the rate, and counts it if so. */
export type Rate = (perSecond: number) => boolean;

const SECOND_MS = 1_000;

/** Counts the requests of the last second. `clock` returns monotonic time in milliseconds. */
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
