/**
 * The server's time, for durations and ends of bans: the clock of the viewer's computer may be wrong.
 *
 * Each answer's `Date` header is compared with how long the page has been open. A slow or cached answer has an older
 * date, so the greatest difference is the nearest to the truth. Setting the computer's clock does not change how long
 * the page has been open, and sleep can only make that time too short, which the next answer corrects.
 *
 * @param elapsed returns a time in milliseconds that passes evenly, and about the time since 1970
 */
export function serverClock(elapsed = () => performance.timeOrigin + performance.now()) {
  let offset: number | undefined;
  return {
    /** Learns from the `Date` header of an answer that has just been received. */
    observe(date: string | null): void {
      const difference = Date.parse(date ?? '') - elapsed();
      if (!Number.isNaN(difference)) offset = Math.max(offset ?? difference, difference);
    },
    /** Returns the server's time in whole milliseconds since 1970. `Date` has whole seconds, so up to a second late. */
    now: () => Math.floor(elapsed() + (offset ?? 0)),
  };
}

export const clock = serverClock();
