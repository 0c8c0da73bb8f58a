import type { Context, MiddlewareHandler } from 'hono';
import type { CountedCaller, Limit } from '../../../domain/accounts/rateLimit.ts';
import type { Networks } from '../../../model/rateLimit.ts';
import type { OperationId } from '../../../model/routes.ts';
import * as z from '../../../model/zod.ts';
import { networksOf } from './address.ts';
import { optionalCallerOf } from './auth.ts';
import type { HttpEnv } from './context.ts';

/**
 * Rejects a caller above the rate limit. Users are counted by id on routes that identify users, all other
 * callers by address.
 */
export function rateLimited(limit: Limit, operation: OperationId): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    await limit(operation, countedCaller(c));
    return next();
  };
}

/** Returns the identity that a request is counted under: the user, or the networks of a guest. */
export function countedCaller(c: Context<HttpEnv>): CountedCaller {
  const caller = optionalCallerOf(c);
  return caller === undefined ? { networks: networksFrom(c) } : { userId: caller.userId };
}

/** Returns the networks that a request came from. */
export const networksFrom = (c: Context<HttpEnv>): Networks => networksOf(addressOf(c));

/** The network whose wrong passwords are counted together. */
export function guessingNetwork(c: Context<HttpEnv>): string {
  const { site, address } = networksFrom(c);
  return site ?? address;
}

// The address comes from the server's connection, because a client can forge headers.
const gateway = z.object({
  requestContext: z.object({ http: z.object({ sourceIp: z.string().check(z.minLength(1)) }) }),
});
const node = z.object({
  incoming: z.object({ socket: z.object({ remoteAddress: z.string().check(z.minLength(1)) }) }),
});

/**
 * Returns the address that a request came from. Requests without a connection, as in tests, share the address
 * `nowhere`.
 */
function addressOf(c: Context<HttpEnv>): string {
  return (
    gateway.safeParse(c.env).data?.requestContext.http.sourceIp ??
    node.safeParse(c.env).data?.incoming.socket.remoteAddress ??
    'nowhere'
  );
}
