import { type Budget, budgetOf } from './budget.ts';
import { failureOf, IvsBusyError, translated } from './errors.ts';

/**
 * Whether a call whose outcome is not known may be sent again:
 * - `once`: no. It makes something, and IVS would make another
 * - `repeatable`: yes. Done twice, it leaves what it leaves when done once
 */
export type Repeats = 'once' | 'repeatable';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 3_000;

// For callers that hand in no budget of their own: with one call after it, still within an API Gateway request.
const DEFAULT_BUDGET_MS = 8_000;

/**
 * The answer of `send`, which is sent again while IVS refuses it as one too many and there is time in `budget`.
 * The pauses double, and are drawn at random from half of that to all of it: those refused together do not come back together.
 *
 * @throws IvsBusyError | IvsQuotaError | IvsInUseError | IvsNotFoundError, else what `send` threw
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
