import { createServer, type RequestListener, type Server } from 'node:http';
import { nodeServerOptions } from '../lambdas/api/http/nodeServer.ts';
import { CommandError } from '../model/variables.ts';
import { LOOPBACK } from './dynamo/engine.ts';
import { loopbackOnly, loopbackUpgradesOnly, type UpgradeListener } from './loopbackOnly.ts';

/** A port of loopback, over IPv4 and IPv6, that is taken, and whose requests wait until something serves them. */
export interface OpenPort {
  readonly port: number;
  /** Without `upgrade`, what asks to be a WebSocket is answered as any request. */
  serve(listener: RequestListener, upgrade?: UpgradeListener): void;
  /** Hands each server to `prepare`, which adds listeners of events other than requests. */
  prepare(prepare: (server: Server) => void): void;
  /** Lets the requests under way finish, and cuts off those that take longer than `CLOSE_GRACE_MS`. */
  close(): Promise<void>;
}

const CLOSE_GRACE_MS = 2_000;

/** A port, 0 for any free one, and the variable that chooses it. */
export type WantedPort = readonly [port: number, variable: string];

/**
 * Takes two ports before anything that needs more time is started.
 * @throws CommandError that names the variable; neither port is taken then.
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

/** How often another free port is tried when the one that IPv4 gave is taken over IPv6. */
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

/** Listens where `localhost` leads: a client may try ::1 first, and would meet another program there. */
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
