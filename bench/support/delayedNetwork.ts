import { Agent, createServer, request as httpRequest } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { LOOPBACK } from '../../local/dynamo/engine.ts';

/** About the duration of a DynamoDB request in its Region. The local engine answers without delay. */
export const NETWORK_MS = 5;

/** Starts a proxy that delays every request to `target`. */
export async function startDelayedNetwork(target: string, delayMs: number): Promise<DelayedNetwork> {
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, response) => {
    const options = { method: 'POST', agent, headers: incoming.headers };
    setTimeout(() => {
      const outgoing = httpRequest(target, options, reply => {
        response.writeHead(reply.statusCode ?? 502, reply.headers);
        pipeline(reply, response).catch(() => response.destroy());
      });
      pipeline(incoming, outgoing).catch(() => response.destroy());
    }, delayMs);
  });
  await new Promise<void>(resolve => server.listen(0, LOOPBACK, resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no TCP port');
  return {
    endpoint: `http://${LOOPBACK}:${address.port}`,
    stop: () => {
      agent.destroy();
      server.closeAllConnections();
      return new Promise<void>(resolve => server.close(() => resolve()));
    },
  };
}

export interface DelayedNetwork {
  readonly endpoint: string;
  stop(): void;
}
