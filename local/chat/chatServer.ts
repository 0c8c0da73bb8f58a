import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ChatGrant } from '../ivs/roomState.ts';
import type { ChatRooms } from './chatRooms.ts';
import { connectionOf } from './connections.ts';
import { slidingSecond } from './rates.ts';

export interface ChatServerOptions {
  readonly rooms: ChatRooms;
  /** Returns the grant of a token. A token can be used once. */
  readonly redeem: (token: string) => ChatGrant | undefined;
  readonly roomExists: (arn: string) => boolean;
  readonly now: () => Date;
  /** Monotonic time in milliseconds. */
  readonly clock: () => number;
}

/** The WebSocket server of IVS Chat, on the AWS port. */
export interface ChatServer {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes all connections, and after a wait terminates those whose clients do not answer. */
  close(): Promise<void>;
}

/** Larger than any valid request, so that a client whose request is a little too large gets an error. */
const MAX_FRAME_BYTES = 128 * 1024;
const CLOSE_GRACE_MS = 1_000;

/**
 * Accepts connections as IVS Chat does: the WebSocket sub-protocol is the chat token, because browsers cannot
 * send headers. A connection is closed when its session expires.
 */
export function chatServer(options: ChatServerOptions): ChatServer {
  const { rooms, now } = options;
  // The server selects the token as the sub-protocol. Otherwise the client would close the connection.
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    handleProtocols: ([token = '']) => token,
  });

  let isClosing = false;
  const connected = (socket: WebSocket, grant: ChatGrant, ip: string) => {
    const connection = connectionOf(socket, { grant, ip, rate: slidingSecond(options.clock) });
    const expiry = setTimeout(
      () => connection.close('the session has expired'),
      grant.sessionExpiresAt - now().getTime(),
    );
    rooms.join(connection);
    socket.on('message', data => void rooms.receive(connection, String(data)));
    // After an invalid or too large frame, `ws` closes the socket itself.
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(expiry);
      rooms.leave(connection);
    });
  };

  return {
    upgrade: (request, socket, head) => {
      if (isClosing) return refuse(socket, 503);
      const grant = options.redeem(tokenOf(request));
      if (grant === undefined) return refuse(socket, 401);
      if (!options.roomExists(grant.roomArn)) return refuse(socket, 404);
      const ip = request.socket.remoteAddress ?? '';
      server.handleUpgrade(request, socket, head, client => connected(client, grant, ip));
    },
    close: async () => {
      isClosing = true;
      rooms.closeAll();
      const closed = [...server.clients].map(client => new Promise(resolve => client.once('close', resolve)));
      const grace = setTimeout(() => {
        for (const client of server.clients) client.terminate();
      }, CLOSE_GRACE_MS);
      await Promise.all(closed);
      clearTimeout(grace);
    },
  };
}

/** Returns the sub-protocol of a handshake, or an empty string. */
function tokenOf({ headers }: IncomingMessage): string {
  return headers['sec-websocket-protocol']?.trim() ?? '';
}

function refuse(socket: Duplex, status: 401 | 404 | 503): void {
  // The client may have disconnected already.
  socket.on('error', () => {});
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
