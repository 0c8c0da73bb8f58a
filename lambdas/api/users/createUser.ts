import type { Sessions } from '../../../domain/accounts/sessions.ts';
import type { signUp } from '../../../domain/accounts/signUp.ts';
import { budgetOf } from '../../../ivs/budget.ts';
import { guessingNetwork } from '../http/limits.ts';
import type { HandlerOf } from '../http/route.ts';
import { shapeSignedIn } from '../sessions/schemas.ts';
import type { createUserRoute } from './routes.ts';

/** How long IVS may take to have room. The function has 20 seconds, of which the last call may need 5. */
const SIGN_UP_BUDGET_MS = 12_000;

export function createUser(
  create: ReturnType<typeof signUp>,
  sessions: Pick<Sessions, 'start'>,
): HandlerOf<typeof createUserRoute> {
  return async c => {
    const credentials = { ...c.req.valid('json'), network: guessingNetwork(c) };
    const { user } = await create(credentials, budgetOf(SIGN_UP_BUDGET_MS));
    return c.json(shapeSignedIn(await sessions.start(user)), 201);
  };
}
