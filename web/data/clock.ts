/**
 * The server's time, for durations and ends of bans: the clock of the viewer's computer may be wrong.
 *
 * Each answer's `Date` header is compared with the computer's clock. A slow or cached answer has an older date, so
 * the greatest difference is the nearest to the truth.
 */
export function serverClock(now: () => number = Date.now) {
  let offset: number | undefined;
  return {
    /** Learns from the `Date` header of an answer that has just been received. */
    observe(date: string | null): void {
      const difference = Date.parse(date ?? '') - now();
      if (!Number.isNaN(difference)) offset = Math.max(offset ?? difference, difference);
    },
    /** The computer's clock was set, or the computer slept: earlier differences say nothing any more. */
    reset(): void {
      offset = undefined;
    },
    /** Returns the server's time in milliseconds since 1970. `Date` has whole seconds, so up to one second late. */
    now: () => now() + (offset ?? 0),
  };
}

export const clock = serverClock();
