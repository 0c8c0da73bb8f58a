import { type JoiningDependencies, joinStage, type StageAccess } from '../../../domain/stages/joining.ts';
import { budgetOf } from '../../../ivs/budget.ts';
import { optionalCallerOf } from '../http/auth.ts';
import type { HandlerOf } from '../http/route.ts';
import type { createStageTokenRoute } from './routes.ts';
import type { StageTokenBody } from './schemas.ts';

const JOIN_BUDGET_MS = 5_000;

export function createStageToken(dependencies: JoiningDependencies): HandlerOf<typeof createStageTokenRoute> {
  return async c => {
    const { username } = c.req.valid('param');
    const access = await joinStage(dependencies, optionalCallerOf(c), username, budgetOf(JOIN_BUDGET_MS));
    return c.json(shape(access), 201, { 'Cache-Control': 'no-store' });
  };
}

function shape({ token, participantId, expiresAt, capabilities }: StageAccess): StageTokenBody {
  return { token, participantId, expiresAt, capabilities: [...capabilities] };
}
