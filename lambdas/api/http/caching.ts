import { createHash } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { compress } from 'hono/compress';
import { etag } from 'hono/etag';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { type RouteSpec, routes } from '../../../model/routes.ts';
import { optionalCallerOf } from './auth.ts';
import type { HttpEnv } from './context.ts';
import type { AuthMode, Caching, Route } from './route.ts';

/**
 * Creates what a read needs so that it is sent only when it has changed: gzip, and for a public read
 * Cache-Control, ETag and 304. The ETag is a hash of the body. Most answers come from indexes, which contain
 * no version. Where the token is optional, an answer for a user is for this user's browser only.
 *
 * `compress` leaves out answers of less than 1 kB, which gzip would make longer, if it knows their length.
 *
 * An answer that contains a secret is not compressed, because its size could reveal the secret (BREACH).
 */
export function cachingOf({ id, auth, cache, stepUp }: Route): MiddlewareHandler<HttpEnv>[] {
  const { method }: RouteSpec = routes[id];
  if (method !== 'get' || stepUp !== undefined) return [];
  if (cache === undefined) return [compress(), describeBody(lengthOf)];
  return [
    compress(),
    etag(),
    mayBeCached(cache, auth),
    describeBody(text => ({
      ...lengthOf(text),
      ETag: `W/"${createHash('sha1').update(text).digest('hex')}"`,
    })),
  ];
}

const lengthOf = (text: string) => ({ 'Content-Length': String(Buffer.byteLength(text)) });

/**
 * Makes `c.json` add headers that follow from the text. Reading the text back from the response, as `etag`
 * does when there is no ETag, takes longer than everything else that is done with an answer.
 */
const describeBody =
  (headersOf: (text: string) => Record<string, string>): MiddlewareHandler<HttpEnv> =>
  (c, next) => {
    const json = (value: object, status: ContentfulStatusCode): Response => {
      const text = JSON.stringify(value);
      return c.body(text, status, { 'Content-Type': 'application/json', ...headersOf(text) });
    };
    c.json = json as Context['json'];
    return next();
  };

function mayBeCached({ cdn, browser }: Caching, auth: AuthMode): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    await next();
    if (!c.res.ok) return;
    const isForAll = optionalCallerOf(c) === undefined;
    // Not `c.header`, which would create another Response and read the body from the first.
    c.res.headers.set(
      'Cache-Control',
      isForAll ? `public, max-age=${browser}, s-maxage=${cdn}` : `private, max-age=${browser}`,
    );
    // Without it, a cache would send a guest's answer to a user.
    if (auth === 'optional') c.res.headers.append('Vary', 'Authorization');
  };
}
