import { type JoiningDependencies, joinStage, type StageAccess } from '../../../domain/stages/joining.ts';
import { budgetOf } from '../../../ivs/budget.ts';
import { optionalCallerOf } from '../http/auth.ts';
import type { HandlerOf } from '../http/operation.ts';
import type { createStageTokenOperation, StageTokenBody } from './answers.ts';

const JOIN_BUDGET_MS = 5_000;

export function createStageToken(
  dependencies: JoiningDependencies,
): HandlerOf<typeof createStageTokenOperation> {
  return async c => {
    const { username } = c.req.valid('param');
    const access = await joinStage(dependencies, optionalCallerOf(c), username, budgetOf(JOIN_BUDGET_MS));
    return c.json(shape(access), 201, { 'Cache-Control': 'no-store' });
  };
}

function shape({ token, participantId, expiresAt, capabilities }: StageAccess): StageTokenBody {
  return { token, participantId, expiresAt, capabilities: [...capabilities] };
}
