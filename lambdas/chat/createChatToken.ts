import { type ChatTokenDependencies, createChatToken as makeToken } from '../../domain/chat/tokens.ts';
import { budgetOf } from '../../ivs/budget.ts';
import { optionalCallerOf } from '../http/auth.ts';
import type { HandlerOf } from '../http/route.ts';
import type { createChatTokenRoute } from './routes.ts';

// Somebody looks at a chat that is not there yet.
const TOKEN_BUDGET_MS = 3_000;

export function createChatToken({
  chatEndpoint,
  ...dependencies
}: ChatTokenDependencies & { readonly chatEndpoint: string }): HandlerOf<typeof createChatTokenRoute> {
  return async c => {
    const { username } = c.req.valid('param');
    const budget = budgetOf(TOKEN_BUDGET_MS);
    const issued = await makeToken(dependencies, optionalCallerOf(c), username, budget);
    return c.json(
      {
        token: issued.token,
        tokenExpirationTime: issued.tokenExpiresAt,
        sessionExpirationTime: issued.sessionExpiresAt,
        endpoint: chatEndpoint,
        userId: issued.userId,
        role: issued.role,
        capabilities: [...issued.capabilities],
      },
      201,
    );
  };
}
