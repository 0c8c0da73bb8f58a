import type { Context, MiddlewareHandler } from 'hono';
import { z } from 'zod';
import type { CountedCaller, Limit } from '../../../domain/accounts/rateLimit.ts';
import type { Networks } from '../../../model/rateLimit.ts';
import type { OperationId } from '../../../model/routes.ts';
import { networksOf } from './address.ts';
import { optionalCallerOf } from './auth.ts';
import type { HttpEnv } from './context.ts';

/** Refuses a caller that does too much: a user on a route that knows users, else an address. */
export function limited(limit: Limit, operation: OperationId): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    await limit(operation, countedCaller(c));
    return next();
  };
}

/** Whose requests a request is counted with: the user's, or those of guests from the same networks. */
export function countedCaller(c: Context<HttpEnv>): CountedCaller {
  const caller = optionalCallerOf(c);
  return caller === undefined ? { networks: networksFrom(c) } : { userId: caller.userId };
}

/** The networks a request came from. */
export const networksFrom = (c: Context<HttpEnv>): Networks => networksOf(addressOf(c));

/** The network whose wrong passwords are counted together. */
export function guessingNetwork(c: Context<HttpEnv>): string {
  const { site, address } = networksFrom(c);
  return site ?? address;
}

// What the server that took the request says of it: a header would be the client's own word.
const gateway = z.object({ requestContext: z.object({ http: z.object({ sourceIp: z.string().min(1) }) }) });
const node = z.object({ incoming: z.object({ socket: z.object({ remoteAddress: z.string().min(1) }) }) });

/** The address a request came from. All that come from nowhere, as a test's do, share one. */
function addressOf(c: Context<HttpEnv>): string {
  return (
    gateway.safeParse(c.env).data?.requestContext.http.sourceIp ??
    node.safeParse(c.env).data?.incoming.socket.remoteAddress ??
    'nowhere'
  );
}
