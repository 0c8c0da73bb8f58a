import { OpenAPIHono, type RouteConfig } from '@hono/zod-openapi';
import { cors } from 'hono/cors';
import { secureHeaders } from 'hono/secure-headers';
import type { Log } from '../../../model/log.ts';
import { allMethods, allowedMethods } from './allowedMethods.ts';
import type { HttpApp, HttpEnv } from './context.ts';
import { type Guards, guardsOf } from './guards.ts';
import { fieldErrors, InvalidValuesError } from './invalidValues.ts';
import { type FieldError, type Problem, problemResponse } from './problem.ts';
import { notStored, readableUrl, requestLog } from './requests.ts';
import { errorHandler } from './translate.ts';

/** Origins whose pages may call the API from a browser. */
export type AllowedOrigins = '*' | readonly string[];

export interface Transport {
  readonly logger: Log;
  readonly allowedOrigins: AllowedOrigins;
}

const nothingHere: Problem = { kind: 'not-found', detail: 'there is nothing at this path' };

/** The parts of a request as its validators call them, and as problems do. */
const partOf = {
  json: 'body',
  form: 'body',
  query: 'query',
  header: 'header',
  cookie: 'header',
} as const satisfies Record<string, FieldError['in']>;

// Chrome keeps a preflight's answer no longer than this.
const PREFLIGHT_SECONDS = 7200;

/**
 * The front door that every resource stands behind: request ids, logs, security headers, CORS, and problem
 * documents for all that goes wrong. A Lambda mounts its own resource, the local server and the container
 * mount all; nothing else differs.
 */
export function httpApp({ logger, allowedOrigins }: Transport, resources: readonly HttpApp[]): HttpApp {
  const app: HttpApp = new OpenAPIHono<HttpEnv>();
  app.use(requestLog(logger));
  // Answers are data: no page frames them, no other policy applies, and other origins may read what CORS allows.
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
  app.use(notStored);
  app.use(readableUrl);
  app.onError(errorHandler(logger));
  app.notFound(c => {
    const allowed = allowedMethods(c.req.path);
    if (allowed.length === 0 || allowed.includes(c.req.method)) return problemResponse(c, nothingHere);
    const Allow = allowed.join(', ');
    return problemResponse(c, {
      kind: 'method-not-allowed',
      detail: `this path takes ${Allow}`,
      headers: { Allow },
    });
  });
  for (const resource of resources) app.route('/', resource);
  return app;
}

/**
 * An app for the routes of one resource, to be mounted by `httpApp`. `app.openapi(route, handler)` puts the guards
 * that the route's definition declares before its handler; what does not fit the route's schemas is refused.
 *
 * @throws Error, from `openapi`, of a route that needs guards where there are none.
 */
export function resourceApp(guards?: Guards): HttpApp {
  const app = new OpenAPIHono<HttpEnv>({
    defaultHook: (result, c) => {
      if (result.success) return;
      // A path that cannot name anything names nothing.
      if (result.target === 'param') return problemResponse(c, nothingHere);
      throw new InvalidValuesError(fieldErrors(partOf[result.target], result.error));
    },
  });
  const { openapi } = app;
  const guarded = (definition: RouteConfig, ...rest: [handler: never, hook?: never]) =>
    openapi({ ...definition, middleware: guardsOf(definition, guards) }, ...rest);
  // It has one more middleware than the caller knows of, and else the types of the route.
  app.openapi = guarded as typeof openapi;
  return app;
}
