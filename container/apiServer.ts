import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { HttpApp } from '../lambdas/http/context.ts';
import { containerSeconds } from '../model/container.ts';
import { callerAddress } from './callerAddress.ts';

/** As long as API Gateway waits for a request to arrive whole: a caller who dawdles must not hold a connection. */
const ARRIVAL_MS = 30_000;

/** An HTTP server, not yet listening, that answers with `api` and tells it whom each request is from. */
export function apiServer(api: HttpApp, behindLoadBalancer: boolean): Server {
  const listener = getRequestListener(
    (request, env) => {
      const sourceIp = callerAddress(env.incoming, behindLoadBalancer);
      // As API Gateway tells it: the app believes no header.
      return api.fetch(request, { ...env, requestContext: { http: { sourceIp } } });
    },
    { overrideGlobalObjects: false },
  );
  return createServer(
    {
      requestTimeout: ARRIVAL_MS,
      headersTimeout: ARRIVAL_MS,
      keepAliveTimeout: containerSeconds.keepAlive * 1_000,
    },
    (request, response) => void listener(request, response),
  );
}
