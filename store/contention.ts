import { setTimeout as delay } from 'node:timers/promises';
import type { Patience } from './patience.ts';
import { TransactionContentionError } from './transaction.ts';

// Some five seconds in all: somebody waits for the answer.
const requestPatience: Patience = { tries: 14, firstDelayMs: 10, longestDelayMs: 800 };

/** When to give up: after so many tries, or before the first try that would begin later than this after `begunAt`. */
export interface WritePatience extends Patience {
  readonly budgetMs?: number;
}

/**
 * Runs `attempt` until no other writer is in its way.
 *
 * @param attempt reads, decides and writes on the condition that nothing has changed; gives `changed` when
 *   something has.
 * @param begunAt when the caller began to wait, in milliseconds since the epoch: the budget counts from there.
 * @throws TransactionContentionError when others were faster every time.
 */
export async function untilWritten<T>(
  attempt: () => Promise<T | 'changed'>,
  patience: WritePatience = requestPatience,
  onContention: () => void = () => {},
  begunAt = Date.now(),
): Promise<T> {
  const { tries, budgetMs = Number.POSITIVE_INFINITY } = patience;
  for (let failed = 0; ; ) {
    const waitedMs = Date.now() - begunAt;
    if (failed >= tries || waitedMs >= budgetMs)
      throw new TransactionContentionError(
        `gave up after ${waitedMs} ms: other writers were faster ${failed} times`,
      );
    const result = await attempt().catch(contended);
    if (result !== 'changed') return result;
    onContention();
    failed++;
    if (failed < tries) await delay(delayMs(failed, (Date.now() - begunAt) / budgetMs, patience));
  }
}

/**
 * How long to wait for other writers, at random. The longest wait grows fourfold with every failure until the writers
 * seldom meet, for tries that meet cost the database as much as those that succeed. It shrinks as the budget is used up,
 * so that a writer which has waited for long tries more often than a new one.
 */
function delayMs(failed: number, used: number, { firstDelayMs, longestDelayMs }: WritePatience): number {
  const longest = Math.min(longestDelayMs, firstDelayMs * 4 ** failed);
  return Math.random() * longest * Math.max(0, 1 - used);
}

/** Runs work that competes for one key one after another, in the order in which it came. */
export type InTurn = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** A queue for each key, within this process: writers that would only get in each other's way wait instead. */
export function queues(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const turn = (last.get(key) ?? Promise.resolve()).then(work, work);
    last.set(key, turn);
    const leave = () => void (last.get(key) === turn && last.delete(key));
    turn.then(leave, leave);
    return turn;
  };
}

function contended(error: unknown): 'changed' {
  if (error instanceof TransactionContentionError) return 'changed';
  throw error;
}
