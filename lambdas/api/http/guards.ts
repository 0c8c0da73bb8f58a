import type { RouteConfig } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import type { Limit } from '../../../domain/accounts/rateLimit.ts';
import type { Sessions } from '../../../domain/accounts/sessions.ts';
import type { StepUp } from '../../../domain/accounts/stepUp.ts';
import type { AnswerOnce } from '../../../domain/idempotency.ts';
import { type OperationId, routes } from '../../../model/routes.ts';
import { authenticated, optionallyAuthenticated, requireStepUp, type TokenVerifier } from './auth.ts';
import type { HttpEnv } from './context.ts';
import { declaredBy } from './declarations.ts';
import { replayStoredAnswer } from './idempotency.ts';
import { jsonBody } from './jsonBody.ts';
import { rateLimited } from './limits.ts';

/** The services that the middleware of a route uses before its handler runs. */
export interface Guards {
  readonly tokens: TokenVerifier;
  /** Counts a caller's requests and rejects those above the limit. */
  readonly limit: Limit;
  /** Stores responses by their `Idempotency-Key`. Undefined for a resource without idempotent routes. */
  readonly answerOnce: AnswerOnce | undefined;
  /** Checks whether a sign-in is active. Undefined for a resource whose routes return no sign-in. */
  readonly sessions: Pick<Sessions, 'isGood'> | undefined;
  /** Verifies the sign-in and the password. Undefined for a resource without step-up routes. */
  readonly stepUp: StepUp | undefined;
}

/**
 * Returns the middleware that enforces the declarations of a route, in this order: authenticate, count, read
 * the body, check the step-up, replay a stored response.
 *
 * @throws Error that names the operation when it needs guards that are missing.
 */
export function guardsOf(definition: RouteConfig, guards: Guards | undefined): MiddlewareHandler<HttpEnv>[] {
  const { method } = definition;
  const operation = operationOf(definition);
  const declared = declaredBy(definition);
  const { who, maxBodyBytes, isIdempotent, isCounted, answersSignIn } = declared;
  const body = maxBodyBytes === undefined ? [] : [jsonBody(maxBodyBytes)];
  if (who === 'none' && method === 'get' && !isCounted && !isIdempotent) return body;
  if (guards === undefined) throw new Error(`${operation} needs guards: pass them to resourceApp`);
  const { answerOnce, sessions, stepUp } = guards;
  if (isIdempotent && answerOnce === undefined)
    throw new Error(`${operation} needs the table of idempotency keys`);
  if (declared.stepUp && stepUp === undefined) throw new Error(`${operation} needs the table of sign-ins`);
  if (answersSignIn && sessions === undefined) throw new Error(`${operation} needs the table of sign-ins`);
  return [
    ...(who === 'user' ? [authenticated(guards.tokens)] : []),
    ...(who === 'optional' ? [optionallyAuthenticated(guards.tokens)] : []),
    ...(isCounted ? [rateLimited(guards.limit, operation)] : []),
    ...body,
    // Before the replay of stored responses, because they may contain data for a proven caller only.
    ...(declared.stepUp && stepUp !== undefined ? [requireStepUp(stepUp, declared)] : []),
    ...(isIdempotent && answerOnce !== undefined
      ? [replayStoredAnswer(answerOnce, operation, answersSignIn ? sessions : undefined)]
      : []),
  ];
}

function operationOf({ operationId = '' }: RouteConfig): OperationId {
  if (!isOperationId(operationId)) throw new Error(`there is no operation '${operationId}'`);
  return operationId;
}

const isOperationId = (id: string): id is OperationId => Object.hasOwn(routes, id);
