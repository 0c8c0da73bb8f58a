import { listInvitations as readInvitations } from '../../../domain/stages/guestList.ts';
import { type InvitingDependencies, inviteGuest } from '../../../domain/stages/inviting.ts';
import {
  type LeavingDependencies,
  leaveStage as leave,
  withdrawInvitation as withdraw,
} from '../../../domain/stages/leaving.ts';
import { budgetOf } from '../../../ivs/budget.ts';
import type { StageInvitation } from '../../../model/stage.ts';
import { callerOf } from '../http/auth.ts';
import type { HandlerOf } from '../http/operation.ts';
import type {
  inviteToStageOperation,
  leaveStageOperation,
  listStageInvitationsOperation,
  StageInvitationBody,
  withdrawInvitationOperation,
} from './answers.ts';

const INVITE_BUDGET_MS = 8_000;
const WITHDRAW_BUDGET_MS = 8_000;

export function listStageInvitations(
  dependencies: Pick<InvitingDependencies, 'database' | 'clock'>,
): HandlerOf<typeof listStageInvitationsOperation> {
  return async c => {
    const listed = await readInvitations(dependencies, callerOf(c));
    const items = listed.map(({ invitation, isPublishing }) => ({ ...shape(invitation), isPublishing }));
    return c.json({ items }, 200);
  };
}

export function inviteToStage(dependencies: InvitingDependencies): HandlerOf<typeof inviteToStageOperation> {
  return async c => {
    const { username } = c.req.valid('param');
    const budget = budgetOf(INVITE_BUDGET_MS);
    const invitation = await inviteGuest(dependencies, callerOf(c), username, budget);
    return c.json(shape(invitation), 200);
  };
}

export function withdrawInvitation(
  dependencies: LeavingDependencies,
): HandlerOf<typeof withdrawInvitationOperation> {
  return async c => {
    const { username } = c.req.valid('param');
    await withdraw(dependencies, callerOf(c), username, budgetOf(WITHDRAW_BUDGET_MS));
    return c.body(null, 204);
  };
}

export function leaveStage(dependencies: LeavingDependencies): HandlerOf<typeof leaveStageOperation> {
  return async c => {
    const { username } = c.req.valid('param');
    await leave(dependencies, callerOf(c), username, budgetOf(WITHDRAW_BUDGET_MS));
    return c.body(null, 204);
  };
}

function shape({
  userId,
  username,
  participantId,
  invitedAt,
  expiresAt,
}: StageInvitation): StageInvitationBody {
  return { guest: { userId, username }, participantId, invitedAt, expiresAt };
}
