import { MAX_RETRY_AFTER, sendAgain } from './retry.ts';
import type { components } from './schema.ts';

type SignedIn = components['schemas']['SignedIn'];

/** A sign-in as it is stored. */
export interface SignIn {
  readonly user: SignedIn['user'];
  readonly accessToken: string;
  /** When the access token expires, in milliseconds since 1970 by the clock of this device. */
  readonly expiresAt: number;
  readonly refreshToken: string;
  /** The `Idempotency-Key` for the refresh, so that a refresh whose answer was lost can be repeated. */
  readonly refreshKey: string;
}

/** What a device stores. The device token stays after signing out. */
export interface SessionState {
  readonly signIn?: SignIn;
  readonly deviceToken?: string;
}

/** Where the state is stored. All tabs of a browser share one store. */
export interface SessionStore {
  read(): SessionState;
  write(state: SessionState): void;
}

/** Keeps the state in memory, until the page or process ends. */
export function memoryStore(): SessionStore {
  let state: SessionState = {};
  return {
    read: () => state,
    write: next => {
      state = next;
    },
  };
}

/** Keeps the state in `localStorage` or a similar storage. A value that cannot be read counts as signed out. */
export function webStore(
  storage: { getItem(key: string): string | null; setItem(key: string, value: string): void },
  key = 'ugc-live',
): SessionStore {
  return {
    read: () => {
      try {
        const state: unknown = JSON.parse(storage.getItem(key) ?? '{}');
        return typeof state === 'object' && state !== null ? state : {};
      } catch {
        return {};
      }
    },
    write: state => storage.setItem(key, JSON.stringify(state)),
  };
}

/** Runs `work` while no other tab of the browser, and no other caller of this function, runs work. */
export type Lock = <T>(work: () => Promise<T>) => Promise<T>;

export interface SessionOptions {
  /** The base URL of the API, without `/v1`. */
  readonly baseUrl: string;
  readonly store?: SessionStore;
  readonly fetch?: (request: Request) => Promise<Response>;
  /** Default: the Web Locks API where it exists, otherwise a queue in this process. */
  readonly lock?: Lock;
  /** Returns the time in milliseconds since 1970. */
  readonly now?: () => number;
}

export interface Session {
  /** The signed-in user, or undefined. */
  user(): SignedIn['user'] | undefined;
  /** The device token to send with a sign-in. */
  deviceToken(): string | undefined;
  /** Stores the answer of a sign-up or a sign-in. */
  start(answer: SignedIn): void;
  /** Forgets the sign-in. Sign out at the API first: `DELETE /v1/sessions`. */
  end(): void;
  /** Returns an access token that is valid for a while, or undefined for a guest. Refreshes it when needed. */
  accessToken(): Promise<string | undefined>;
  /** Returns another access token than `rejected`, or undefined when the sign-in has ended. */
  renew(rejected: string): Promise<string | undefined>;
}

// An access token is refreshed this long before it expires, so that it does not expire on the way.
const MARGIN_MS = 30_000;

/**
 * Creates the handling of one device's sign-in. One refresh is in progress at a time, in all tabs together: the
 * others wait for its result. A refresh whose answer was lost is repeated with the same `Idempotency-Key`.
 *
 * `accessToken` and `renew` throw the error of `fetch` when the API cannot be reached, and an error with the
 * status when it answers neither with tokens nor with 401. The sign-in stays stored.
 */
export function createSession(options: SessionOptions): Session {
  const { baseUrl, store = memoryStore(), lock = defaultLock(), now = Date.now } = options;
  const send = options.fetch ?? globalThis.fetch;

  const start = ({ user, accessToken, refreshToken, deviceToken, expiresIn }: SignedIn) => {
    const expiresAt = now() + expiresIn * 1000;
    const refreshKey = crypto.randomUUID();
    store.write({ deviceToken, signIn: { user, accessToken, expiresAt, refreshToken, refreshKey } });
  };
  const end = () => {
    const { deviceToken } = store.read();
    store.write(deviceToken === undefined ? {} : { deviceToken });
  };
  const isFresh = ({ expiresAt }: SignIn) => expiresAt - now() > MARGIN_MS;

  /** Refreshes the sign-in, unless another tab has replaced the token meanwhile. */
  const refresh = (isUsable: (signIn: SignIn) => boolean) =>
    lock(async () => {
      const { signIn } = store.read();
      if (signIn === undefined || isUsable(signIn)) return signIn?.accessToken;
      const request = new Request(`${baseUrl}/v1/sessions/refresh`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Idempotency-Key': signIn.refreshKey },
        body: JSON.stringify({ refreshToken: signIn.refreshToken }),
      });
      const answer = await sendAgain(request, MAX_RETRY_AFTER, send);
      // A sign-in that replaced this one while it was refreshed is not touched.
      const isCurrent = store.read().signIn?.refreshToken === signIn.refreshToken;
      if (answer.status === 401) {
        if (isCurrent) end();
      } else if (answer.ok) {
        const signedIn = (await answer.json()) as SignedIn;
        if (isCurrent) start(signedIn);
      } else {
        throw new Error(`the sign-in could not be refreshed: the API answered ${answer.status}`);
      }
      return store.read().signIn?.accessToken;
    });

  return {
    start,
    end,
    user: () => store.read().signIn?.user,
    deviceToken: () => store.read().deviceToken,
    accessToken: async () => {
      const { signIn } = store.read();
      return signIn === undefined || isFresh(signIn) ? signIn?.accessToken : refresh(isFresh);
    },
    renew: rejected => refresh(({ accessToken }) => accessToken !== rejected),
  };
}

interface WebLocks {
  request<T>(name: string, work: () => Promise<T>): Promise<T>;
}

function defaultLock(): Lock {
  const { navigator } = globalThis as { readonly navigator?: { readonly locks?: WebLocks } };
  const locks = navigator?.locks;
  if (locks !== undefined) return work => locks.request('ugc-live session', work);
  let last: Promise<unknown> = Promise.resolve();
  return work => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };
}
