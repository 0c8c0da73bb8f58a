import { MAX_RETRY_AFTER, sendAgain } from './retry.ts';
import type { components } from './schema.ts';

type SignedIn = components['schemas']['SignedIn'];

interface AccessToken {
  readonly accessToken: string;
  /** When the access token expires, in milliseconds since 1970 by the clock of this device. */
  readonly expiresAt: number;
}

/** A sign-in as it is stored. With `refresh: 'cookie'` it is stored without tokens and contains no secret. */
export interface SignIn extends Partial<AccessToken> {
  /** Stays the same when the sign-in is refreshed. */
  readonly id: string;
  readonly user: SignedIn['user'];
  readonly refreshToken?: string;
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
  /** Calls `listener` when another tab may have changed the state. Returns a function that stops this. */
  onChange?(listener: () => void): () => void;
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

/** A window, as far as it tells of changes. */
export interface StorageEvents {
  addEventListener(type: string, listener: (event: { readonly key?: string | null }) => void): void;
  removeEventListener(type: string, listener: (event: { readonly key?: string | null }) => void): void;
}

/**
 * Keeps the state in `localStorage` or a similar storage. A value that cannot be read counts as signed out.
 *
 * @param events tells of changes by other tabs. Default: the window, if there is one.
 */
export function webStore(
  storage: { getItem(key: string): string | null; setItem(key: string, value: string): void },
  key = 'ugc-live',
  events: Partial<StorageEvents> = globalThis as Partial<StorageEvents>,
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
    onChange: listener => {
      // A storage event has no key when everything was removed. A page that comes back from the browser's
      // back-forward cache has missed events.
      const hear = (event: { readonly key?: string | null }) => {
        if ((event.key ?? key) === key) listener();
      };
      for (const type of CHANGES) events.addEventListener?.(type, hear);
      return () => {
        for (const type of CHANGES) events.removeEventListener?.(type, hear);
      };
    },
  };
}

const CHANGES = ['storage', 'pageshow'];

/** Runs `work` while no other tab of the browser, and no other caller of this function, runs work. */
export type Lock = <T>(work: () => Promise<T>) => Promise<T>;

export interface SessionOptions {
  /** The base URL of the API, without `/v1`. */
  readonly baseUrl: string;
  /**
   * Where the refresh token is. `body`: in the store. `cookie`: in a cookie that scripts cannot read, for pages on
   * the address of the API. The access token is then in the memory of this page, and the store contains no secret:
   * it tells all tabs, and the page after a reload, who is signed in. Default: `body`.
   */
  readonly refresh?: 'body' | 'cookie';
  /** Default: `memoryStore()`. */
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
  /** The device token to send with a sign-in. With `refresh: 'cookie'`, the browser sends it. */
  deviceToken(): string | undefined;
  /** Stores the answer of a sign-up or a sign-in. */
  start(answer: SignedIn): void;
  /** Forgets the sign-in. Sign out at the API first: `DELETE /v1/sessions`. */
  end(): void;
  /** Returns an access token that is valid for a while, or undefined for a guest. Refreshes it when needed. */
  accessToken(): Promise<string | undefined>;
  /** Returns another access token than `rejected`, or undefined when the sign-in has ended. */
  renew(rejected: string): Promise<string | undefined>;
  /** Calls `listener` when `user()` has changed, also by another tab. Returns a function that stops this. */
  onChange(listener: () => void): () => void;
  /**
   * Sends a request of this session. With `refresh: 'cookie'`, it asks for cookies, and requests that change the
   * cookie are sent one at a time in all tabs, so that the answer to an earlier one cannot replace a newer cookie.
   */
  transmit(request: Request, send: (request: Request) => Promise<Response>): Promise<Response>;
}

// An access token is refreshed this long before it expires, so that it does not expire on the way.
const MARGIN_MS = 30_000;

/** The paths of the requests whose answers set or delete the cookie of the refresh token. */
const SETS_COOKIE = /\/v1\/(sessions|users|users\/me|password-resets\/completion)$/;

/**
 * Creates the handling of one device's sign-in. One refresh is in progress at a time, in all tabs together: the
 * others wait for its result. A refresh whose answer was lost is repeated with the same `Idempotency-Key`.
 *
 * With `refresh: 'cookie'`, each tab has an access token of its own. A guest costs no request, because the store
 * says whether a refresh is worth trying.
 *
 * `accessToken` and `renew` throw the error of `fetch` when the API cannot be reached, and an error with the
 * status when it answers neither with tokens nor with 401. The sign-in stays stored.
 */
export function createSession(options: SessionOptions): Session {
  const { baseUrl, store = memoryStore(), lock = defaultLock(), now = Date.now } = options;
  const send = options.fetch ?? globalThis.fetch;
  const usesCookie = options.refresh === 'cookie';
  const listeners = new Set<() => void>();
  /** The access token of this page, and the sign-in that it belongs to. */
  let own: (AccessToken & { readonly id: string }) | undefined;

  const read = (): SignIn | undefined => {
    const { signIn } = store.read();
    if (signIn === undefined || !usesCookie) return signIn;
    const { id, user, refreshKey } = signIn;
    return { id, user, refreshKey, ...(own?.id === id ? own : {}) };
  };
  const write = (state: SessionState) => {
    store.write(state);
    for (const listener of listeners) listener();
  };
  const keep = (answer: SignedIn, id: string) => {
    const { user, accessToken, refreshToken, deviceToken, expiresIn } = answer;
    const token = { accessToken, expiresAt: now() + expiresIn * 1000 };
    const signIn = { id, user, refreshKey: crypto.randomUUID() };
    if (usesCookie) {
      own = { id, ...token };
      write({ signIn });
    } else {
      write({
        ...(deviceToken === undefined ? {} : { deviceToken }),
        signIn: { ...signIn, ...token, ...(refreshToken === undefined ? {} : { refreshToken }) },
      });
    }
  };
  const end = () => {
    const { deviceToken } = store.read();
    own = undefined;
    write(deviceToken === undefined ? {} : { deviceToken });
  };
  const isFresh = ({ expiresAt = 0 }: SignIn) => expiresAt - now() > MARGIN_MS;
  const askForCookie = (request: Request) => {
    if (usesCookie) request.headers.set('X-Refresh-Token', 'cookie');
    return request;
  };

  /** Refreshes the sign-in, unless another tab has replaced the token meanwhile. */
  const refresh = (isUsable: (signIn: SignIn) => boolean) =>
    lock(async () => {
      const signIn = read();
      if (signIn === undefined || isUsable(signIn)) return signIn?.accessToken;
      const { id, refreshToken, refreshKey } = signIn;
      const request = new Request(`${baseUrl}/v1/sessions/refresh`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Idempotency-Key': refreshKey },
        body: JSON.stringify({ refreshToken }),
      });
      const answer = await sendAgain(askForCookie(request), MAX_RETRY_AFTER, send);
      // A sign-in that replaced this one while it was refreshed is not touched.
      const current = read();
      const isCurrent = current?.id === id && current?.refreshToken === refreshToken;
      if (answer.status === 401) {
        if (isCurrent) end();
      } else if (answer.ok) {
        const signedIn = (await answer.json()) as SignedIn;
        if (isCurrent) keep(signedIn, id);
      } else {
        throw new Error(`the sign-in could not be refreshed: the API answered ${answer.status}`);
      }
      return read()?.accessToken;
    });

  return {
    start: answer => keep(answer, crypto.randomUUID()),
    end,
    user: () => read()?.user,
    deviceToken: () => store.read().deviceToken,
    accessToken: async () => {
      const signIn = read();
      return signIn === undefined || isFresh(signIn) ? signIn?.accessToken : refresh(isFresh);
    },
    renew: rejected => refresh(({ accessToken }) => accessToken !== undefined && accessToken !== rejected),
    onChange: listener => {
      const user = () => JSON.stringify(read()?.user);
      let last = user();
      const check = () => {
        const next = user();
        if (next === last) return;
        last = next;
        listener();
      };
      const stop = store.onChange?.(check);
      listeners.add(check);
      return () => {
        stop?.();
        listeners.delete(check);
      };
    },
    transmit: (request, sendNow) => {
      if (!usesCookie || request.method === 'GET') return sendNow(request);
      const isAlone = SETS_COOKIE.test(request.url);
      return isAlone ? lock(() => sendNow(askForCookie(request))) : sendNow(request);
    },
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
