import { setTimeout as sleep } from 'node:timers/promises';

/** How much longer somebody waits for an answer. Handed down from where the waiting is known: a request, a schedule. */
export interface Budget {
  /** Milliseconds; 0 or less, and there is no time left. */
  left(): number;
  /** Comes back after `ms` milliseconds, or as soon as there is no time left. */
  wait(ms: number): Promise<void>;
}

/** A budget of `ms` milliseconds from now on. */
export function budgetOf(ms: number): Budget {
  const end = performance.now() + ms;
  const left = () => end - performance.now();
  return { left, wait: async pause => void (await sleep(Math.max(0, Math.min(pause, left())))) };
}
