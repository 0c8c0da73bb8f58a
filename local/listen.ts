import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { nodeServerOptions } from '../lambdas/http/nodeServer.ts';
import { LOOPBACK } from './dynamo/engine.ts';
import { LocalStartError } from './startError.ts';

/** Takes a connection that asks to be a WebSocket. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** A port of loopback that is taken, and whose requests wait until something serves them. */
export interface OpenPort {
  readonly port: number;
  /** Without `upgrade`, what asks to be a WebSocket is answered as any request. */
  serve(listener: RequestListener, upgrade?: UpgradeListener): void;
  /** Hands the server to `prepare`, which adds listeners of events other than requests. */
  prepare(prepare: (server: Server) => void): void;
  /** Lets the requests under way finish, and cuts off those that take longer than `CLOSE_GRACE_MS`. */
  close(): Promise<void>;
}

const CLOSE_GRACE_MS = 2_000;

/** A port, 0 for any free one, and the variable that chooses it. */
export type WantedPort = readonly [port: number, variable: string];

/**
 * Takes two ports before anything that needs more time is started.
 * @throws LocalStartError that names the variable; neither port is taken then.
 */
export async function openPorts([first, second]: readonly [WantedPort, WantedPort]): Promise<
  [OpenPort, OpenPort]
> {
  const open = await openPort(first);
  try {
    return [open, await openPort(second)];
  } catch (error) {
    await open.close();
    throw error;
  }
}

async function openPort([port, variable]: WantedPort): Promise<OpenPort> {
  let serve: (listener: RequestListener) => void = () => {};
  const served = new Promise<RequestListener>(resolve => {
    serve = resolve;
  });
  const server = createServer(nodeServerOptions, (request, response) => {
    void served.then(listener => listener(request, response));
  });
  return {
    port: await listen(server, port, variable),
    serve: (listener, upgrade) => {
      if (upgrade !== undefined) server.on('upgrade', upgrade);
      serve(listener);
    },
    prepare: prepare => prepare(server),
    close: () => close(server),
  };
}

function listen(server: Server, port: number, variable: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', error => {
      const refused = 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES');
      const message = `cannot listen on port ${port}: set ${variable} to a free one`;
      reject(refused ? new LocalStartError(message, { cause: error }) : error);
    });
    server.listen(port, LOOPBACK, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
