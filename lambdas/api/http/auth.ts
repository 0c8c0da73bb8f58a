import type { Context, MiddlewareHandler } from 'hono';
import type { CheckSignIn } from '../../../domain/accounts/signInChecks.ts';
import type { ProvenCaller, StepUp } from '../../../domain/accounts/stepUp.ts';
import type { Caller, TokenIssuer } from '../../../domain/accounts/tokens.ts';
import { UnauthenticatedError } from '../../../domain/errors.ts';
import { passwordToVerify } from '../../../model/password.ts';
import * as z from '../../../model/zod.ts';
import type { HttpEnv } from './context.ts';
import type { Route } from './route.ts';

/** The part of the token issuer that verifies access tokens. */
export type TokenVerifier = Pick<TokenIssuer, 'verify'>;

/**
 * Rejects requests without a valid access token. The handler reads the caller with `callerOf`.
 *
 * @param checkSignIn refuses a token whose sign-in has ended
 */
export function authenticated(tokens: TokenVerifier, checkSignIn?: CheckSignIn): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const token = bearerToken(c);
    if (token === undefined)
      throw new UnauthenticatedError(
        'nothing',
        'this request needs an access token: send Authorization: Bearer <token>',
      );
    const caller = await tokens.verify(token);
    await checkSignIn?.(caller);
    c.set('caller', caller);
    return next();
  };
}

/** Accepts requests without an access token. A token that is not valid, or whose sign-in has ended, is rejected. */
export function optionallyAuthenticated(
  tokens: TokenVerifier,
  checkSignIn: CheckSignIn,
): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const token = bearerToken(c);
    if (token === undefined) return next();
    const caller = await tokens.verify(token);
    await checkSignIn(caller);
    c.set('caller', caller);
    return next();
  };
}

/**
 * Returns the caller on a route behind `authenticated`.
 * @throws Error on any other route, where it would treat every user as a guest.
 */
export function callerOf(c: Pick<Context<HttpEnv>, 'get'>): Caller {
  const caller = c.get('caller');
  if (caller === undefined) throw new Error('the route is not behind authenticated()');
  return caller;
}

/** Returns the caller on a route behind `optionallyAuthenticated`, or undefined for a guest. */
export function optionalCallerOf(c: Pick<Context<HttpEnv>, 'get'>): Caller | undefined {
  return c.get('caller');
}

const withPassword = z.object({ currentPassword: passwordToVerify });

/**
 * Rejects callers whose sign-in has ended or whose password was not confirmed recently. The handler reads the
 * caller with `provenOf`. With `until-deletion`, a user whose deletion has begun is accepted without
 * confirmation.
 */
export function requireStepUp(
  stepUp: StepUp,
  { body: accepted, stepUp: when }: Route,
): MiddlewareHandler<HttpEnv> {
  const prove = when === 'until-deletion' ? stepUp.proveIfUserExists : stepUp.prove;
  return async (c, next) => {
    // The route's schema rejects a value of the wrong form later, after this check.
    const body = accepted === undefined ? undefined : withPassword.safeParse(await c.req.json()).data;
    c.set('proven', await prove(callerOf(c), body?.currentPassword));
    return next();
  };
}

/**
 * Returns the caller on a route that declares `stepUp`.
 * @throws Error on any other route.
 */
export function provenOf(c: Pick<Context<HttpEnv>, 'get'>): ProvenCaller {
  const proven = c.get('proven');
  if (proven === undefined) throw new Error('the route does not declare stepUp');
  return proven;
}

// RFC 6750 section 2.1. The scheme's case does not matter (RFC 9110 section 11.1).
const bearer = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i;

function bearerToken(c: Context<HttpEnv>): string | undefined {
  const header = c.req.header('authorization');
  if (header === undefined) return undefined;
  const [, token] = bearer.exec(header) ?? [];
  if (token === undefined)
    throw new UnauthenticatedError('token', 'Authorization: must be "Bearer" followed by an access token');
  return token;
}
