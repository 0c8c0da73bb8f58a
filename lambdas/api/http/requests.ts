import type { MiddlewareHandler } from 'hono';
import type { Log } from '../../../model/log.ts';
import * as z from '../../../model/zod.ts';
import type { HttpEnv } from './context.ts';
import { problemResponse } from './problem.ts';

// Hono passes the request context of the Lambda event as part of the environment.
const gateway = z.object({ requestContext: z.object({ requestId: z.string().check(z.minLength(1)) }) });

/** Gives each request an id, returns it to the client, and logs one line when the request is answered. */
export function requestLog(logger: Log): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const start = performance.now();
    const { data } = gateway.safeParse(c.env);
    const requestId = data?.requestContext.requestId ?? crypto.randomUUID();
    c.set('requestId', requestId);
    await next();
    c.res.headers.set('X-Request-Id', requestId);
    const { method, path } = c.req;
    // Only the path is logged, because a query may contain private data.
    logger.info('request', {
      requestId,
      method,
      path,
      status: c.res.status,
      durationMs: Math.round(performance.now() - start),
    });
  };
}

/** Rejects a URL that is not percent-encoded UTF-8. Hono would use it undecoded. */
export const requireUtf8Url: MiddlewareHandler<HttpEnv> = async (c, next) => {
  try {
    decodeURIComponent(c.req.url);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return problemResponse(c, { kind: 'malformed-request', detail: 'the URL is not percent-encoded UTF-8' });
  }
  return next();
};

/** Forbids caching of responses that do not set Cache-Control. */
export const noStoreByDefault: MiddlewareHandler<HttpEnv> = async (c, next) => {
  await next();
  if (!c.res.headers.has('Cache-Control')) c.res.headers.set('Cache-Control', 'no-store');
};
