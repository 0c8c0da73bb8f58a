import { setTimeout as sleep } from 'node:timers/promises';

/**
 * How much longer a caller waits. The request or the schedule that knows the limit passes the budget down.
 */
export interface Budget {
  /** Returns the remaining milliseconds. 0 or a negative number means that no time is left. */
  left(): number;
  /** Waits `ms` milliseconds, or until no time is left. */
  wait(ms: number): Promise<void>;
}

/** Creates a budget of `ms` milliseconds that starts now. */
export function budgetOf(ms: number): Budget {
  const end = performance.now() + ms;
  const left = () => end - performance.now();
  return { left, wait: async pause => void (await sleep(Math.max(0, Math.min(pause, left())))) };
}
