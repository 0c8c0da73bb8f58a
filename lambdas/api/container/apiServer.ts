import { createServer, type Server } from 'node:http';
import { containerSeconds } from '../../../model/container.ts';
import type { HttpApp } from '../http/context.ts';
import { answerRefusals, nodeListener, nodeServerOptions } from '../http/nodeServer.ts';
import { callerAddress } from './callerAddress.ts';

/** Creates an HTTP server, not yet listening, that answers with `api` and passes it each client's address. */
export function apiServer(api: HttpApp, behindLoadBalancer: boolean): Server {
  const listener = nodeListener((request, connection) => {
    const sourceIp = callerAddress(connection.incoming, behindLoadBalancer);
    // The app reads the address from here, as from API Gateway's event, and trusts no header.
    return api.fetch(request, { ...connection, requestContext: { http: { sourceIp } } });
  });
  const keepAliveTimeout = containerSeconds.keepAlive * 1_000;
  const server = createServer({ ...nodeServerOptions, keepAliveTimeout }, listener);
  answerRefusals(server);
  return server;
}
