import { setTimeout as pause } from 'node:timers/promises';
import { attempt } from './attempts.ts';
import type { Budget } from './budget.ts';

interface ServicePage<S> {
  readonly items: readonly S[];
  readonly nextToken: string | undefined;
}

// IVS allows 5 calls per second of each operation. The pause leaves some of them to other callers.
const PAGE_INTERVAL_MS = 250;

/**
 * Reads a list to its end, page by page, and leaves out items for which `read` returns undefined. A failed
 * page throws at that position, so a caller that reaches the end has read the whole list.
 */
export function listAll<S, T>(
  page: (nextToken: string | undefined) => Promise<ServicePage<S>>,
  read: (item: S) => T | undefined,
): (budget: Budget | undefined) => AsyncGenerator<T[]> {
  return async function* (budget) {
    let nextToken: string | undefined;
    do {
      const token = nextToken;
      const answer = await attempt(() => page(token), 'repeatable', budget);
      yield answer.items.flatMap(item => read(item) ?? []);
      nextToken = answer.nextToken;
      if (nextToken !== undefined) await pause(PAGE_INTERVAL_MS);
    } while (nextToken !== undefined);
  };
}
