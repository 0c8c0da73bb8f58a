import { deleteMessage, type MessageDependencies } from '../../../domain/chat/messages.ts';
import { budgetOf } from '../../../ivs/budget.ts';
import { callerOf } from '../http/auth.ts';
import type { HandlerOf } from '../http/operation.ts';
import type { deleteChatMessageOperation } from './answers.ts';

const DELETE_BUDGET_MS = 5_000;

export function deleteChatMessage(
  dependencies: MessageDependencies,
): HandlerOf<typeof deleteChatMessageOperation> {
  return async c => {
    const deletion = { ...c.req.valid('param'), ...c.req.valid('query') };
    await deleteMessage(dependencies, callerOf(c), deletion, budgetOf(DELETE_BUDGET_MS));
    return c.body(null, 204);
  };
}
