import { type Handler, Hono } from 'hono';
import { cors } from 'hono/cors';
import { secureHeaders } from 'hono/secure-headers';
import type { Log } from '../../../model/log.ts';
import { type RouteSpec, routes } from '../../../model/routes.ts';
import { allMethods, allowedMethods } from './allowedMethods.ts';
import { cachingOf } from './caching.ts';
import type { HttpApp, HttpEnv } from './context.ts';
import { type Guards, guardsOf } from './guards.ts';
import type { HandlerOf, Operation } from './operation.ts';
import { nothingHere, problemResponse } from './problem.ts';
import { noStoreByDefault, requestLog, requireUtf8Url } from './requests.ts';
import { errorHandler } from './translate.ts';
import { validValues } from './validValues.ts';

/** The origins whose pages may call the API from a browser. */
export type AllowedOrigins = '*' | readonly string[];

export interface Transport {
  readonly logger: Log;
  readonly allowedOrigins: AllowedOrigins;
}

// Chrome caches the response to a preflight for at most two hours.
const PREFLIGHT_SECONDS = 7200;

/**
 * Creates an app with everything that all resources share: request ids, logs, security headers, CORS, and
 * problem documents for errors. A Lambda function mounts one resource; the local server and the container
 * mount all of them.
 */
export function httpApp({ logger, allowedOrigins }: Transport, resources: readonly HttpApp[]): HttpApp {
  const app: HttpApp = new Hono<HttpEnv>();
  app.use(requestLog(logger));
  // Responses are data: no page may frame them, and CORS decides which origins may read them.
  app.use(
    secureHeaders({
      contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
      crossOriginResourcePolicy: 'cross-origin',
      crossOriginOpenerPolicy: false,
      originAgentCluster: false,
      xDnsPrefetchControl: false,
      xDownloadOptions: false,
      xFrameOptions: 'DENY',
      xPermittedCrossDomainPolicies: false,
      xXssProtection: false,
    }),
  );
  const crossOrigin = cors({
    origin: allowedOrigins === '*' ? '*' : [...allowedOrigins],
    allowMethods: allMethods,
    allowHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'If-None-Match'],
    exposeHeaders: ['ETag', 'Idempotency-Replayed', 'Retry-After', 'X-Request-Id'],
    maxAge: PREFLIGHT_SECONDS,
  });
  // Except for a preflight request, after the handler: a header before it would make Hono create two Responses.
  app.use(async (c, next) => {
    if (c.req.method === 'OPTIONS') return crossOrigin(c, next);
    await next();
    await crossOrigin(c, async () => {});
  });
  app.use(noStoreByDefault);
  app.use(requireUtf8Url);
  app.onError(errorHandler(logger));
  app.notFound(c => {
    const allowed = allowedMethods(c.req.path);
    if (allowed.length === 0 || allowed.includes(c.req.method)) return problemResponse(c, nothingHere);
    const Allow = allowed.join(', ');
    return problemResponse(c, {
      kind: 'method-not-allowed',
      detail: `this path accepts ${Allow}`,
      headers: { Allow },
    });
  });
  for (const resource of resources) app.route('/', resource);
  return app;
}

/**
 * Creates an app for the routes of one resource, which `httpApp` mounts. `handle<typeof operation>(route,
 * handler)` adds a route: it enforces what the route accepts, and the type of the handler ensures that it
 * answers as the operation says.
 *
 * @throws Error, from `handle`, when a route needs guards and `guards` is undefined.
 */
export function resourceApp(guards?: Guards) {
  const app: HttpApp = new Hono<HttpEnv>();
  const handle = <O extends Operation>(accepted: O['accepts'], handler: HandlerOf<O>): void => {
    const { method, path }: RouteSpec = routes[accepted.id];
    // Hono cannot infer the path of the handler's context from a type parameter.
    const pattern = path.replaceAll(/\{(\w+)\}/g, ':$1');
    app.on(
      [method],
      [pattern],
      ...cachingOf(accepted),
      ...guardsOf(accepted, guards),
      validValues(accepted),
      handler as Handler<HttpEnv>,
    );
  };
  return Object.assign(app, { handle });
}
