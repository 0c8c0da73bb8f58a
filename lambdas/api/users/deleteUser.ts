import type { deleteAccount } from '../../../domain/accounts/deletion.ts';
import { type Budget, budgetOf } from '../../../ivs/budget.ts';
import { callerOf } from '../http/auth.ts';
import type { HandlerOf } from '../http/operation.ts';
import type { deleteMeOperation } from './answers.ts';

/**
 * IVS needs several seconds to end a broadcast. The function has 20 seconds, and the last call may need 5.
 */
const DELETION_BUDGET_MS = 12_000;

// After this time the broadcast has ended, or the schedule has continued the deletion.
const RETRY_AFTER_SECONDS = 10;

export function deleteUser(
  remove: ReturnType<typeof deleteAccount>,
  timeFor: (ms: number) => Budget = budgetOf,
): HandlerOf<typeof deleteMeOperation> {
  return async c => {
    const result = await remove(
      c.get('proven') ?? { userId: callerOf(c).userId },
      timeFor(DELETION_BUDGET_MS),
    );
    if (result === 'deleted') return c.body(null, 204);
    return c.json({ status: result }, 202, { 'Retry-After': String(RETRY_AFTER_SECONDS) });
  };
}
