import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Gives what ends `server`: from then on it takes no connection and no further request, the requests under way are
 * answered, and after `graceMs` those that are not are cut off. Resolves when all is closed, with how many were cut
 * off. Wants to know the server before it listens.
 *
 * Node's own `close` leaves open what is kept alive until that has been idle for a while, and a connection on which
 * nothing was ever asked for longer than that.
 */
export function gracefulShutdown(server: Server, graceMs: number): () => Promise<number> {
  const sockets = new Set<Socket>();
  const underWay = new Set<ServerResponse>();
  let ending = false;

  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  // Before the server's own listener, which may answer at once.
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
