import type { CursorCodec } from '../../../domain/cursors.ts';
import {
  type AnsweringDependencies,
  declineRequest,
  type ListedStageRequest,
  listRequests,
} from '../../../domain/stages/answering.ts';
import {
  requestStage as ask,
  getOwnRequest,
  type RequestingDependencies,
  type RequestState,
  withdrawRequest,
} from '../../../domain/stages/requesting.ts';
import { callerOf } from '../http/auth.ts';
import { shapeCard } from '../http/card.ts';
import { shapeList } from '../http/lists.ts';
import type { HandlerOf } from '../http/operation.ts';
import type {
  declineStageRequestOperation,
  getStageRequestOperation,
  ListedStageRequestBody,
  listStageRequestsOperation,
  requestStageOperation,
  StageRequestBody,
  withdrawStageRequestOperation,
} from './answers.ts';

export function requestStage(dependencies: RequestingDependencies): HandlerOf<typeof requestStageOperation> {
  return async c => {
    const state = await ask(dependencies, callerOf(c), c.req.valid('param').username);
    return c.json(shapeState(state), 200);
  };
}

export function getStageRequest(
  dependencies: RequestingDependencies,
): HandlerOf<typeof getStageRequestOperation> {
  return async c => {
    const state = await getOwnRequest(dependencies, callerOf(c), c.req.valid('param').username);
    return c.json(shapeState(state), 200);
  };
}

export function withdrawStageRequest(
  dependencies: RequestingDependencies,
): HandlerOf<typeof withdrawStageRequestOperation> {
  return async c => {
    await withdrawRequest(dependencies, callerOf(c), c.req.valid('param').username);
    return c.body(null, 204);
  };
}

export function listStageRequests(
  dependencies: AnsweringDependencies & { readonly cursors: CursorCodec; readonly recordingsUrl: string },
): HandlerOf<typeof listStageRequestsOperation> {
  return async c => {
    const list = await listRequests(dependencies, dependencies.cursors, callerOf(c), c.req.valid('query'));
    return c.json(
      shapeList(list, request => shapeRequest(request, dependencies.recordingsUrl)),
      200,
    );
  };
}

export function declineStageRequest(
  dependencies: AnsweringDependencies,
): HandlerOf<typeof declineStageRequestOperation> {
  return async c => {
    await declineRequest(dependencies, callerOf(c), c.req.valid('param').username);
    return c.body(null, 204);
  };
}

function shapeState(request: RequestState): StageRequestBody {
  const { state } = request;
  if (state === 'none') return { state, requestedAt: null, expiresAt: null };
  const { expiresAt } = request;
  return { state, requestedAt: state === 'invited' ? null : request.requestedAt, expiresAt };
}

function shapeRequest(
  { user, requestedAt, expiresAt }: ListedStageRequest,
  recordingsUrl: string,
): ListedStageRequestBody {
  const { id, username } = user;
  return { user: { id, username, ...shapeCard(user, recordingsUrl) }, requestedAt, expiresAt };
}
