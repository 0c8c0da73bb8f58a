import type { WebSocket } from 'ws';
import type { ChatGrant } from '../ivs/roomState.ts';
import type { ErrorPush, RoomPush } from './pushes.ts';
import type { Rate } from './rates.ts';

/** A client that is connected to a room. */
export interface Connection {
  readonly grant: ChatGrant;
  readonly ip: string;
  readonly rate: Rate;
  send(push: RoomPush | ErrorPush): void;
  /** Closes the connection normally, so that clients do not reconnect by themselves. */
  close(reason: string): void;
}

/** The connected clients of each room. */
export interface Connections {
  add(connection: Connection): void;
  remove(connection: Connection): void;
  /** Returns a copy, because a connection can end while the caller iterates. */
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

/** RFC 6455 section 7.4.1. */
const NORMAL_CLOSURE = 1_000;

/** Makes a connection over `socket`. */
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
