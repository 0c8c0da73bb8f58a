import { setTimeout as pause } from 'node:timers/promises';
import { attempt } from './attempts.ts';
import type { Budget } from './budget.ts';

interface ServicePage<S> {
  readonly items: readonly S[];
  readonly nextToken: string | undefined;
}

// IVS allows 5 calls a second of each operation; whoever else lists needs some of them.
const PAGE_INTERVAL_MS = 250;

/**
 * Reads a list to its end, page by page, without what `read` knows nothing of. A page that cannot be had is an
 * error at that place, so whoever reads to the end has seen all.
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
