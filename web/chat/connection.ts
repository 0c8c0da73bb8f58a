import { ChatRoom, SendMessageRequest } from 'amazon-ivs-chat-messaging';
import { api, bodyOf, guestApi } from '../data/api.ts';
import { clock } from '../data/clock.ts';
import { type Problem, ProblemError } from '../data/problems.ts';
import { type ConnectionPhase, keepConnected, localTimes, watchSleep } from './reconnection.ts';

type Room = Pick<ChatRoom, 'addListener'>;

export interface ChatOptions {
  readonly username: string;
  readonly onPhase: (phase: ConnectionPhase) => void;
  /** The caller is banned and can only read, or may write (again). */
  readonly onBan: (ban: Problem | undefined) => void;
  /** Adds listeners to the room. Called once for each connection. */
  readonly listen: (room: Room) => void;
}

export interface ChatConnection {
  /** @throws Error with the reason when the message was not delivered */
  send(text: string): Promise<void>;
  close(): void;
}

/** The SDK would write every lost connection to the console. */
const silent = { debug: () => {}, info: () => {}, error: () => {} };

/** The longest time that browsers wait for a timer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Connects to the chat of a channel, and stays connected: after a lost network, a restarted server, sleep, or a token
 * that expired. Each connection gets a new token. A banned user reads as a guest until the ban ends.
 */
export function connectChat({ username, onPhase, onBan, listen }: ChatOptions): ChatConnection {
  let endOfBan: ReturnType<typeof setTimeout> | undefined;

  const createToken = async () => {
    const params = { path: { username } };
    clearTimeout(endOfBan);
    try {
      const token = await bodyOf(api.POST('/v1/channels/{username}/chat/tokens', { params }));
      onBan(undefined);
      return token;
    } catch (error) {
      if (!(error instanceof ProblemError) || error.problem.reason !== 'banned') throw error;
      onBan(error.problem);
      const lastsMs = Date.parse(error.problem.parameters?.until ?? '') - clock.now();
      // The server's time is known to the second only.
      if (lastsMs < LONGEST_TIMER_MS) endOfBan = setTimeout(() => chat.reconnect(), lastsMs + 2_000);
      return bodyOf(guestApi.POST('/v1/channels/{username}/chat/tokens', { params }));
    }
  };

  const chat = keepConnected<ChatRoom>({
    open: async events => {
      const first = await createToken();
      let unused: typeof first | undefined = first;
      const room = new ChatRoom({
        regionOrUrl: first.endpoint,
        // The SDK asks for another token before the session expires, and when the connection breaks.
        tokenProvider: async () => {
          const token = unused ?? (await createToken());
          unused = undefined;
          return localTimes(token, Date.now() - clock.now());
        },
        maxReconnectAttempts: 0,
      });
      room.logger = silent;
      room.addListener('connect', events.opened);
      room.addListener('connecting', events.interrupted);
      room.addListener('disconnect', events.lost);
      listen(room);
      room.connect();
      return room;
    },
    close: room => room.disconnect(),
    onPhase,
    isUnavailable: error => error instanceof ProblemError && [404, 409].includes(error.problem.status),
    random: Math.random,
  });
  // A socket that slept looks open although nothing arrives any more.
  const stopWatching = watchSleep(document, chat.reconnect);
  addEventListener('online', chat.reconnect);

  return {
    send: async text => {
      const room = chat.current();
      if (room === undefined) throw new Error('not connected');
      await room.sendMessage(new SendMessageRequest(text));
    },
    close: () => {
      clearTimeout(endOfBan);
      stopWatching();
      removeEventListener('online', chat.reconnect);
      chat.stop();
    },
  };
}
