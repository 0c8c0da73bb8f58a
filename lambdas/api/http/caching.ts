import { createHash } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { compress } from 'hono/compress';
import { etag, RETAINED_304_HEADERS } from 'hono/etag';
import { type RouteSpec, routes } from '../../../model/routes.ts';
import { optionalCallerOf } from './auth.ts';
import type { HttpEnv } from './context.ts';
import type { AuthMode, Caching, Route } from './route.ts';

// Set before the handler runs, so a 304 must keep them: CORS applies to a 304 too.
const keptHeaders = ['Access-Control-Allow-Origin', 'Access-Control-Expose-Headers', 'X-Request-Id'];

/**
 * Creates what a read needs so that it is sent only when it has changed: gzip, and for a public read
 * Cache-Control, ETag and 304. The ETag is a hash of the body. Most answers come from indexes, which contain
 * no version. Where the token is optional, an answer for a user is for this user's browser only.
 *
 * An answer that contains a secret is not compressed, because its size could reveal the secret (BREACH).
 */
export function cachingOf({ id, auth, cache, stepUp }: Route): MiddlewareHandler<HttpEnv>[] {
  const { method }: RouteSpec = routes[id];
  if (method !== 'get' || stepUp !== undefined) return [];
  if (cache === undefined) return [compress()];
  return [
    compress(),
    etag({ weak: true, generateDigest, retainedHeaders: [...RETAINED_304_HEADERS, ...keptHeaders] }),
    mayBeCached(cache, auth),
  ];
}

// Synchronous, because handing a short body to another thread takes longer than its hash.
const generateDigest = (body: Uint8Array) => Uint8Array.from(createHash('sha1').update(body).digest()).buffer;

function mayBeCached({ cdn, browser }: Caching, auth: AuthMode): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    await next();
    if (!c.res.ok) return;
    const isForAll = optionalCallerOf(c) === undefined;
    c.header(
      'Cache-Control',
      isForAll ? `public, max-age=${browser}, s-maxage=${cdn}` : `private, max-age=${browser}`,
    );
    // Without it, a cache would send a guest's answer to a user.
    if (auth === 'optional') c.header('Vary', 'Authorization', { append: true });
  };
}
