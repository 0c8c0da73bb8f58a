import { type ChatTokenDependencies, createChatToken as makeToken } from '../../../domain/chat/tokens.ts';
import { budgetOf } from '../../../ivs/budget.ts';
import { optionalCallerOf } from '../http/auth.ts';
import type { HandlerOf } from '../http/operation.ts';
import type { createChatTokenOperation } from './answers.ts';

// A user waits for the chat to open.
const TOKEN_BUDGET_MS = 3_000;

export function createChatToken({
  chatEndpoint,
  ...dependencies
}: ChatTokenDependencies & { readonly chatEndpoint: string }): HandlerOf<typeof createChatTokenOperation> {
  return async c => {
    const { username } = c.req.valid('param');
    const budget = budgetOf(TOKEN_BUDGET_MS);
    const issued = await makeToken(dependencies, optionalCallerOf(c), username, budget);
    return c.json(
      {
        token: issued.token,
        connectBefore: issued.tokenExpiresAt,
        // The official client opens its next connection, with a new token, shortly before this time. With
        // IVS's own value (one minute), every client would request a token every half minute, and IVS creates
        // 200 tokens per second at most. Only the connection has to be renewed when it is about to end.
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
