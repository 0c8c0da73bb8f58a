import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { HttpEnv } from './context.ts';
import { problemResponse } from './problem.ts';

/** The longest body that is read, in bytes. The largest that a route takes, a full list of blocked terms, is just below it. */
export const MAX_BODY_BYTES = 16 * 1024;

const withinLimit = bodyLimit({
  maxSize: MAX_BODY_BYTES,
  onError: c =>
    problemResponse(c, { kind: 'payload-too-large', detail: `a body has at most ${MAX_BODY_BYTES} bytes` }),
});

/** Lets a request through whose body is JSON, UTF-8, and no longer than `MAX_BODY_BYTES`. */
export const jsonBody: MiddlewareHandler<HttpEnv> = async (c, next) => {
  // The essence alone: a charset may be named, and JSON has only one (RFC 8259 section 8.1).
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    const detail = 'Content-Type: must be application/json';
    return problemResponse(c, { kind: 'unsupported-media-type', detail });
  }
  return withinLimit(c, async () => {
    try {
      await c.req.json();
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      c.res = problemResponse(c, { kind: 'malformed-request', detail: 'the body is not JSON' });
      return;
    }
    await next();
  });
};
