import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Returns a function that stops `server`: it accepts no new connections and no further requests, finishes the
 * running requests, and aborts those that are still running after `graceMs`. It resolves when all connections
 * are closed, with the number of aborted requests. Call `gracefulShutdown` before the server listens.
 *
 * Node's own `close` keeps idle keep-alive connections open until they time out, and connections without any
 * request even longer.
 */
export function gracefulShutdown(server: Server, graceMs: number): () => Promise<number> {
  const sockets = new Set<Socket>();
  const underWay = new Set<ServerResponse>();
  let ending = false;

  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  // Registered before the server's own listener, which may answer immediately.
  server.prependListener('request', ({ socket }, response) => {
    underWay.add(response);
    if (ending) response.setHeader('Connection', 'close');
    response.once('close', () => {
      underWay.delete(response);
      if (ending) socket.end();
    });
  });

  return () =>
    new Promise((resolve, reject) => {
      ending = true;
      let cutOff = 0;
      const timer = setTimeout(() => {
        cutOff = underWay.size;
        server.closeAllConnections();
      }, graceMs);
      server.close(error => {
        clearTimeout(timer);
        if (error === undefined) resolve(cutOff);
        else reject(error);
      });
      for (const response of underWay) {
        if (!response.headersSent) response.setHeader('Connection', 'close');
      }
      const busy = new Set([...underWay].map(response => response.req.socket));
      for (const socket of sockets) {
        if (!busy.has(socket)) socket.destroy();
      }
    });
}
