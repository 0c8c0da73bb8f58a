import type { Context, MiddlewareHandler } from 'hono';
import type { CountedCaller, Limit } from '../../../domain/accounts/rateLimit.ts';
import { ORIGIN_SECRET_HEADER, VIEWER_ADDRESS_HEADER } from '../../../model/originSecret.ts';
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
    await limit(operation, await countedCaller(c));
    return next();
  };
}

/** Returns the identity that a request is counted under: the user, or the networks of a guest. */
export async function countedCaller(c: Context<HttpEnv>): Promise<CountedCaller> {
  const caller = optionalCallerOf(c);
  return caller === undefined ? { networks: await networksFrom(c) } : { userId: caller.userId };
}

/** Returns the networks that a request came from. */
export async function networksFrom(c: Context<HttpEnv>): Promise<Networks> {
  return networksOf((await viewerAddress(c)) ?? connectionAddress(c));
}

/** The network whose wrong passwords are counted together. */
export async function guessingNetwork(c: Context<HttpEnv>): Promise<string> {
  const { site, address } = await networksFrom(c);
  return site ?? address;
}

/**
 * Returns the address that CloudFront states, if the request proves that it came through CloudFront. A client can
 * forge the header itself.
 */
async function viewerAddress(c: Context<HttpEnv>): Promise<string | undefined> {
  const isOriginSecret = c.get('isOriginSecret');
  const secret = c.req.header(ORIGIN_SECRET_HEADER);
  if (isOriginSecret === undefined || secret === undefined || !(await isOriginSecret(secret)))
    return undefined;
  return /^\[?([\da-f:.]+?)\]?:\d+$/i.exec(c.req.header(VIEWER_ADDRESS_HEADER) ?? '')?.[1];
}

const gateway = z.object({
  requestContext: z.object({ http: z.object({ sourceIp: z.string().check(z.minLength(1)) }) }),
});
const node = z.object({
  incoming: z.object({ socket: z.object({ remoteAddress: z.string().check(z.minLength(1)) }) }),
});

/**
 * Returns the address of the client's connection to the server. Requests without a connection, as in tests, share the
 * address `nowhere`.
 */
function connectionAddress(c: Context<HttpEnv>): string {
  return (
    gateway.safeParse(c.env).data?.requestContext.http.sourceIp ??
    node.safeParse(c.env).data?.incoming.socket.remoteAddress ??
    'nowhere'
  );
}
