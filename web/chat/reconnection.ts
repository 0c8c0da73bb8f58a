/** `unavailable`: there is nothing to connect to at the moment. */
export type ConnectionPhase = 'connecting' | 'connected' | 'reconnecting' | 'unavailable';

/** What a connection tells about itself. */
export interface ConnectionEvents {
  readonly opened: () => void;
  /** It is broken, and repairs itself. */
  readonly interrupted: () => void;
  readonly lost: () => void;
}

export interface ReconnectionOptions<C> {
  /** Begins a connection of its own, with a new token. @throws when it cannot begin */
  readonly open: (events: ConnectionEvents) => Promise<C>;
  readonly close: (connection: C) => void;
  readonly onPhase: (phase: ConnectionPhase) => void;
  /** Whether an error of `open` means that there is nothing to connect to. */
  readonly isUnavailable: (error: unknown) => boolean;
  /** Returns a number from 0 to 1. */
  readonly random: () => number;
}

export interface Reconnection<C> {
  /** Returns the newest connection, which may be lost. */
  current(): C | undefined;
  /** Connects again at once. */
  reconnect(): void;
  stop(): void;
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 20_000;
const UNAVAILABLE_WAIT_MS = 60_000;

/**
 * Stays connected: it connects again, ever more slowly, until it succeeds or is stopped. At any time, at most one
 * connection that it began is not closed.
 */
export function keepConnected<C>(options: ReconnectionOptions<C>): Reconnection<C> {
  const { open, close, onPhase, isUnavailable, random } = options;
  let connection: C | undefined;
  let attempts = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Grows with each attempt. What an earlier attempt tells is out of date. */
  let newest = 0;

  const closeCurrent = () => {
    const previous = connection;
    connection = undefined;
    if (previous !== undefined) close(previous);
  };
  // Viewers who lost the connection together must not come back together.
  const connectAfter = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(connect, ms * (0.5 + random() / 2));
  };
  const retry = () => {
    onPhase('reconnecting');
    connectAfter(Math.min(FIRST_WAIT_MS * 2 ** attempts++, LONGEST_WAIT_MS));
  };

  async function connect(): Promise<void> {
    clearTimeout(timer);
    newest += 1;
    const mine = newest;
    const isNewest = () => mine === newest;
    let [isOpen, isLost] = [false, false];
    closeCurrent();
    try {
      const opened = await open({
        opened: () => {
          if (!isNewest()) return;
          attempts = 0;
          onPhase('connected');
          isOpen = true;
        },
        interrupted: () => {
          if (isNewest() && isOpen) onPhase('reconnecting');
        },
        lost: () => {
          if (!isNewest() || isLost) return;
          isLost = true;
          retry();
        },
      });
      if (isNewest()) connection = opened;
      else close(opened);
    } catch (error) {
      if (!isNewest()) return;
      if (isUnavailable(error)) {
        onPhase('unavailable');
        connectAfter(UNAVAILABLE_WAIT_MS);
      } else retry();
    }
  }

  onPhase('connecting');
  void connect();
  return {
    current: () => connection,
    reconnect: () => {
      attempts = 0;
      onPhase('reconnecting');
      void connect();
    },
    stop: () => {
      newest += 1;
      clearTimeout(timer);
      closeCurrent();
    },
  };
}

interface TokenTimes {
  readonly tokenExpirationTime: string;
  readonly sessionExpirationTime: string;
}

/**
 * Returns a token with its times by the computer's clock, with which `amazon-ivs-chat-messaging` compares them. On a
 * computer whose clock is an hour ahead, it would ask for new tokens without end.
 *
 * @param aheadMs how far the computer's clock is ahead of the server's
 */
export function localTimes<T extends TokenTimes>(token: T, aheadMs: number) {
  const local = (time: string) => new Date(Date.parse(time) + aheadMs);
  return {
    ...token,
    tokenExpirationTime: local(token.tokenExpirationTime),
    sessionExpirationTime: local(token.sessionExpirationTime),
  };
}

const TICK_MS = 2_000;
const SLEEP_MS = 15_000;

/** A document, as far as it tells whether somebody sees it. */
export interface Visibility {
  readonly visibilityState: string;
  addEventListener(type: 'visibilitychange', listener: () => void): void;
  removeEventListener(type: 'visibilitychange', listener: () => void): void;
}

/**
 * Calls `onWake` when a page is seen again after the computer slept, or after the browser paused the page. Browsers run
 * the timers of a hidden page once a minute, which is no reason to connect again each time.
 *
 * @returns a function that ends this
 */
export function watchSleep(page: Visibility, onWake: () => void): () => void {
  let last = Date.now();
  let hasSlept = false;
  const check = () => {
    const now = Date.now();
    hasSlept ||= now - last > SLEEP_MS;
    last = now;
    if (!hasSlept || page.visibilityState === 'hidden') return;
    hasSlept = false;
    onWake();
  };
  const timer = setInterval(check, TICK_MS);
  page.addEventListener('visibilitychange', check);
  return () => {
    clearInterval(timer);
    page.removeEventListener('visibilitychange', check);
  };
}
