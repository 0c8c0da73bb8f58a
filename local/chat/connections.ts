import type { WebSocket } from 'ws';
import type { ChatGrant } from '../ivs/roomState.ts';
import type { ErrorPush, RoomPush } from './pushes.ts';
import type { Rate } from './rates.ts';

/** A client in a room. */
export interface Connection {
  readonly grant: ChatGrant;
  readonly ip: string;
  readonly rate: Rate;
  send(push: RoomPush | ErrorPush): void;
  /** Ends the connection in good order: clients do not come back by themselves. */
  close(reason: string): void;
}

/** Who is connected to which room. */
export interface Connections {
  add(connection: Connection): void;
  remove(connection: Connection): void;
  /** A copy: a connection may end while somebody goes through it. */
  in(roomArn: string): readonly Connection[];
  all(): readonly Connection[];
}

export function connections(): Connections {
  const rooms = new Map<string, Set<Connection>>();
  return {
    add: connection => {
      const { roomArn } = connection.grant;
      rooms.set(roomArn, (rooms.get(roomArn) ?? new Set()).add(connection));
    },
    remove: connection => {
      const { roomArn } = connection.grant;
      const room = rooms.get(roomArn);
      room?.delete(connection);
      if (room?.size === 0) rooms.delete(roomArn);
    },
    in: roomArn => [...(rooms.get(roomArn) ?? [])],
    all: () => [...rooms.values()].flatMap(room => [...room]),
  };
}

/** RFC 6455 section 7.4.1: what the connection was for is done. */
const NORMAL_CLOSURE = 1_000;

/** A connection over `socket`. */
export function connectionOf(
  socket: WebSocket,
  given: Pick<Connection, 'grant' | 'ip' | 'rate'>,
): Connection {
  return {
    ...given,
    send: push => socket.send(JSON.stringify(push)),
    close: reason => socket.close(NORMAL_CLOSURE, reason),
  };
}
