import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { openApiDocument } from '../../lambdas/api/openApi.ts';
import { type Member, useApi } from '../support/api.ts';
import { recordRequests } from '../support/requests.ts';

const api = useApi();

interface Sent {
  readonly method?: string;
  readonly body?: unknown;
  readonly token?: string;
  readonly address?: string;
  /** The `Idempotency-Key`. */
  readonly key?: string | undefined;
}

async function send(path: string, { method = 'POST', body, token, address, key }: Sent = {}) {
  const headers = {
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(key === undefined ? {} : { 'Idempotency-Key': key }),
  };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await api().request(path, init, address);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
}

const signIn = (username: string, password: string, address?: string) =>
  send('/v1/sessions', { body: { username, password }, ...(address === undefined ? {} : { address }) });
const refresh = (refreshToken: string, key?: string) =>
  send('/v1/sessions/refresh', { body: { refreshToken }, key });

/** An answer without the values that differ per request. */
function comparable({ status, headers, body }: Awaited<ReturnType<typeof send>>) {
  const { instance: _, ...rest } = body;
  const named = [...headers].filter(([name]) => name !== 'x-request-id');
  return { status, headers: Object.fromEntries(named), body: rest };
}

describe('POST /v1/sessions', () => {
  test('signs a user in, whatever the case of the name', async () => {
    const { username, password, userId, channelId } = await api().signUp();
    const answer = await signIn(username.toUpperCase(), password);
    expect(answer).toMatchObject({
      status: 200,
      body: { user: { id: userId, username, channelId }, expiresIn: 900 },
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const me = await send('/v1/users/me', { method: 'GET', token: answer.body.accessToken });
    expect(me.status).toBe(200);
  });

  test('answers an unknown name and a wrong password in the same way', async () => {
    const { username } = await api().signUp();
    const wrong = comparable(await signIn(username, 'not the password'));
    const unknown = comparable(await signIn(`nobody-${randomUUID().slice(0, 8)}`, 'not the password'));
    const short = comparable(await signIn(username, 'x'));
    expect(wrong).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer', 'content-type': 'application/problem+json' },
      body: { type: 'urn:problem-type:unauthenticated', detail: 'the username or the password is wrong' },
    });
    expect(unknown).toEqual(wrong);
    expect(short).toEqual(wrong);
  });

  test('refuses a network after five wrong passwords, says for how long, and still accepts known devices', async () => {
    const { username, password } = await api().signUp();
    const first = await signIn(username, password);
    const address = '2001:db8:77:1::1';
    for (let i = 0; i < 5; i++)
      expect((await signIn(username, `guess ${i}`, `2001:db8:77:${i}::1`)).status).toBe(401);
    const { deviceToken } = first.body;
    const known = await send('/v1/sessions', { body: { username, password, deviceToken }, address });
    expect(known.status).toBe(200);
    const locked = await signIn(username, password, address);
    expect(locked.status).toBe(429);
    expect(locked.body.type).toBe('urn:problem-type:too-many-requests');
    expect(locked.body).toMatchObject({ reason: 'sign-in-locked', parameters: { limit: 5 } });
    expect(locked.headers.get('retry-after')).toBe('900');
    expect((await signIn(username, password, '198.51.100.9')).status).toBe(200);
    api().clock.advance(900_000);
    expect((await signIn(username, password, address)).status).toBe(200);
  });

  test('accepts 30 requests a minute from one address', async () => {
    const address = '198.51.100.7';
    const statuses = [];
    for (let i = 0; i < 31; i++)
      statuses.push((await signIn(`who-${i}`, 'not the password', address)).status);
    expect(statuses).toEqual([...Array(30).fill(401), 429]);
    expect((await signIn('who-0', 'not the password', '198.51.100.8')).status).toBe(401);
  });

  test.each([
    ['a name alone', { username: 'ann' }, 'password'],
    ['an unknown member', { username: 'ann', password: 'x', admin: true }, 'admin'],
    ['a password that is not a string', { username: 'ann', password: 5 }, 'password'],
    ['an empty password', { username: 'ann', password: '' }, 'password'],
    ['a password that is too long', { username: 'ann', password: 'x'.repeat(5_000) }, 'password'],
    ['a name that is too long', { username: 'x'.repeat(5_000), password: 'x' }, 'username'],
  ])('refuses %s', async (_, body, field) => {
    const answer = await send('/v1/sessions', { body });
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toEqual([{ in: 'body', field, message: expect.any(String) }]);
    expect(JSON.stringify(answer.body)).not.toContain('xxxx');
  });
});

describe('POST /v1/sessions/refresh', () => {
  test('returns the next tokens, the same ones for 30 seconds, and after that ends the sign-in', async () => {
    const { refreshToken, userId } = await api().signUp();
    const next = await refresh(refreshToken);
    expect(next).toMatchObject({ status: 200, body: { user: { id: userId }, expiresIn: 900 } });
    expect((await send('/v1/users/me', { method: 'GET', token: next.body.accessToken })).status).toBe(200);
    expect((await refresh(refreshToken)).body.refreshToken).toBe(next.body.refreshToken);
    api().clock.advance(31_000);
    const reused = await refresh(refreshToken);
    expect(reused).toMatchObject({ status: 401, body: { type: 'urn:problem-type:unauthenticated' } });
    expect((await refresh(next.body.refreshToken)).status).toBe(401);
  });
});

describe('an answer stored under an Idempotency-Key', () => {
  const over = {
    status: 401,
    body: { detail: 'the sign-in that this Idempotency-Key created is over: sign in with another key' },
  };

  test('of a refresh is repeated while its token is the newest, even after 30 seconds', async () => {
    const { refreshToken } = await api().signUp();
    const key = randomUUID();
    const first = await refresh(refreshToken, key);
    api().clock.advance(300_000);
    const again = await refresh(refreshToken, key);
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const second = await refresh(first.body.refreshToken);
    api().clock.advance(31_000);
    // The repeated refresh has not ended the session family.
    expect(await refresh(refreshToken, key)).toMatchObject(over);
    expect((await refresh(second.body.refreshToken)).status).toBe(200);
  });

  test.each<[string, (member: Member, token: string) => Promise<unknown>]>([
    ['has ended', (_, token) => send('/v1/sessions', { method: 'DELETE', token })],
    [
      'belongs to an earlier password',
      ({ api: own, password: currentPassword }) =>
        own.PATCH('/v1/users/me', { body: { password: randomUUID(), currentPassword } }),
    ],
  ])('of a sign-in is not repeated when the sign-in %s', async (_, end) => {
    const member = await api().signUp();
    const { username, password } = member;
    const key = randomUUID();
    const signsIn = () => send('/v1/sessions', { body: { username, password }, key });
    const first = await signsIn();
    expect((await signsIn()).body).toEqual(first.body);
    await end(member, first.body.accessToken);
    expect(await signsIn()).toMatchObject(over);
  });

  test('of a sign-up is not repeated when its sign-in has ended', async () => {
    const body = { username: `user-${randomUUID().slice(0, 12)}`, password: randomUUID() };
    const key = randomUUID();
    const first = await send('/v1/users', { body, key });
    expect((await send('/v1/users', { body, key })).body).toEqual(first.body);
    await send('/v1/sessions', { method: 'DELETE', token: first.body.accessToken });
    expect(await send('/v1/users', { body, key })).toMatchObject(over);
  });
});

describe('an operation that needs a valid sign-in and a recent proof of the password', () => {
  const marked = Object.values(openApiDocument().paths ?? {}).flatMap(methods =>
    Object.values(methods).filter(operation => operation['x-step-up'] !== undefined),
  );
  const requests = [
    ['getIngest', 'GET', '/v1/channels/me/ingest', undefined],
    ['replaceStreamKey', 'POST', '/v1/channels/me/stream-key', undefined],
    ['updateMe', 'PATCH', '/v1/users/me', { username: 'copied-name' }],
    ['changeEmail', 'PUT', '/v1/users/me/email', { email: 'ann@example.com' }],
    ['removeEmail', 'DELETE', '/v1/users/me/email', undefined],
    ['deleteMe', 'DELETE', '/v1/users/me', undefined],
  ] as const;

  test('is marked in the OpenAPI document with what it requires', () => {
    expect(marked.map(({ operationId }) => operationId).toSorted()).toEqual(
      requests.map(([operation]) => operation).toSorted(),
    );
    for (const { description, responses } of marked) {
      expect(description).toContain('`step-up-required`');
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['401', '403']));
    }
  });

  test.each(requests)(
    '%s refuses a copied token once the sign-in has ended',
    async (_, method, path, body) => {
      const { accessToken: token, username, password } = await api().signUp();
      await send('/v1/sessions', { method: 'DELETE', token });
      expect(await send(path, { method, token, body })).toMatchObject({
        status: 401,
        body: { detail: 'the sign-in of this access token has ended: sign in again' },
      });
      expect((await signIn(username, password)).status).toBe(200);
    },
  );

  test.each(requests)(
    '%s refuses a copied token once the password has changed',
    async (_, method, path, body) => {
      const member = await api().signUp();
      const { body: copied } = await signIn(member.username, member.password);
      const change = { password: randomUUID(), currentPassword: member.password };
      expect((await member.api.PATCH('/v1/users/me', { body: change })).response.status).toBe(200);
      expect((await send(path, { method, token: copied.accessToken, body })).status).toBe(401);
      expect((await signIn(member.username, change.password)).status).toBe(200);
    },
  );

  test.each(requests)('%s needs a proof that is at most five minutes old', async (_, method, path, body) => {
    const { accessToken: token, password } = await api().signUp();
    api().clock.advance(300_001);
    const refused = await send(path, { method, token, body });
    expect(refused).toMatchObject({ status: 403, body: { reason: 'step-up-required' } });
    const stepUp = (currentPassword: string) =>
      send('/v1/sessions/step-up', { token, body: { currentPassword } });
    expect(await stepUp('not it')).toMatchObject({ status: 403, body: { reason: 'wrong-password' } });
    expect((await send(path, { method, token, body })).status).toBe(403);
    const until = new Date(api().clock.now().getTime() + 300_000).toISOString();
    expect(await stepUp(password)).toMatchObject({ status: 200, body: { until } });
    const named = body && 'username' in body ? { username: `name-${randomUUID().slice(0, 8)}` } : body;
    expect([200, 201, 202, 204]).toContain((await send(path, { method, token, body: named })).status);
  });

  test('also accepts the current password in the body of a change', async () => {
    const { accessToken: token, password: currentPassword } = await api().signUp();
    api().clock.advance(300_001);
    const rename = (given: object) =>
      send('/v1/users/me', {
        method: 'PATCH',
        token,
        body: { username: `name-${randomUUID().slice(0, 8)}`, ...given },
      });
    expect((await rename({ currentPassword })).status).toBe(200);
    expect((await rename({})).status).toBe(403);
  });

  test('is checked too before an answer is repeated for its Idempotency-Key', async () => {
    const { accessToken: token } = await api().signUp();
    const key = randomUUID();
    const replace = () => send('/v1/channels/me/stream-key', { token, key });
    expect((await replace()).status).toBe(201);
    await send('/v1/sessions', { method: 'DELETE', token });
    expect((await replace()).status).toBe(401);
  });
});

describe('DELETE /v1/sessions', () => {
  test('signs out, and can be repeated', async () => {
    const { refreshToken, accessToken, username, password } = await api().signUp();
    for (let i = 0; i < 2; i++) {
      const answer = await send('/v1/sessions', { method: 'DELETE', token: accessToken });
      expect([answer.status, answer.body]).toEqual([204, null]);
    }
    expect((await refresh(refreshToken)).status).toBe(401);
    expect((await signIn(username, password)).status).toBe(200);
  });

  test('is a 401 without a token', async () => {
    const answer = await send('/v1/sessions', { method: 'DELETE' });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });
});

describe('an access token', () => {
  test.each([
    ['Basic YW5uOnB3', 'Bearer error="invalid_token"'],
    ['Bearer', 'Bearer error="invalid_token"'],
    ['Bearer a b', 'Bearer error="invalid_token"'],
    ['Bearer not.a.token', 'Bearer error="invalid_token"'],
  ])('that is not valid, %s, is a 401', async (Authorization, challenge) => {
    const response = await api().request('/v1/users/me', { headers: { Authorization } });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(challenge);
  });

  test('is valid for 15 minutes, with the scheme in any case', async () => {
    const { accessToken } = await api().signUp();
    const ask = (scheme: string) =>
      api().request('/v1/users/me', { headers: { Authorization: `${scheme} ${accessToken}` } });
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) expect((await ask(scheme)).status).toBe(200);
    api().clock.advance(15 * 60_000);
    const expired = await ask('Bearer');
    expect(expired.status).toBe(401);
    expect(await expired.json()).toMatchObject({ detail: 'the access token has expired' });
  });

  test('is checked before anything else', async () => {
    const answer = await send('/v1/users/me', { method: 'PATCH', body: { nonsense: 1 } });
    expect(answer.status).toBe(401);
  });
});

test('passwords and tokens appear in no log line and no refusal', async () => {
  const { username, password, accessToken, refreshToken } = await api().signUp();
  await signIn(username, password);
  await signIn(username, `${password}-wrong`);
  await refresh(refreshToken);
  api().clock.advance(31_000);
  await refresh(refreshToken);
  await send('/v1/users/me', {
    method: 'PATCH',
    token: accessToken,
    body: { password, currentPassword: password },
  });
  const logs = JSON.stringify(api().logs);
  const refusals = api().answers.filter(({ status }) => status >= 400);
  expect(refusals.length).toBeGreaterThan(0);
  for (const secret of [password, accessToken, refreshToken]) {
    expect(logs).not.toContain(secret);
    for (const { text } of refusals) expect(text).not.toContain(secret);
  }
});

describe('the list of sign-ins', () => {
  const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';
  const iphone =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148 Safari/604.1';
  const post = async (path: string, body: object, agent: string, address: string) => {
    const headers = { 'Content-Type': 'application/json', 'User-Agent': agent };
    const response = await api().request(
      path,
      { method: 'POST', headers, body: JSON.stringify(body) },
      address,
    );
    return (await response.json()) as { accessToken: string; refreshToken: string };
  };
  const idOf = (refreshToken: string) => refreshToken.split('.')[0] ?? '';
  const list = async (token: string) =>
    (await send('/v1/users/me/sessions', { method: 'GET', token })).body.items;
  const idsOf = async (token: string) => (await list(token)).map(({ id }: { id: string }) => id);
  const end = (id: string, token: string) => send(`/v1/users/me/sessions/${id}`, { method: 'DELETE', token });

  test('has the device, the coarse network and the times of each, newest first', async () => {
    const { username, password } = await api().signUp();
    const credentials = { username, password };
    api().clock.advance(60_000);
    const createdAt = api().clock.now().toISOString();
    const desk = await post('/v1/sessions', credentials, firefox, '203.0.113.77');
    api().clock.advance(60_000);
    const phone = await post('/v1/sessions', credentials, iphone, '2001:db8:aaaa:bbbb::1');
    const entry = { createdAt: api().clock.now().toISOString(), isCurrent: true };
    api().clock.advance(60_000);
    const { accessToken } = await post(
      '/v1/sessions/refresh',
      { refreshToken: desk.refreshToken },
      'curl/8.14.1',
      '198.51.100.9',
    );
    const lastUsedAt = api().clock.now().toISOString();
    const [first, second] = await list(phone.accessToken);
    expect([first, second]).toEqual([
      {
        ...entry,
        id: idOf(phone.refreshToken),
        device: 'Safari on iPhone',
        network: '2001:db8::/32',
        lastUsedAt: entry.createdAt,
      },
      {
        id: idOf(desk.refreshToken),
        device: 'curl',
        network: '198.51.0.0/16',
        createdAt,
        lastUsedAt,
        isCurrent: false,
      },
    ]);
    expect((await list(accessToken))[1]).toMatchObject({ isCurrent: true });
  });

  test('ends one: at once for the steps that need a password, and within a minute everywhere', async () => {
    const member = await api().signUp();
    const other = (await signIn(member.username, member.password)).body;
    const asOther = (method: string, path: string, body?: object) =>
      send(path, { method, token: other.accessToken, body });
    expect((await end(idOf(other.refreshToken), member.accessToken)).status).toBe(204);
    expect(await idsOf(member.accessToken)).toEqual([idOf(member.refreshToken)]);
    expect((await refresh(other.refreshToken)).status).toBe(401);
    expect((await asOther('GET', '/v1/channels/me/ingest')).status).toBe(401);
    // It can neither see nor end the others.
    expect((await asOther('GET', '/v1/users/me/sessions')).status).toBe(401);
    expect((await asOther('DELETE', '/v1/users/me/sessions')).status).toBe(401);
    expect((await asOther('DELETE', `/v1/users/me/sessions/${idOf(member.refreshToken)}`)).status).toBe(401);
    api().clock.advance(60_000);
    const everywhere: readonly (readonly [string, string, object?])[] = [
      ['GET', '/v1/users/me'],
      ['GET', '/v1/users/me/following'],
      ['GET', `/v1/channels/${member.username}`],
      ['GET', '/v1/stages/me/requests'],
      ['PATCH', '/v1/channels/me', { title: 'Mine' }],
      ['POST', `/v1/channels/${member.username}/chat/tokens`],
      ['POST', '/v1/users/me/images/avatar/uploads', { contentType: 'image/png' }],
    ];
    for (const request of everywhere)
      expect([...request, (await asOther(...request)).status]).toEqual([...request, 401]);
    expect((await asOther('DELETE', '/v1/sessions')).status).toBe(204);
    expect((await send('/v1/users/me', { method: 'GET', token: member.accessToken })).status).toBe(200);
  });

  test('reads a sign-in once a minute, and not in the first minute of a token', async () => {
    const { accessToken } = await api().signUp();
    const requests = recordRequests(api().database.client);
    const counted = async () => {
      await send('/v1/users/me/following', { method: 'GET', token: accessToken });
      return requests().length;
    };
    const fresh = await counted();
    api().clock.advance(60_000);
    expect([await counted(), await counted()]).toEqual([fresh + 1, fresh]);
    api().clock.advance(60_000);
    expect(await counted()).toBe(fresh + 1);
  });

  test("ends nobody else's", async () => {
    const [member, thief] = [await api().signUp(), await api().signUp()];
    expect((await end(idOf(member.refreshToken), thief.accessToken)).status).toBe(204);
    expect((await refresh(member.refreshToken)).status).toBe(200);
    expect(await idsOf(thief.accessToken)).toEqual([idOf(thief.refreshToken)]);
    expect((await end('others-but-misspelled', member.accessToken)).status).toBe(404);
  });

  test('ends all others, which is no proof of the password, and their devices become unknown', async () => {
    const member = await api().signUp();
    const others = [];
    for (let n = 0; n < 3; n++) others.push((await signIn(member.username, member.password)).body);
    const asMember = (method: string, path: string) => send(path, { method, token: member.accessToken });
    api().clock.advance(6 * 60_000);
    expect((await asMember('DELETE', '/v1/users/me/sessions')).status).toBe(204);
    expect(await idsOf(member.accessToken)).toEqual([idOf(member.refreshToken)]);
    expect((await asMember('GET', '/v1/channels/me/ingest')).body.reason).toBe('step-up-required');
    for (const { refreshToken } of others) expect((await refresh(refreshToken)).status).toBe(401);
    // Once more changes nothing, and the sign-in lives on.
    expect((await asMember('DELETE', '/v1/users/me/sessions')).status).toBe(204);
    expect((await refresh(member.refreshToken)).status).toBe(200);
    const address = '198.51.100.77';
    for (let n = 0; n < 5; n++) await signIn(member.username, 'a wrong password', address);
    const { deviceToken } = others[0];
    const body = { username: member.username, password: member.password, deviceToken };
    expect((await send('/v1/sessions', { body, address })).status).toBe(429);
  });
});
