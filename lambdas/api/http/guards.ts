import type { MiddlewareHandler } from 'hono';
import type { Limit } from '../../../domain/accounts/rateLimit.ts';
import type { Sessions } from '../../../domain/accounts/sessions.ts';
import type { CheckSignIn } from '../../../domain/accounts/signInChecks.ts';
import type { StepUp } from '../../../domain/accounts/stepUp.ts';
import type { AnswerOnce } from '../../../domain/idempotency.ts';
import { type RouteSpec, routes } from '../../../model/routes.ts';
import { authenticated, optionallyAuthenticated, requireStepUp, type TokenVerifier } from './auth.ts';
import type { HttpEnv, IsOriginSecret } from './context.ts';
import { hasName, type NewNameOf, redirectFormerNames } from './formerNames.ts';
import { replayStoredAnswer } from './idempotency.ts';
import { jsonBody, MAX_BODY_BYTES } from './jsonBody.ts';
import { rateLimited } from './limits.ts';
import { isCounted, isOfSignIn, type Route } from './route.ts';

/** The services that the middleware of a route uses before its handler runs. */
export interface Guards {
  readonly tokens: TokenVerifier;
  /** Refuses tokens of sign-ins that have ended. Undefined for a resource whose routes need no token. */
  readonly checkSignIn: CheckSignIn | undefined;
  /** Proves that a request came through CloudFront. Undefined where no CloudFront is in front of the API. */
  readonly isOriginSecret?: IsOriginSecret | undefined;
  /** Counts a caller's requests and rejects those above the limit. */
  readonly limit: Limit;
  /** Stores responses by their `Idempotency-Key`. Undefined for a resource without idempotent routes. */
  readonly answerOnce: AnswerOnce | undefined;
  /** Checks whether a sign-in is active. Undefined for a resource whose routes return no sign-in. */
  readonly sessions: Pick<Sessions, 'isGood'> | undefined;
  /** Finds users by their former names. Undefined for a resource without names in its paths. */
  readonly newNameOf: NewNameOf | undefined;
  /**
   * Keeps the refresh token in a cookie for browsers that ask for it. Undefined for a resource whose routes neither
   * return nor end a sign-in.
   */
  readonly refreshCookie: ((route: Route) => MiddlewareHandler<HttpEnv>) | undefined;
  /** Verifies the sign-in and the password. Undefined for a resource without step-up routes. */
  readonly stepUp: StepUp | undefined;
}

/**
 * Returns the middleware that enforces what `route` accepts, in this order: authenticate, count, read the
 * body, exchange cookies and bodies, check the step-up, replay a stored response. What comes before them redirects former names afterwards.
 *
 * @throws Error that names the operation when it needs guards that are missing.
 */
export function guardsOf(route: Route, guards: Guards | undefined): MiddlewareHandler<HttpEnv>[] {
  const { id, auth, body, maxBodyBytes = MAX_BODY_BYTES, idempotent, answersSignIn } = route;
  const { method }: RouteSpec = routes[id];
  const bodyReader = body === undefined ? [] : [jsonBody(maxBodyBytes)];
  if (auth === 'none' && method === 'get' && !isCounted(route) && !idempotent && !hasName(route))
    return bodyReader;
  if (guards === undefined) throw new Error(`${id} needs guards: pass them to resourceApp`);
  const { answerOnce, sessions, stepUp, newNameOf, refreshCookie, checkSignIn } = guards;
  if (idempotent && answerOnce === undefined) throw new Error(`${id} needs the table of idempotency keys`);
  if (auth !== 'none' && checkSignIn === undefined) throw new Error(`${id} needs the table of sign-ins`);
  // A step-up reads the sign-in itself. A sign-in that has ended can be ended again.
  const isChecked = !route.stepUp && route.ends === undefined;
  if (route.stepUp && stepUp === undefined) throw new Error(`${id} needs the table of sign-ins`);
  if (answersSignIn && sessions === undefined) throw new Error(`${id} needs the table of sign-ins`);
  if (isOfSignIn(route) && refreshCookie === undefined)
    throw new Error(`${id} needs the cookies of sign-ins`);
  if (hasName(route) && newNameOf === undefined) throw new Error(`${id} needs the table of usernames`);
  return [
    ...(guards.isOriginSecret === undefined ? [] : [knowsOrigin(guards.isOriginSecret)]),
    ...(hasName(route) && newNameOf !== undefined ? [redirectFormerNames(route, newNameOf)] : []),
    ...(auth === 'user' ? [authenticated(guards.tokens, isChecked ? checkSignIn : undefined)] : []),
    ...(auth === 'optional' && checkSignIn !== undefined
      ? [optionallyAuthenticated(guards.tokens, checkSignIn)]
      : []),
    ...(isCounted(route) ? [rateLimited(guards.limit, id)] : []),
    ...bodyReader,
    ...(isOfSignIn(route) && refreshCookie !== undefined ? [refreshCookie(route)] : []),
    // Before the replay of stored responses, because they may contain data for a proven caller only.
    ...(route.stepUp && stepUp !== undefined ? [requireStepUp(stepUp, route)] : []),
    ...(idempotent && answerOnce !== undefined
      ? [replayStoredAnswer(answerOnce, id, answersSignIn ? sessions : undefined)]
      : []),
  ];
}

/** Passes the check of the origin secret to `networksFrom`, which needs it for some requests only. */
function knowsOrigin(isOriginSecret: IsOriginSecret): MiddlewareHandler<HttpEnv> {
  return (c, next) => {
    c.set('isOriginSecret', isOriginSecret);
    return next();
  };
}
