import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { useApi } from '../support/api.ts';
import { leaks } from '../support/leaks.ts';

const api = useApi();

const REFRESH = '__Host-refresh';
const DEVICE = '__Secure-device';

interface Sent {
  readonly method?: string;
  readonly body?: unknown;
  readonly token?: string;
  readonly key?: string;
  readonly address?: string;
  /** Other headers. Undefined leaves a header out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** A browser: it stores the cookies of answers, and sends them as a page of the API's own address does. */
function browser(jar = new Map<string, string>()) {
  const send = async (path: string, { method = 'POST', body, token, key, address, headers }: Sent = {}) => {
    const all = {
      'X-Refresh-Token': 'cookie',
      'Sec-Fetch-Site': 'same-origin',
      Cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') || undefined,
      'Content-Type': body === undefined ? undefined : 'application/json',
      Authorization: token === undefined ? undefined : `Bearer ${token}`,
      'Idempotency-Key': key,
      ...headers,
    };
    const sent = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
    const init = { method, headers: sent as [string, string][], body: JSON.stringify(body) ?? null };
    const response = await api().request(path, init, address);
    const text = await response.text();
    const cookies = response.headers.getSetCookie();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? null : JSON.parse(text),
      cookies,
      /** Stores the cookies, unless the answer is lost. */
      arrives() {
        for (const cookie of cookies) {
          const [, name = '', value = '', rest = ''] = /^([^=]+)=([^;]*)(.*)$/.exec(cookie) ?? [];
          if (/; Max-Age=0(;|$)/.test(rest)) jar.delete(name);
          else jar.set(name, value);
        }
        return this;
      },
    };
  };
  const refresh = (sent: Sent = {}) => send('/v1/sessions/refresh', { body: {}, ...sent });
  return { jar, send, refresh };
}

/** A browser in which a new user has signed up. */
async function signedUp() {
  const chrome = browser();
  const body = { username: `user-${randomUUID().slice(0, 12)}`, password: randomUUID() };
  const answer = (await chrome.send('/v1/users', { body })).arrives();
  return { ...chrome, ...body, answer, token: String(answer.body.accessToken) };
}

const cleared = `${REFRESH}=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict`;

describe('with X-Refresh-Token: cookie', () => {
  test.each<[string, number, (sent: Awaited<ReturnType<typeof signedUp>>) => Promise<unknown>]>([
    ['a sign-up', 201, async ({ answer }) => answer],
    [
      'a sign-in',
      200,
      ({ send, username, password }) => send('/v1/sessions', { body: { username, password } }),
    ],
    ['a refresh', 200, ({ refresh }) => refresh()],
  ])('%s answers with cookies that scripts cannot read, and without these tokens', async (_, status, ask) => {
    const answer = await ask(await signedUp());
    expect(answer).toMatchObject({ status, body: { accessToken: expect.any(String), expiresIn: 900 } });
    expect(answer).not.toHaveProperty('body.refreshToken');
    expect(answer).not.toHaveProperty('body.deviceToken');
    expect(answer).toMatchObject({
      cookies: [
        expect.stringMatching(
          /^__Host-refresh=[\w-]+\.[\w-]+\.[\w-]+; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
        ),
        expect.stringMatching(
          /^__Secure-device=[\w.-]+; Max-Age=34560000; Path=\/v1\/sessions; HttpOnly; Secure; SameSite=Strict$/,
        ),
      ],
    });
  });

  test('the cookie is replaced by each refresh, and a former one ends the sign-in', async () => {
    const { jar, refresh } = await signedUp();
    const first = jar.get(REFRESH);
    const next = (await refresh()).arrives();
    expect(jar.get(REFRESH)).not.toBe(first);
    const { response } = await api().client(next.body.accessToken).GET('/v1/users/me');
    expect(response.status).toBe(200);
    api().clock.advance(31_000);
    const thief = browser(new Map([[REFRESH, first ?? '']]));
    expect((await thief.refresh()).status).toBe(401);
    expect(await refresh()).toMatchObject({ status: 401, cookies: [cleared] });
  });

  test('two tabs that refresh at once get the same cookie', async () => {
    const { jar, refresh } = await signedUp();
    const answers = await Promise.all([refresh(), refresh(), refresh({ key: randomUUID() })]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(answers.map(({ cookies }) => cookies[0])).size).toBe(1);
    for (const answer of answers) answer.arrives();
    api().clock.advance(900_000);
    expect((await refresh()).arrives().status).toBe(200);
    expect(jar.get(REFRESH)).toMatch(/./);
  });

  test('a tab that refreshes long after another one sends the newest cookie, and both stay signed in', async () => {
    const { refresh } = await signedUp();
    for (let minutes = 0; minutes < 60; minutes += 10) {
      expect((await refresh({ key: randomUUID() })).arrives().status).toBe(200);
      api().clock.advance(600_000);
    }
  });

  test('a lost answer is repeated with its key, with the same cookies', async () => {
    const { jar, refresh } = await signedUp();
    const key = randomUUID();
    const lost = await refresh({ key });
    api().clock.advance(3_600_000);
    const again = await refresh({ key });
    expect(again).toMatchObject({ status: 200, body: lost.body, cookies: lost.cookies });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    again.arrives();
    expect((await refresh({ key: randomUUID() })).status).toBe(200);
    expect(jar.get(REFRESH)).toBe(/=([^;]*)/.exec(lost.cookies[0] ?? '')?.[1]);
  });

  test('an answer whose cookie arrived and whose body was lost is followed by a new refresh with the same key', async () => {
    const { refresh } = await signedUp();
    const key = randomUUID();
    const first = (await refresh({ key })).arrives();
    api().clock.advance(3_600_000);
    const second = await refresh({ key });
    expect([second.status, second.headers.get('idempotency-replayed')]).toEqual([200, null]);
    expect(second.cookies[0]).not.toBe(first.cookies[0]);
  });

  test('a key alone repeats no answer: it belongs to the cookie that it came with', async () => {
    const { refresh } = await signedUp();
    const key = randomUUID();
    await refresh({ key });
    const stranger = browser();
    expect((await stranger.refresh({ key })).status).toBe(401);
    const other = await signedUp();
    const answer = await other.refresh({ key });
    expect(answer.body.user.username).toBe(other.username);
  });

  test('a sign-in that is repeated with its key sets the same cookies again, while it is active', async () => {
    const { send, username, password } = await signedUp();
    const signIn = { body: { username, password }, key: randomUUID() };
    const lost = await send('/v1/sessions', signIn);
    const again = (await send('/v1/sessions', signIn)).arrives();
    expect(again).toMatchObject({ status: 200, body: lost.body, cookies: lost.cookies });
    await send('/v1/sessions', { method: 'DELETE', token: again.body.accessToken });
    expect(await send('/v1/sessions', signIn)).toMatchObject({ status: 401, cookies: [] });
  });

  test('signing out deletes the cookie, and keeps the one of the device', async () => {
    const { jar, send, refresh, token } = await signedUp();
    const copy = new Map(jar);
    const answer = (await send('/v1/sessions', { method: 'DELETE', token })).arrives();
    expect(answer).toMatchObject({ status: 204, cookies: [cleared] });
    expect([...jar.keys()]).toEqual([DEVICE]);
    expect((await browser(copy).refresh()).status).toBe(401);
    // There is no cookie any more.
    expect(await refresh()).toMatchObject({ status: 401, cookies: [cleared] });
  });

  test('deleting the account deletes both cookies', async () => {
    const { jar, send, token } = await signedUp();
    const answer = (await send('/v1/users/me', { method: 'DELETE', token })).arrives();
    expect([202, 204]).toContain(answer.status);
    expect([...jar]).toEqual([]);
  });

  test('a new password keeps the cookie of this sign-in and ends the others', async () => {
    const mine = await signedUp();
    const other = browser();
    const { username, password } = mine;
    (await other.send('/v1/sessions', { body: { username, password } })).arrives();
    const change = { password: randomUUID(), currentPassword: password };
    const changed = await mine.send('/v1/users/me', { method: 'PATCH', token: mine.token, body: change });
    expect([changed.status, changed.cookies]).toEqual([200, []]);
    expect((await mine.refresh()).status).toBe(200);
    expect(await other.refresh()).toMatchObject({ status: 401, cookies: [cleared] });
  });

  test('the cookie of the device lets it sign in while others guess the password', async () => {
    const { send, username, password } = await signedUp();
    const address = '2001:db8:99:1::1';
    const stranger = browser();
    for (let i = 0; i < 5; i++) {
      const body = { username, password: `guess ${i}` };
      expect((await stranger.send('/v1/sessions', { body, address })).status).toBe(401);
    }
    const body = { username, password };
    expect((await stranger.send('/v1/sessions', { body, address })).status).toBe(429);
    expect((await send('/v1/sessions', { body, address })).status).toBe(200);
  });

  test.each(['', 'none', 'a.b.c', 'x'.repeat(600), '%00', '"quoted"', 'a, b'])(
    'a made-up cookie, %j, is a 401 that deletes it',
    async value => {
      const made = browser(new Map([[REFRESH, value]]));
      const answer = await made.refresh();
      expect(answer).toMatchObject({ status: 401, cookies: [cleared] });
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    },
  );

  test.each([
    ['refreshToken', '/v1/sessions/refresh', { refreshToken: 'a-token' }],
    ['deviceToken', '/v1/sessions', { username: 'ann', password: 'a password', deviceToken: 'a-token' }],
  ])('%s in the body is refused', async (field, path, body) => {
    const { send } = await signedUp();
    const answer = await send(path, { body });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ in: 'body', field }] }, cookies: [] });
  });

  test.each([[[]], [7], ['text'], [null], [{ more: 1 }]])(
    'a refresh with the body %j is refused',
    async body => {
      const { refresh } = await signedUp();
      expect(await refresh({ body })).toMatchObject({ status: 422, cookies: [] });
    },
  );

  test('a refresh needs a JSON body, which a form cannot send', async () => {
    const { refresh, send } = await signedUp();
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    expect((await refresh({ headers })).status).toBe(415);
    expect((await send('/v1/sessions/refresh')).status).toBe(415);
  });

  test.each(['Cookie', 'body', '', 'cookie, cookie', 'true'])(
    'another value, %j, is refused, also when a stored answer could be repeated',
    async value => {
      const { send, username, password } = await signedUp();
      const signIn = { body: { username, password }, key: randomUUID() };
      await send('/v1/sessions', signIn);
      const answer = await send('/v1/sessions', { ...signIn, headers: { 'X-Refresh-Token': value } });
      expect(answer).toMatchObject({
        status: 422,
        body: { errors: [{ in: 'header', field: 'X-Refresh-Token', message: 'must be "cookie"' }] },
        cookies: [],
      });
    },
  );
});

describe('without X-Refresh-Token', () => {
  const headers = { 'X-Refresh-Token': undefined };

  test('a cookie is not read', async () => {
    const { refresh, jar } = await signedUp();
    const answer = await refresh({ headers });
    expect(answer).toMatchObject({
      status: 422,
      body: {
        errors: [
          { in: 'body', field: 'refreshToken', message: 'is required without X-Refresh-Token: cookie' },
        ],
      },
      cookies: [],
    });
    expect((await browser(jar).refresh()).status).toBe(200);
  });

  test('no cookie is set or deleted, and the tokens are in the body', async () => {
    const { send, username, password, refresh } = await signedUp();
    const answer = await send('/v1/sessions', { body: { username, password }, headers });
    expect(answer).toMatchObject({
      status: 200,
      body: { refreshToken: expect.any(String), deviceToken: expect.any(String) },
      cookies: [],
    });
    const { refreshToken, accessToken: token } = answer.body;
    expect((await refresh({ body: { refreshToken }, headers })).cookies).toEqual([]);
    expect((await refresh({ body: { refreshToken: 'made up' }, headers })).cookies).toEqual([]);
    expect((await send('/v1/sessions', { method: 'DELETE', token, headers })).cookies).toEqual([]);
  });
});

describe('a page of another origin', () => {
  const HOST = 'api.example';
  const refused = { status: 403, body: { reason: 'cross-origin' }, cookies: [] };

  test.each([
    ['of another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['of another host of the same site', { 'Sec-Fetch-Site': 'same-site' }],
    ['that was typed in', { 'Sec-Fetch-Site': 'none' }],
    ['of another site, in an old browser', { 'Sec-Fetch-Site': undefined, Origin: 'https://evil.example' }],
    ['of another port, in an old browser', { 'Sec-Fetch-Site': undefined, Origin: `https://${HOST}:8443` }],
    ['in a sandbox, in an old browser', { 'Sec-Fetch-Site': undefined, Origin: 'null' }],
  ])('%s is refused on every route of sign-ins, and changes nothing', async (_, origin) => {
    const { send, refresh, jar, token, username, password } = await signedUp();
    const headers = { Host: HOST, ...origin };
    expect(await refresh({ headers })).toMatchObject(refused);
    const body = { username, password };
    expect(await send('/v1/sessions', { body, headers })).toMatchObject(refused);
    const user = { username: `user-${randomUUID().slice(0, 12)}`, password };
    expect(await send('/v1/users', { body: user, headers })).toMatchObject(refused);
    expect(await send('/v1/sessions', { method: 'DELETE', token, headers })).toMatchObject(refused);
    expect(await send('/v1/users/me', { method: 'DELETE', token, headers })).toMatchObject(refused);
    expect((await browser(jar).refresh()).status).toBe(200);
  });

  test.each([
    ['the same origin in an old browser', { 'Sec-Fetch-Site': undefined, Origin: `https://${HOST}` }],
    ['a client that is not a browser', { 'Sec-Fetch-Site': undefined }],
    ['the same origin behind a proxy that replaces Host', { Origin: 'https://app.example' }],
  ])('is told from %s', async (_, origin) => {
    const { refresh } = await signedUp();
    expect((await refresh({ headers: { Host: HOST, ...origin } })).status).toBe(200);
  });

  test('may not send X-Refresh-Token, nor any request with credentials', async () => {
    for (const path of ['/v1/sessions/refresh', '/v1/sessions', '/v1/users', '/v1/users/me']) {
      const { headers } = await api().request(path, {
        method: 'OPTIONS',
        headers: {
          Origin: 'https://evil.example',
          'Access-Control-Request-Method': 'POST',
          'Access-Control-Request-Headers': 'content-type,x-refresh-token',
        },
      });
      const allowed = headers.get('access-control-allow-headers') ?? '';
      expect(allowed).toMatch(/content-type/i);
      expect(allowed).not.toMatch(/x-refresh-token|\*/i);
      expect(headers.has('access-control-allow-credentials')).toBe(false);
    }
    const { headers } = await api().request('/v1/health', { headers: { Origin: 'https://evil.example' } });
    expect(headers.has('access-control-allow-credentials')).toBe(false);
  });
});

test('cookies appear in no log line, no body and no row', async () => {
  const { refresh, send, token } = await signedUp();
  (await refresh({ key: randomUUID() })).arrives();
  await refresh({ headers: { 'Sec-Fetch-Site': 'cross-site' } });
  await send('/v1/sessions', { method: 'DELETE', token });
  await refresh();
  expect(await leaks(api())).toEqual([]);
});

test('a cookie that is logged is found', async () => {
  const { jar } = await signedUp();
  const logs = [{ level: 'info' as const, message: 'm', fields: { cookie: jar.get(REFRESH) } }];
  expect(await leaks({ ...api(), logs })).toEqual(['the log has a refreshToken']);
});
