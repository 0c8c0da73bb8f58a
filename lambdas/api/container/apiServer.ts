import { createServer, type Server } from 'node:http';
import { containerSeconds } from '../../../model/container.ts';
import type { HttpApp } from '../http/context.ts';
import { answerRefusals, nodeListener, nodeServerOptions } from '../http/nodeServer.ts';
import { callerAddress } from './callerAddress.ts';

/** An HTTP server, not yet listening, that answers with `api` and tells it whom each request is from. */
export function apiServer(api: HttpApp, behindLoadBalancer: boolean): Server {
  const listener = nodeListener((request, connection) => {
    const sourceIp = callerAddress(connection.incoming, behindLoadBalancer);
    // As API Gateway tells it: the app believes no header.
    return api.fetch(request, { ...connection, requestContext: { http: { sourceIp } } });
  });
  const keepAliveTimeout = containerSeconds.keepAlive * 1_000;
  const server = createServer({ ...nodeServerOptions, keepAliveTimeout }, listener);
  answerRefusals(server);
  return server;
}
