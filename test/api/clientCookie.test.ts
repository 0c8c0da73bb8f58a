import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { apiClient } from '../../client/client.ts';
import { createSession, type Lock, type StorageEvents, webStore } from '../../client/session.ts';
import { API_URL, useApi } from '../support/api.ts';

const api = useApi();

/** Tells the tabs of one browser apart: a storage event is not sent to the tab that made the change. */
class Tabs {
  readonly #listeners = new Set<{ tab: object; type: string; listener: Listener }>();
  readonly #frozen = new Set<object>();

  of(tab: object): StorageEvents {
    return {
      addEventListener: (type, listener) => void this.#listeners.add({ tab, type, listener }),
      removeEventListener: (type, listener) => {
        for (const one of this.#listeners)
          if (one.tab === tab && one.type === type && one.listener === listener) this.#listeners.delete(one);
      },
    };
  }

  stored(by: object, key: string): void {
    for (const { tab, type, listener } of [...this.#listeners])
      if (tab !== by && type === 'storage' && !this.#frozen.has(tab)) listener({ key });
  }

  /** The page of `tab` goes to the back-forward cache, where it gets no storage events. */
  freeze(tab: object): void {
    this.#frozen.add(tab);
  }

  /** The page of `tab` comes back from the back-forward cache. */
  shown(tab: object): void {
    for (const one of [...this.#listeners]) if (one.tab === tab && one.type === 'pageshow') one.listener({});
  }

  get size(): number {
    return this.#listeners.size;
  }
}
type Listener = Parameters<StorageEvents['addEventListener']>[1];

/** A point in time that one side waits for. */
function turn() {
  let come: () => void = () => {};
  const came = new Promise<void>(resolve => {
    come = resolve;
  });
  return { come, came };
}

/** A queue for all tabs, as the Web Locks API is. */
function webLocks(onQueued = () => {}): Lock {
  let last: Promise<unknown> = Promise.resolve();
  return work => {
    onQueued();
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };
}

/** A browser with one cookie jar and one `localStorage`. Each tab is a page with a session of its own. */
function browser() {
  const jar = new Map<string, string>();
  const values = new Map<string, string>();
  const tabs = new Tabs();
  let onQueued = () => {};
  const lock = webLocks(() => onQueued());
  const sent: string[] = [];
  let held: (request: Request) => Promise<void> = async () => {};
  let fault: ((request: Request) => 'lost' | 'lostBody' | undefined) | undefined;

  const fetch = async (request: Request) => {
    const { method, url } = request;
    const path = url.slice(API_URL.length);
    sent.push(`${method} ${path}`);
    const headers = new Headers(request.headers);
    headers.set('Sec-Fetch-Site', 'same-origin');
    if (jar.size > 0) headers.set('Cookie', [...jar].map(cookie => cookie.join('=')).join('; '));
    const body = method === 'GET' ? null : (await request.text()) || null;
    const answer = await api().request(path, { method, headers, body });
    await held(request);
    const happens = fault?.(request);
    if (happens === 'lost') throw new TypeError('the connection was lost');
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (/; Max-Age=0;/.test(cookie)) jar.delete(name);
      else jar.set(name, value);
    }
    if (happens === 'lostBody') throw new TypeError('the page was closed');
    return answer;
  };

  /** Opens a page. Without locks, as in a browser that has no Web Locks API. */
  const open = ({ hasLocks = true } = {}) => {
    const tab = {};
    const storage = {
      getItem: (key: string) => values.get(key) ?? null,
      setItem: (key: string, value: string) => {
        values.set(key, value);
        tabs.stored(tab, key);
      },
    };
    const session = createSession({
      baseUrl: API_URL,
      refresh: 'cookie',
      store: webStore(storage, 'ugc-live', tabs.of(tab)),
      lock: hasLocks ? lock : webLocks(),
      now: () => api().clock.now().getTime(),
      fetch,
    });
    const client = apiClient({ baseUrl: API_URL, session, fetch, maxRetryAfter: 1 });
    const me = async () => (await client.GET('/v1/users/me')).response.status;
    let changes = 0;
    const stop = session.onChange(() => changes++);
    return { tab, session, client, me, changes: () => changes, stop };
  };
  return {
    jar,
    values,
    tabs,
    sent,
    open,
    /** Lets an answer wait before it arrives. */
    hold: (next: typeof held) => {
      held = next;
    },
    /** Resolves when a tab wants the lock. */
    waits: () =>
      new Promise<void>(resolve => {
        onQueued = resolve;
      }),
    refreshes: () => sent.filter(line => line === REFRESH).length,
    inject: (next: typeof fault) => {
      fault = next;
    },
  };
}

const REFRESH = 'POST /v1/sessions/refresh';
type Tab = ReturnType<ReturnType<typeof browser>['open']>;

/** Signs a new user in on the page. */
async function signInOn({ session, client }: Tab) {
  const { username, password } = await api().signUp();
  const { data } = await client.POST('/v1/sessions', { body: { username, password } });
  if (data === undefined) throw new Error('the sign-in failed');
  session.start(data);
  return { username, password };
}

const later = (minutes: number) => api().clock.advance(minutes * 60_000);

describe('a session with the refresh token in a cookie', () => {
  test('stores no secret: the tokens are in the cookie jar and in memory', async () => {
    const chrome = browser();
    const page = chrome.open();
    const { username } = await signInOn(page);
    await page.me();
    later(20);
    expect(await page.me()).toBe(200);
    const stored = JSON.parse(chrome.values.get('ugc-live') ?? '');
    expect(stored).toEqual({
      signIn: {
        id: expect.any(String),
        refreshKey: expect.any(String),
        user: expect.objectContaining({ username }),
      },
    });
    const accessToken = await page.session.accessToken();
    const secrets = [...chrome.jar.values(), accessToken ?? ''];
    expect(secrets).toHaveLength(3);
    for (const secret of secrets) expect(JSON.stringify([...chrome.values])).not.toContain(secret);
    expect(page.session.deviceToken()).toBeUndefined();
  });

  test('costs a guest no request, and asks for no cookie on reads', async () => {
    const chrome = browser();
    const page = chrome.open();
    expect(await page.session.accessToken()).toBeUndefined();
    await page.client.GET('/v1/categories');
    expect(chrome.sent).toEqual(['GET /v1/categories']);
  });

  test('knows its user after a reload, and refreshes once for the first requests', async () => {
    const chrome = browser();
    const { username } = await signInOn(chrome.open());
    const reloaded = chrome.open();
    expect(reloaded.session.user()?.username).toBe(username);
    expect(await Promise.all([reloaded.me(), reloaded.me(), reloaded.me()])).toEqual([200, 200, 200]);
    expect(chrome.refreshes()).toBe(1);
  });

  test('refreshes in each tab with the newest cookie, at once and much later', async () => {
    const chrome = browser();
    const tabs = [chrome.open(), chrome.open(), chrome.open()] as const;
    await signInOn(tabs[0]);
    expect(await Promise.all(tabs.map(({ me }) => me()))).toEqual([200, 200, 200]);
    for (const minutes of [20, 1, 40, 10_000]) {
      later(minutes);
      for (const { me } of tabs) {
        expect(await me()).toBe(200);
        later(1);
      }
    }
    later(20);
    expect(await Promise.all(tabs.map(({ me }) => me()))).toEqual([200, 200, 200]);
  });

  test('refreshes in two tabs at once, also without the Web Locks API', async () => {
    const chrome = browser();
    const tabs = [chrome.open({ hasLocks: false }), chrome.open({ hasLocks: false })] as const;
    await signInOn(tabs[0]);
    later(20);
    expect(await Promise.all(tabs.map(({ me }) => me()))).toEqual([200, 200]);
    later(20);
    for (const { me } of tabs) expect(await me()).toBe(200);
  });

  test.each(['lost', 'lostBody'] as const)(
    'survives a refresh whose answer was lost, however late it is repeated: %s',
    async kind => {
      const chrome = browser();
      const page = chrome.open();
      await signInOn(page);
      later(20);
      chrome.inject(request => (request.url.endsWith('/refresh') ? kind : undefined));
      await expect(page.me()).rejects.toThrow();
      chrome.inject(undefined);
      later(600);
      const reloaded = chrome.open();
      expect(await reloaded.me()).toBe(200);
      later(20);
      expect(await page.me()).toBe(200);
      expect(await reloaded.me()).toBe(200);
    },
  );

  test('tells every tab of a sign-in and of a sign-out, and stays quiet about refreshes', async () => {
    const chrome = browser();
    const [one, other] = [chrome.open(), chrome.open()];
    const { username } = await signInOn(one);
    expect(other.session.user()?.username).toBe(username);
    expect([one.changes(), other.changes()]).toEqual([1, 1]);
    later(20);
    expect([await one.me(), await other.me()]).toEqual([200, 200]);
    expect([one.changes(), other.changes()]).toEqual([1, 1]);
    await other.client.DELETE('/v1/sessions');
    other.session.end();
    expect([one.session.user(), await one.session.accessToken()]).toEqual([undefined, undefined]);
    expect([one.changes(), other.changes()]).toEqual([2, 2]);
    expect([...chrome.jar.keys()]).toEqual(['__Secure-device']);
    one.stop();
    await signInOn(other);
    expect([one.changes(), other.changes()]).toEqual([2, 3]);
    other.stop();
    expect(chrome.tabs.size).toBe(0);
  });

  test('tells a page that comes back from the back-forward cache what it has missed', async () => {
    const chrome = browser();
    const [one, other] = [chrome.open(), chrome.open()];
    one.stop();
    let heard = 0;
    one.session.onChange(() => heard++);
    chrome.tabs.freeze(one.tab);
    await signInOn(other);
    expect(heard).toBe(0);
    chrome.tabs.shown(one.tab);
    expect(heard).toBe(1);
  });

  test('does not use the access token of a user who has signed out in another tab', async () => {
    const chrome = browser();
    const [one, other] = [chrome.open(), chrome.open()];
    await signInOn(one);
    expect(await one.me()).toBe(200);
    await other.client.DELETE('/v1/sessions');
    other.session.end();
    const { username } = await signInOn(other);
    const { data } = await one.client.GET('/v1/users/me');
    expect(data?.username).toBe(username);
  });

  test('ends in every tab when the API refuses the cookie', async () => {
    const chrome = browser();
    const [one, other] = [chrome.open(), chrome.open()];
    const { username, password } = await signInOn(one);
    const change = { password: randomUUID(), currentPassword: password };
    const elsewhere = await api().client().POST('/v1/sessions', { body: { username, password } });
    await api().client(elsewhere.data?.accessToken).PATCH('/v1/users/me', { body: change });
    later(20);
    expect(await other.me()).toBe(401);
    expect([one.session.user(), other.session.user()]).toEqual([undefined, undefined]);
    expect([one.changes(), other.changes()]).toEqual([2, 2]);
    expect(chrome.jar.has('__Host-refresh')).toBe(false);
    const before = chrome.sent.length;
    expect(await one.me()).toBe(401);
    expect(chrome.sent.slice(before)).toEqual(['GET /v1/users/me']);
  });

  test('ends when the cookies were deleted by hand', async () => {
    const chrome = browser();
    await signInOn(chrome.open());
    chrome.jar.clear();
    const reloaded = chrome.open();
    expect(await reloaded.me()).toBe(401);
    expect(reloaded.session.user()).toBeUndefined();
  });

  test('signs in after a refresh that is on its way, so that its answer cannot replace the newer cookie', async () => {
    const chrome = browser();
    const [one, other] = [chrome.open(), chrome.open()];
    await signInOn(one);
    const { username, password } = await api().signUp();
    const [reached, release] = [turn(), turn()];
    chrome.hold(async request => {
      if (!request.url.endsWith('/refresh')) return;
      reached.come();
      await release.came;
    });
    const refreshed = other.me();
    await reached.came;
    const signIn = one.client.POST('/v1/sessions', { body: { username, password } });
    await Promise.race([signIn, chrome.waits()]);
    release.come();
    expect(await refreshed).toBe(200);
    const { data } = await signIn;
    if (data === undefined) throw new Error('the sign-in failed');
    one.session.start(data);
    later(20);
    for (const { client } of [one, other, chrome.open()])
      expect((await client.GET('/v1/users/me')).data?.username).toBe(username);
  });
});
