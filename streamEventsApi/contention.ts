import { setTimeout as sleep } from 'node:timers/promises';
import { TransactionContentionError } from '../store/transaction.ts';
import type { Count } from './ports.ts';

const ATTEMPTS = 12;
const BACKOFF_MS = 10;
const BACKOFF_LIMIT_MS = 500;

/**
 * Runs `attempt` until no other writer is in its way.
 *
 * @param attempt reads, decides and writes on the condition that nothing has changed; gives `changed` when
 *   something has.
 * @throws Error after a bounded number of attempts, so that whoever asked tries later.
 */
export async function untilUncontended<T>(count: Count, attempt: () => Promise<T | 'changed'>): Promise<T> {
  for (let attempts = 1; attempts <= ATTEMPTS; attempts++) {
    const result = await attempt().catch(contended);
    if (result !== 'changed') return result;
    count('FoldConflict');
    await sleep(Math.random() * Math.min(BACKOFF_LIMIT_MS, BACKOFF_MS * 2 ** attempts));
  }
  throw new Error(`other writers were faster ${ATTEMPTS} times`);
}

function contended(error: unknown): 'changed' {
  if (error instanceof TransactionContentionError) return 'changed';
  throw error;
}
