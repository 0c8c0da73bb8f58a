import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ChatGrant } from '../ivs/roomState.ts';
import type { ChatRooms } from './chatRooms.ts';
import { connectionOf } from './connections.ts';
import { slidingSecond } from './rates.ts';

export interface ChatServerOptions {
  readonly rooms: ChatRooms;
  /** What a token stands for, once. */
  readonly redeem: (token: string) => ChatGrant | undefined;
  readonly roomExists: (arn: string) => boolean;
  readonly now: () => Date;
  /** Gives milliseconds that never go back. */
  readonly clock: () => number;
}

/** The messaging side of IVS Chat: what a WebSocket handshake on the AWS port leads to. */
export interface ChatServer {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends all connections, those whose clients do not answer after a while too. */
  close(): Promise<void>;
}

/** More than any frame that could be allowed: its sender is told what is too large, up to here. */
const MAX_FRAME_BYTES = 128 * 1024;
const CLOSE_GRACE_MS = 1_000;

/**
 * Takes connections as IVS Chat does: the token comes as the WebSocket's sub-protocol, as browsers cannot send headers.
 * Connections end when their sessions do.
 */
export function chatServer(options: ChatServerOptions): ChatServer {
  const { rooms, now } = options;
  // The client ends the connection when the server does not take up the sub-protocol, so the token is sent back.
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
    // A frame that is no frame, or too long: the socket closes itself.
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

/** The only sub-protocol of a handshake; empty when there is none. */
function tokenOf({ headers }: IncomingMessage): string {
  return headers['sec-websocket-protocol']?.trim() ?? '';
}

function refuse(socket: Duplex, status: 401 | 404 | 503): void {
  // Nobody may be there any more to be told.
  socket.on('error', () => {});
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
