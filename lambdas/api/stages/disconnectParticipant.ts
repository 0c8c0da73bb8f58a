import {
  disconnectParticipant as disconnect,
  type LeavingDependencies,
} from '../../../domain/stages/leaving.ts';
import { budgetOf } from '../../../ivs/budget.ts';
import { callerOf } from '../http/auth.ts';
import type { HandlerOf } from '../http/operation.ts';
import type { disconnectParticipantOperation } from './answers.ts';

const DISCONNECT_BUDGET_MS = 8_000;

export function disconnectParticipant(
  dependencies: LeavingDependencies,
): HandlerOf<typeof disconnectParticipantOperation> {
  return async c => {
    const { participantId } = c.req.valid('param');
    await disconnect(dependencies, callerOf(c), participantId, budgetOf(DISCONNECT_BUDGET_MS));
    return c.body(null, 204);
  };
}
