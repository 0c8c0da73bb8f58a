import { type Patience, waitAfter } from './patience.ts';
import { TransactionContentionError } from './transaction.ts';

// Some five seconds in all: somebody waits for the answer.
const requestPatience: Patience = { tries: 14, firstDelayMs: 10, longestDelayMs: 800 };

/**
 * Runs `attempt` until no other writer is in its way.
 *
 * @param attempt reads, decides and writes on the condition that nothing has changed; gives `changed` when
 *   something has.
 * @throws TransactionContentionError when others were faster every time.
 */
export async function untilWritten<T>(
  attempt: () => Promise<T | 'changed'>,
  patience: Patience = requestPatience,
  onContention: () => void = () => {},
): Promise<T> {
  for (let failed = 1; ; failed++) {
    const result = await attempt().catch(contended);
    if (result !== 'changed') return result;
    onContention();
    if (failed >= patience.tries)
      throw new TransactionContentionError(`other writers were faster ${failed} times`);
    await waitAfter(failed, patience);
  }
}

function contended(error: unknown): 'changed' {
  if (error instanceof TransactionContentionError) return 'changed';
  throw error;
}
