import { describe, expect, test } from '@jest/globals';
import { apiClient, listItems } from '../../client/client.ts';
import { createSession, memoryStore, type SessionStore, webStore } from '../../client/session.ts';
import { API_URL, useApi } from '../support/api.ts';

const api = useApi();

/** A client whose requests go to the API in this process and are recorded. */
function recording(accessToken?: () => string | undefined | Promise<string | undefined>) {
  const sent: Request[] = [];
  const fetch = async (request: Request) => {
    sent.push(request.clone());
    const { method, headers, url } = request;
    const body = method === 'GET' ? null : (await request.text()) || null;
    return api().request(url.slice(API_URL.length), { method, headers, body });
  };
  const client = apiClient({
    baseUrl: API_URL,
    fetch,
    ...(accessToken === undefined ? {} : { accessToken }),
  });
  return { client, sent };
}

describe('the typed client', () => {
  test('returns the data of a success and the problem of a failure', async () => {
    const { client } = recording();
    const found = await client.GET('/v1/channels', { params: { query: { isLive: 'true', limit: 5 } } });
    expect(found.data).toEqual({ items: [], nextCursor: null });
    const params = { path: { username: 'nobody' } };
    const { data, error } = await client.GET('/v1/channels/{username}', { params });
    expect(data).toBeUndefined();
    // A misspelled member would not compile.
    expect(error?.type).toBe('urn:problem-type:not-found');
  });

  test('sends no token as a guest, and reads the current token for each request', async () => {
    const { accessToken } = await api().signUp();
    const tokens = [undefined, accessToken, 'gone'];
    const { client, sent } = recording(async () => tokens[sent.length]);
    const statuses: number[] = [];
    for (const _ of tokens) statuses.push((await client.GET('/v1/users/me')).response.status);
    expect(statuses).toEqual([401, 200, 401]);
    expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual([
      null,
      `Bearer ${accessToken}`,
      'Bearer gone',
    ]);
  });

  test('encodes path parameters, so that no value leads to another route', async () => {
    const { client, sent } = recording();
    const params = { path: { username: '../users/me?x=1#' } };
    expect((await client.GET('/v1/channels/{username}', { params })).response.status).toBe(404);
    expect(new URL(sent[0]?.url ?? '').pathname).toBe('/v1/channels/..%2Fusers%2Fme%3Fx%3D1%23');
  });

  test('sends bodies as JSON, and the headers that an operation declares', async () => {
    const { client, sent } = recording();
    const header = { 'Idempotency-Key': 'a key of sixteen or more'.replaceAll(' ', '-') };
    const body = { username: 'client-user', password: 'a long password' };
    const [first, second] = [
      await client.POST('/v1/users', { body, params: { header } }),
      await client.POST('/v1/users', { body, params: { header } }),
    ];
    expect(first.response.status).toBe(201);
    expect(second.data).toEqual(first.data);
    expect(sent[0]?.headers.get('content-type')).toBe('application/json');
  });
});

/** A device: a session, a client that uses it, and the requests that were sent. */
function device(store: SessionStore = memoryStore(), intercept = (send: () => Promise<Response>) => send()) {
  const sent: string[] = [];
  const send = async (request: Request) => {
    const { method, headers, url } = request;
    const path = url.slice(API_URL.length);
    sent.push(`${method} ${path}`);
    const body = method === 'GET' ? null : (await request.text()) || null;
    return intercept(() => api().request(path, { method, headers, body }));
  };
  const session = createSession({
    baseUrl: API_URL,
    store,
    now: () => api().clock.now().getTime(),
    fetch: send,
  });
  return { session, client: apiClient({ baseUrl: API_URL, session, fetch: send }), sent };
}

const REFRESH = 'POST /v1/sessions/refresh';
const count = (sent: readonly string[], line: string) => sent.filter(one => one === line).length;

async function signInOn({ session, client }: ReturnType<typeof device>) {
  const { username, password } = await api().signUp();
  const { data } = await client.POST('/v1/sessions', { body: { username, password } });
  if (data === undefined) throw new Error('the sign-in failed');
  session.start(data);
  return { username, password };
}

describe('the session of the client', () => {
  test('refreshes an access token that expires soon once, however many requests need it', async () => {
    const laptop = device();
    const { username } = await signInOn(laptop);
    expect(laptop.session.user()?.username).toBe(username);
    api().clock.advance(880_000);
    const answers = await Promise.all(Array.from({ length: 8 }, () => laptop.client.GET('/v1/users/me')));
    expect(answers.map(({ response }) => response.status)).toEqual(Array(8).fill(200));
    expect(count(laptop.sent, REFRESH)).toBe(1);
  });

  test('is shared by tabs: the tab that comes second uses the token of the first', async () => {
    const values = new Map<string, string>();
    const storage = {
      getItem: (key: string) => values.get(key) ?? null,
      setItem: (key: string, value: string) => void values.set(key, value),
    };
    const tabs = [device(webStore(storage)), device(webStore(storage))] as const;
    await signInOn(tabs[0]);
    api().clock.advance(900_000);
    // These tabs do not share a lock, as in a browser without the Web Locks API.
    const answers = await Promise.all(tabs.map(({ client }) => client.GET('/v1/users/me')));
    expect(answers.map(({ response }) => response.status)).toEqual([200, 200]);
    const refreshes = () => count([...tabs[0].sent, ...tabs[1].sent], REFRESH);
    const before = refreshes();
    api().clock.advance(900_000);
    for (const { client } of tabs) expect((await client.GET('/v1/users/me')).response.status).toBe(200);
    expect(refreshes() - before).toBe(1);
  });

  test('survives a lost answer to a refresh, also when it is repeated minutes later', async () => {
    let isLost = false;
    const phone = device(memoryStore(), async send => {
      const answer = await send();
      if (isLost) throw new TypeError('the connection was lost');
      return answer;
    });
    await signInOn(phone);
    api().clock.advance(900_000);
    isLost = true;
    await expect(phone.client.GET('/v1/users/me')).rejects.toThrow('the connection was lost');
    isLost = false;
    api().clock.advance(120_000);
    expect((await phone.client.GET('/v1/users/me')).response.status).toBe(200);
    expect(count(phone.sent, REFRESH)).toBe(2);
  });

  test('ends when the API ends it, and keeps the device token', async () => {
    const tablet = device();
    const credentials = await signInOn(tablet);
    const deviceToken = tablet.session.deviceToken();
    await api()
      .client(await tablet.session.accessToken())
      .DELETE('/v1/sessions');
    api().clock.advance(900_000);
    expect((await tablet.client.GET('/v1/users/me')).response.status).toBe(401);
    expect(tablet.session.user()).toBeUndefined();
    expect(await tablet.session.accessToken()).toBeUndefined();
    expect(tablet.session.deviceToken()).toBe(deviceToken);
    const { response } = await tablet.client.POST('/v1/sessions', {
      body: { ...credentials, ...(deviceToken === undefined ? {} : { deviceToken }) },
    });
    expect(response.status).toBe(200);
  });

  test('sends a request again with a new token when the API rejects the old one', async () => {
    const store = memoryStore();
    const desktop = device(store);
    await signInOn(desktop);
    const { signIn, ...rest } = store.read();
    if (signIn === undefined) throw new Error('nobody is signed in');
    // As after a change of the keys that sign access tokens.
    store.write({ ...rest, signIn: { ...signIn, accessToken: 'rejected' } });
    const { response } = await desktop.client.GET('/v1/users/me');
    expect(response.status).toBe(200);
    expect(desktop.sent.slice(-3)).toEqual(['GET /v1/users/me', REFRESH, 'GET /v1/users/me']);
  });

  test('reads a damaged or foreign value of the storage as signed out', () => {
    for (const value of ['{', '"text"', 'null', '7']) {
      const store = webStore({ getItem: () => value, setItem: () => {} });
      expect(createSession({ baseUrl: API_URL, store }).user()).toBeUndefined();
    }
  });
});

describe('a refusal that says when to try again', () => {
  /** A client whose first requests are refused. */
  function refused(status: number, times: number, seconds = '0') {
    const bodies: string[] = [];
    const client = apiClient({
      baseUrl: API_URL,
      fetch: async request => {
        bodies.push(await request.clone().text());
        if (bodies.length <= times)
          return new Response('{}', { status, headers: { 'Retry-After': seconds } });
        const { method, headers, url } = request;
        return api().request(url.slice(API_URL.length), {
          method,
          headers,
          body: (await request.text()) || null,
        });
      },
    });
    return { client, bodies };
  }
  const credentials = { username: 'nobody-here', password: 'a long password' };

  test('is repeated up to three times, with the same body', async () => {
    const twice = refused(429, 2);
    expect((await twice.client.POST('/v1/sessions', { body: credentials })).response.status).toBe(401);
    expect(twice.bodies).toEqual(Array(3).fill(JSON.stringify(credentials)));
    const always = refused(503, 9);
    expect((await always.client.DELETE('/v1/sessions')).response.status).toBe(503);
    expect(always.bodies).toHaveLength(4);
  });

  test('is not repeated when the request could take effect twice, or when the wait is long', async () => {
    const unsafe = refused(503, 1);
    expect((await unsafe.client.POST('/v1/sessions', { body: credentials })).response.status).toBe(503);
    const header = { 'Idempotency-Key': 'a-key-of-sixteen-characters' };
    const safe = refused(503, 1);
    const { response } = await safe.client.POST('/v1/sessions', { body: credentials, params: { header } });
    expect(response.status).toBe(401);
    const long = refused(429, 1, '11');
    expect((await long.client.DELETE('/v1/sessions')).response.status).toBe(429);
    expect([unsafe.bodies.length, safe.bodies.length, long.bodies.length]).toEqual([1, 2, 1]);
  });

  test('is given up when the caller aborts the request', async () => {
    const { client, bodies } = refused(429, 1, '9');
    const abort = new AbortController();
    const answer = client.DELETE('/v1/sessions', { signal: abort.signal });
    abort.abort(new Error('the page was left'));
    await expect(answer).rejects.toThrow('the page was left');
    expect(bodies.length).toBeLessThanOrEqual(1);
  });
});

describe('the items of a list', () => {
  test('come from all pages, and a page is requested when it is needed', async () => {
    const member = await api().signUp();
    for (let n = 0; n < 5; n++)
      await member.api.PUT('/v1/channels/{username}/follow', {
        params: { path: { username: (await api().signUp()).username } },
      });
    let pages = 0;
    const following = listItems(cursor => {
      pages++;
      return member.api.GET('/v1/users/me/following', { params: { query: { limit: 2, ...cursor } } });
    });
    const names: string[] = [];
    for await (const { channel } of following) {
      names.push(channel.username);
      if (names.length === 2) expect(pages).toBe(1);
    }
    expect(new Set(names).size).toBe(5);
    expect(pages).toBe(3);
  });

  test('end with the problem of a page that is refused', async () => {
    const list = listItems(() => api().client().GET('/v1/users/me/following'));
    await expect(list.next()).rejects.toMatchObject({ type: 'urn:problem-type:unauthenticated' });
  });
});
