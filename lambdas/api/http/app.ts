import { OpenAPIHono, type RouteConfig } from '@hono/zod-openapi';
import { cors } from 'hono/cors';
import { secureHeaders } from 'hono/secure-headers';
import type { Log } from '../../../model/log.ts';
import { allMethods, allowedMethods } from './allowedMethods.ts';
import type { HttpApp, HttpEnv } from './context.ts';
import { type Guards, guardsOf } from './guards.ts';
import { fieldErrors, InvalidValuesError } from './invalidValues.ts';
import { type FieldError, type Problem, problemResponse } from './problem.ts';
import { noStoreByDefault, requestLog, requireUtf8Url } from './requests.ts';
import { errorHandler } from './translate.ts';

/** The origins whose pages may call the API from a browser. */
export type AllowedOrigins = '*' | readonly string[];

export interface Transport {
  readonly logger: Log;
  readonly allowedOrigins: AllowedOrigins;
}

const nothingHere: Problem = { kind: 'not-found', detail: 'there is nothing at this path' };

/** Maps the request parts, as Hono's validators name them, to the names in problem documents. */
const partOf = {
  json: 'body',
  form: 'body',
  query: 'query',
  header: 'header',
  cookie: 'header',
} as const satisfies Record<string, FieldError['in']>;

// Chrome caches the response to a preflight for at most two hours.
const PREFLIGHT_SECONDS = 7200;

/**
 * Creates an app with everything that all resources share: request ids, logs, security headers, CORS, and
 * problem documents for errors. A Lambda function mounts one resource; the local server and the container
 * mount all of them.
 */
export function httpApp({ logger, allowedOrigins }: Transport, resources: readonly HttpApp[]): HttpApp {
  const app: HttpApp = new OpenAPIHono<HttpEnv>();
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
  app.use(
    cors({
      origin: allowedOrigins === '*' ? '*' : [...allowedOrigins],
      allowMethods: allMethods,
      allowHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key'],
      exposeHeaders: ['Idempotency-Replayed', 'Retry-After', 'X-Request-Id'],
      maxAge: PREFLIGHT_SECONDS,
    }),
  );
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
 * Creates an app for the routes of one resource, which `httpApp` mounts. `app.openapi(route, handler)` adds
 * the guards that the route's definition declares, and rejects requests that do not match the route's
 * schemas.
 *
 * @throws Error, from `openapi`, when a route needs guards and `guards` is undefined.
 */
export function resourceApp(guards?: Guards): HttpApp {
  const app = new OpenAPIHono<HttpEnv>({
    defaultHook: (result, c) => {
      if (result.success) return;
      // A path parameter that is not valid cannot identify an existing resource.
      if (result.target === 'param') return problemResponse(c, nothingHere);
      throw new InvalidValuesError(fieldErrors(partOf[result.target], result.error));
    },
  });
  const { openapi } = app;
  const guarded = (definition: RouteConfig, ...rest: [handler: never, hook?: never]) =>
    openapi({ ...definition, middleware: guardsOf(definition, guards) }, ...rest);
  // The type of `guarded` is the type of `openapi`: only the middleware differs.
  app.openapi = guarded as typeof openapi;
  return app;
}
