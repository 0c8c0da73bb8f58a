import { type ChatTokenDependencies, createChatToken as makeToken } from '../../../domain/chat/tokens.ts';
import { budgetOf } from '../../../ivs/budget.ts';
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
        connectBefore: issued.tokenExpiresAt,
        // The official client opens its next connection, with a token of its own, shortly before what it is given under
        // this name. Given IVS's own, a minute, everybody in every room would ask for a token every half minute, of
        // the 200 a second that IVS makes. It is the connection that has to be renewed, when it is about to end.
        tokenExpirationTime: issued.sessionExpiresAt,
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
