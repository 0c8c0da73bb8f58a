import type { Context, MiddlewareHandler } from 'hono';
import { z } from 'zod';
import type { ProvenCaller, StepUp } from '../../../domain/accounts/stepUp.ts';
import type { Caller, TokenIssuer } from '../../../domain/accounts/tokens.ts';
import { UnauthenticatedError } from '../../../domain/errors.ts';
import { givenPassword } from '../../../model/password.ts';
import type { HttpEnv } from './context.ts';
import type { Declared } from './declarations.ts';

/** What checks access tokens. */
export type TokenVerifier = Pick<TokenIssuer, 'verify'>;

/** Lets only requests with a good access token through. The handler finds who asks with `callerOf`. */
export function authenticated(tokens: TokenVerifier): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const token = bearerToken(c);
    if (token === undefined) throw new UnauthenticatedError('nothing', 'this needs an access token');
    c.set('caller', await tokens.verify(token));
    return next();
  };
}

/** Lets requests without a token through as well. A token that is not good is refused all the same. */
export function optionallyAuthenticated(tokens: TokenVerifier): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const token = bearerToken(c);
    if (token !== undefined) c.set('caller', await tokens.verify(token));
    return next();
  };
}

/**
 * Who asks, on a route behind `authenticated`.
 * @throws Error on any other route: it would take everybody for nobody.
 */
export function callerOf(c: Pick<Context<HttpEnv>, 'get'>): Caller {
  const caller = c.get('caller');
  if (caller === undefined) throw new Error('the route is not behind authenticated()');
  return caller;
}

/** Who asks, on a route behind `optionallyAuthenticated`; undefined for a guest. */
export function optionalCallerOf(c: Pick<Context<HttpEnv>, 'get'>): Caller | undefined {
  return c.get('caller');
}

const withPassword = z.object({ currentPassword: givenPassword });

/**
 * Lets only callers through whose sign-in goes on and who have proved the password: the handler finds them with
 * `provenOf`. On a route for which the deletion may have begun, users who are being deleted come through unproven.
 */
export function steppedUp(
  stepUp: StepUp,
  { maxBodyBytes, stepUp: when }: Declared,
): MiddlewareHandler<HttpEnv> {
  const prove = when === 'until-deletion' ? stepUp.proveUnlessDeleted : stepUp.prove;
  return async (c, next) => {
    // A value of the wrong form is refused with the other values, once the caller is proven.
    const given = maxBodyBytes === undefined ? undefined : withPassword.safeParse(await c.req.json()).data;
    c.set('proven', await prove(callerOf(c), given?.currentPassword));
    return next();
  };
}

/**
 * Who asks, on a route with a step-up.
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
    throw new UnauthenticatedError('token', 'Authorization: must be Bearer and an access token');
  return token;
}
