import { type Budget, budgetOf } from './budget.ts';
import { failureOf, IvsBusyError, translated } from './errors.ts';

/**
 * Whether a call with an unknown outcome may be repeated:
 * - `once`: no. The call creates a resource, and a second call would create another.
 * - `repeatable`: yes. Two calls have the same effect as one.
 */
export type Repeats = 'once' | 'repeatable';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 3_000;

// For callers without a budget of their own. Together with one more call it fits in an API Gateway request.
const DEFAULT_BUDGET_MS = 8_000;

/**
 * Calls `send`, and repeats it while IVS throttles it and `budget` has time left. The upper bound of the
 * pause doubles each time; the actual pause is random between half of it and all of it, so that throttled
 * callers do not retry together.
 *
 * @throws IvsBusyError | IvsQuotaError | IvsInUseError | IvsNotFoundError, otherwise the error that `send`
 * threw
 */
export async function attempt<T>(
  send: () => Promise<T>,
  repeats: Repeats,
  budget: Budget = budgetOf(DEFAULT_BUDGET_MS),
): Promise<T> {
  if (budget.left() <= 0) throw new IvsBusyError('there is no time left to call IVS');
  for (let tries = 1; ; tries++) {
    try {
      return await send();
    } catch (error) {
      const failure = failureOf(error);
      const again = failure === 'throttled' || (failure === 'passing' && repeats === 'repeatable');
      const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1));
      const pause = longest * (0.5 + Math.random() / 2);
      if (!again || budget.left() <= pause) throw translated(failure, error);
      await budget.wait(pause);
    }
  }
}
