import { deleteMessage, type MessageDependencies } from '../../../domain/chat/messages.ts';
import { budgetOf } from '../../../ivs/budget.ts';
import { callerOf } from '../http/auth.ts';
import type { HandlerOf } from '../http/route.ts';
import type { deleteChatMessageRoute } from './routes.ts';

const DELETE_BUDGET_MS = 5_000;

export function deleteChatMessage(
  dependencies: MessageDependencies,
): HandlerOf<typeof deleteChatMessageRoute> {
  return async c => {
    await deleteMessage(dependencies, callerOf(c), c.req.valid('param'), budgetOf(DELETE_BUDGET_MS));
    return c.body(null, 204);
  };
}
