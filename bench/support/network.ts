import { Agent, createServer, request as httpRequest } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { LOOPBACK } from '../../local/dynamo/engine.ts';

/** What a request to DynamoDB takes within its Region, about. The engine answers on loopback, without a network. */
export const NETWORK_MS = 5;

/** Passes requests on to `target` after a while, and answers as they come. */
export async function startNetwork(target: string, delayMs: number): Promise<Network> {
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
  if (typeof address !== 'object' || address === null) throw new Error('it listens on a port');
  return {
    endpoint: `http://${LOOPBACK}:${address.port}`,
    stop: () => {
      agent.destroy();
      server.closeAllConnections();
      return new Promise<void>(resolve => server.close(() => resolve()));
    },
  };
}

export interface Network {
  readonly endpoint: string;
  stop(): void;
}
