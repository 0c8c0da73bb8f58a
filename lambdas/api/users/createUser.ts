import type { Sessions } from '../../../domain/accounts/sessions.ts';
import type { signUp } from '../../../domain/accounts/signUp.ts';
import { budgetOf } from '../../../ivs/budget.ts';
import { guessingNetwork } from '../http/limits.ts';
import type { HandlerOf } from '../http/operation.ts';
import { signInOriginOf } from '../http/signInOrigin.ts';
import { shapeSignedIn } from '../sessions/signedInShape.ts';
import type { createUserOperation } from './answers.ts';

/**
 * How long a sign-up retries while IVS is busy. The function has 20 seconds, and the last call may need 5.
 */
const SIGN_UP_BUDGET_MS = 12_000;

export function createUser(
  create: ReturnType<typeof signUp>,
  sessions: Pick<Sessions, 'start'>,
): HandlerOf<typeof createUserOperation> {
  return async c => {
    const credentials = { ...c.req.valid('json'), network: await guessingNetwork(c) };
    const { user } = await create(credentials, budgetOf(SIGN_UP_BUDGET_MS));
    return c.json(shapeSignedIn(await sessions.start(user, await signInOriginOf(c))), 201);
  };
}
