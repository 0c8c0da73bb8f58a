import { ChatRoom, SendMessageRequest } from 'amazon-ivs-chat-messaging';
import { api, bodyOf, guestApi } from '../data/api.ts';
import { type Problem, ProblemError } from '../data/problems.ts';
import { watchSleep } from './sleep.ts';

/** `unavailable`: the channel has no chat room. */
export type ConnectionPhase = 'connecting' | 'connected' | 'reconnecting' | 'unavailable';

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

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 20_000;

/** The SDK would write every lost connection to the console. */
const silent = { debug: () => {}, info: () => {}, error: () => {} };

/**
 * Connects to the chat of a channel, and stays connected: after a lost network, a restarted server, sleep, or a token
 * that expired. Each attempt gets a new token. A banned user reads as a guest.
 */
export function connectChat({ username, onPhase, onBan, listen }: ChatOptions): ChatConnection {
  let room: ChatRoom | undefined;
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;

  const createToken = async () => {
    const params = { path: { username } };
    try {
      const token = await bodyOf(api.POST('/v1/channels/{username}/chat/tokens', { params }));
      onBan(undefined);
      return token;
    } catch (error) {
      if (!(error instanceof ProblemError) || error.problem.reason !== 'banned') throw error;
      onBan(error.problem);
      return bodyOf(guestApi.POST('/v1/channels/{username}/chat/tokens', { params }));
    }
  };

  const retryLater = () => {
    if (isClosed || timer !== undefined) return;
    onPhase('reconnecting');
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** attempt++, LONGEST_WAIT_MS);
    // Viewers who lost the connection together must not come back together.
    timer = setTimeout(connect, waitMs * (0.5 + Math.random() / 2));
  };

  async function connect(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const previous = room;
    room = undefined;
    previous?.disconnect();
    try {
      const first = await createToken();
      if (isClosed) return;
      let unused: typeof first | undefined = first;
      const opened = new ChatRoom({
        regionOrUrl: first.endpoint,
        tokenProvider: async () => {
          const token = unused ?? (await createToken());
          unused = undefined;
          return token;
        },
        maxReconnectAttempts: 0,
      });
      opened.logger = silent;
      room = opened;
      opened.addListener('connect', () => {
        attempt = 0;
        onPhase('connected');
      });
      opened.addListener('disconnect', () => {
        if (room === opened) retryLater();
      });
      listen(opened);
      opened.connect();
    } catch (error) {
      if (isClosed) return;
      if (error instanceof ProblemError && [404, 409].includes(error.problem.status)) onPhase('unavailable');
      else retryLater();
    }
  }

  const reconnectNow = () => {
    if (isClosed) return;
    attempt = 0;
    onPhase('reconnecting');
    void connect();
  };
  // A socket that slept looks open although nothing arrives any more.
  const stopWatching = watchSleep(reconnectNow);
  addEventListener('online', reconnectNow);
  onPhase('connecting');
  void connect();

  return {
    send: async text => {
      if (room === undefined) throw new Error('not connected');
      await room.sendMessage(new SendMessageRequest(text));
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      stopWatching();
      removeEventListener('online', reconnectNow);
      room?.disconnect();
    },
  };
}
