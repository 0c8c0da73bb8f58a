import type { RouteConfig } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import type { Limit } from '../../../domain/accounts/rateLimit.ts';
import type { Sessions } from '../../../domain/accounts/sessions.ts';
import type { StepUp } from '../../../domain/accounts/stepUp.ts';
import type { AnswerOnce } from '../../../domain/idempotency.ts';
import { type OperationId, routes } from '../../../model/routes.ts';
import { authenticated, optionallyAuthenticated, steppedUp, type TokenVerifier } from './auth.ts';
import type { HttpEnv } from './context.ts';
import { declaredBy } from './declarations.ts';
import { answeredOnce } from './idempotency.ts';
import { jsonBody } from './jsonBody.ts';
import { limited } from './limits.ts';

/** What stands between a request and the handler of its route. */
export interface Guards {
  readonly tokens: TokenVerifier;
  /** Counts what a caller does, and refuses what is too much. */
  readonly limit: Limit;
  /** Keeps the answers of creates by their `Idempotency-Key`, where there are creates. */
  readonly answerOnce: AnswerOnce | undefined;
  /** Tells whether a sign-in goes on, where there are answers that are sign-ins. */
  readonly sessions: Pick<Sessions, 'isGood'> | undefined;
  /** Looks the sign-in up, where there are routes that need more than a token. */
  readonly stepUp: StepUp | undefined;
}

/**
 * The middleware that keeps what a route's definition declares, in this order: who asks is found out, then
 * counted, then the body is read, then the sign-in is looked up, then a create that was answered before is answered from memory.
 *
 * @throws Error that names the operation when it needs guards and there are none.
 */
export function guardsOf(definition: RouteConfig, guards: Guards | undefined): MiddlewareHandler<HttpEnv>[] {
  const { method } = definition;
  const operation = operationOf(definition);
  const declared = declaredBy(definition);
  const { who, maxBodyBytes, isIdempotent, isCounted, answersSignIn } = declared;
  const body = maxBodyBytes === undefined ? [] : [jsonBody(maxBodyBytes)];
  if (who === 'none' && method === 'get' && !isCounted && !isIdempotent) return body;
  if (guards === undefined) throw new Error(`${operation} needs guards: give them to resourceApp`);
  const { answerOnce, sessions, stepUp } = guards;
  if (isIdempotent && answerOnce === undefined)
    throw new Error(`${operation} needs the table of idempotency keys`);
  if (declared.stepUp && stepUp === undefined) throw new Error(`${operation} needs the table of sign-ins`);
  if (answersSignIn && sessions === undefined) throw new Error(`${operation} needs the table of sign-ins`);
  return [
    ...(who === 'user' ? [authenticated(guards.tokens)] : []),
    ...(who === 'optional' ? [optionallyAuthenticated(guards.tokens)] : []),
    ...(isCounted ? [limited(guards.limit, operation)] : []),
    ...body,
    // Before answers that are kept: they may hold what only a proven caller may have.
    ...(declared.stepUp && stepUp !== undefined ? [steppedUp(stepUp, declared)] : []),
    ...(isIdempotent && answerOnce !== undefined
      ? [answeredOnce(answerOnce, operation, answersSignIn ? sessions : undefined)]
      : []),
  ];
}

function operationOf({ operationId = '' }: RouteConfig): OperationId {
  if (!isOperationId(operationId)) throw new Error(`there is no operation '${operationId}'`);
  return operationId;
}

const isOperationId = (id: string): id is OperationId => Object.hasOwn(routes, id);
