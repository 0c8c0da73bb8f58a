import { createServer, type RequestListener, type Server } from 'node:http';
import { nodeServerOptions } from '../lambdas/api/http/nodeServer.ts';
import { CommandError } from '../model/variables.ts';
import { LOOPBACK } from './dynamo/engine.ts';
import { loopbackOnly, loopbackUpgradesOnly, type UpgradeListener } from './loopbackOnly.ts';

/** An open port on loopback, over IPv4 and IPv6. Its requests wait until `serve` is called. */
export interface OpenPort {
  readonly port: number;
  /** Without `upgrade`, a WebSocket request is answered like any other request. */
  serve(listener: RequestListener, upgrade?: UpgradeListener): void;
  /** Calls `prepare` with each server, to add listeners of events other than requests. */
  prepare(prepare: (server: Server) => void): void;
  /** Waits for open requests, and closes their connections after `CLOSE_GRACE_MS`. */
  close(): Promise<void>;
}

const CLOSE_GRACE_MS = 2_000;

/** A port number (0 for any free port) and the environment variable that sets it. */
export type WantedPort = readonly [port: number, variable: string];

/**
 * Opens two ports before slower parts of the stack start.
 * @throws CommandError with the variable when a port is not free. Neither port is open then.
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

/** The number of attempts to find a port that is free over both IPv4 and IPv6. */
const FREE_PORT_TRIES = 10;

async function openPort([port, variable]: WantedPort): Promise<OpenPort> {
  let serve: (listener: RequestListener) => void = () => {};
  const served = new Promise<RequestListener>(resolve => {
    serve = resolve;
  });
  const newServer = () =>
    createServer(nodeServerOptions, (request, response) => {
      void served.then(listener => listener(request, response));
    });
  const { servers, taken } = await listenOnBoth(newServer, port, variable);
  return {
    port: taken,
    serve: (listener, upgrade) => {
      if (upgrade !== undefined)
        for (const server of servers) server.on('upgrade', loopbackUpgradesOnly(upgrade));
      serve(loopbackOnly(listener));
    },
    prepare: prepare => servers.forEach(prepare),
    close: async () => void (await Promise.all(servers.map(close))),
  };
}

/** Listens on 127.0.0.1 and ::1. Otherwise a client that tries ::1 first could reach another program. */
async function listenOnBoth(newServer: () => Server, port: number, variable: string) {
  for (let tries = 1; ; tries++) {
    const first = newServer();
    const taken = await listen(first, LOOPBACK, port, variable);
    const second = newServer();
    try {
      await listen(second, LOOPBACK_IPV6, taken, variable);
      return { servers: [first, second], taken };
    } catch (error) {
      if (hasNoIpv6(error)) return { servers: [first], taken };
      await close(first);
      if (port !== 0 || tries >= FREE_PORT_TRIES || !(error instanceof CommandError)) throw error;
    }
  }
}

const LOOPBACK_IPV6 = '::1';

function hasNoIpv6(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT')
  );
}

function listen(server: Server, host: string, port: number, variable: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', error => {
      const refused = 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES');
      const message = `cannot listen on port ${port}: set ${variable} to a free one`;
      reject(refused ? new CommandError(message, { cause: error }) : error);
    });
    server.listen({ host, port, ipv6Only: true }, () => {
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
