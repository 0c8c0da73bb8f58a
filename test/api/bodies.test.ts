import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { MAX_BODY_BYTES } from '../../lambdas/api/http/jsonBody.ts';
import { rateLimitOf } from '../../model/rateLimit.ts';
import { useApi } from '../support/api.ts';

const api = useApi();
const problem = z.object({
  type: z.string().transform(type => type.replace('urn:problem-type:', '')),
  errors: z.array(z.object({ in: z.string(), field: z.string(), message: z.string() })).optional(),
});

/** The answer to a sign-up with `body`, which need not be a valid body. */
async function post(
  body: string | Uint8Array<ArrayBuffer> | ReadableStream,
  headers: Record<string, string> = { 'Content-Type': 'application/json' },
) {
  const init = { method: 'POST', headers, body };
  const streamed = { ...init, duplex: 'half' as const };
  const response = await api().request('/v1/users', body instanceof ReadableStream ? streamed : init);
  const { type, errors } = problem.parse(await response.json());
  return { status: response.status, type, errors };
}

const good = () => ({ username: `user-${randomUUID().slice(0, 8)}`, password: randomUUID() });

describe('a body', () => {
  test.each(['', '{', '{"username":"ann"', "{'username':'ann'}", 'username=ann', '\ufeff{', 'undefined'])(
    'that is not JSON is a 400: %j',
    async body => {
      expect(await post(body)).toEqual({ status: 400, type: 'malformed-request', errors: undefined });
    },
  );

  test('that is not UTF-8 is a 400', async () => {
    const { username, password } = good();
    const bytes = Buffer.from(JSON.stringify({ username, password: `${password}é` }), 'latin1');
    expect(await post(bytes)).toEqual({ status: 400, type: 'malformed-request', errors: undefined });
  });

  test.each([
    ['a sign-in name', '/v1/sessions', '{"username":"a\\ud800","password":"long enough"}', 'username'],
    ['a password', '/v1/users', '{"username":"ann","password":"long enough\\udfff"}', 'password'],
    ['a nested member', '/v1/users', '{"a":[{"b":"\\ud800"}]}', 'a.0.b'],
    ['the name of a member', '/v1/users', '{"a":{"\\ud800":1}}', 'a'],
    ['a text that is the whole body', '/v1/users', '"\\ud800"', 'body'],
  ])('with half of a surrogate pair in %s is a 422 that names the place', async (_, path, body, field) => {
    const headers = { 'Content-Type': 'application/json' };
    const response = await api().request(path, { method: 'POST', headers, body });
    const { errors } = problem.parse(await response.json());
    expect([response.status, errors?.map(error => error.field)]).toEqual([422, [field]]);
  });

  test('nested a thousand levels deep is refused like any other wrong body', async () => {
    const depth = 1_000;
    expect((await post('['.repeat(depth) + ']'.repeat(depth))).status).toBe(422);
  });

  test('that arrives in pieces without a Content-Length is read completely', async () => {
    const bytes = Buffer.from(JSON.stringify({ ...good(), username: `Ü${'x'.repeat(40)}` }));
    const pieces = new ReadableStream({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    expect(await post(pieces)).toMatchObject({ status: 422, errors: [{ field: 'username' }] });
  });

  test.each([
    [{}],
    [{ 'Content-Type': 'text/plain' }],
    [{ 'Content-Type': 'application/x-www-form-urlencoded' }],
  ])('of another content type is a 415: %j', async headers => {
    const answer = await post(Buffer.from(JSON.stringify(good())), headers);
    expect(answer).toEqual({ status: 415, type: 'unsupported-media-type', errors: undefined });
  });

  test.each(['application/json; charset=utf-8', 'Application/JSON', 'application/json;charset="utf-8"'])(
    'of the type %s is accepted',
    async type => {
      const headers = { 'Content-Type': type };
      const sent = { method: 'POST', headers, body: JSON.stringify(good()) };
      expect((await api().request('/v1/users', sent)).status).toBe(201);
    },
  );

  test('that is too large is a 413, with or without a Content-Length', async () => {
    const text = JSON.stringify({ ...good(), padding: 'x'.repeat(MAX_BODY_BYTES) });
    const refused = { status: 413, type: 'payload-too-large', errors: undefined };
    expect(await post(text)).toEqual(refused);
    const headers = { 'Content-Type': 'application/json', 'Content-Length': String(text.length) };
    expect(await post(text, headers)).toEqual(refused);
    expect(await post(new Blob([text]).stream())).toEqual(refused);
  });

  test('of the maximum size is read', async () => {
    const { username, password } = good();
    const rest = MAX_BODY_BYTES - JSON.stringify({ username, password, padding: '' }).length;
    const answer = await post(JSON.stringify({ username, password, padding: 'x'.repeat(rest) }));
    expect(answer.status).toBe(422);
  });

  test('with unknown or missing members is a 422 that names each of them, and changes nothing', async () => {
    const { username } = good();
    const answer = await post(JSON.stringify({ username, isPartner: true, id: 'mine', 'a.b': 1 }));
    expect(answer).toMatchObject({ status: 422, type: 'invalid-values' });
    expect(answer.errors?.map(({ field }) => field).toSorted()).toEqual([
      'a.b',
      'id',
      'isPartner',
      'password',
    ]);
    expect(answer.errors?.every(error => error.in === 'body')).toBe(true);
    const params = { path: { username } };
    const { response } = await api().client().GET('/v1/channels/{username}', { params });
    expect(response.status).toBe(404);
  });

  test.each(['null', '[]', '"text"', '1'])('that is %s and not an object is a 422', async body => {
    expect(await post(body)).toMatchObject({ status: 422, errors: [{ in: 'body', field: 'body' }] });
  });

  test("cannot change an object's prototype", async () => {
    const { status, errors } = await post('{"__proto__":{"username":"ann"},"constructor":1}');
    expect(status).toBe(422);
    expect(errors?.map(({ field }) => field)).toEqual(expect.arrayContaining(['username', 'password']));
    expect(Reflect.get({}, 'username')).toBeUndefined();
  });
});

describe('rate limits', () => {
  const send = (address: string) =>
    api().request(
      '/v1/users',
      { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' },
      address,
    );

  test('refuse an address that signs up too often until the hour is over, and no other address', async () => {
    const { requests } = rateLimitOf('createUser');
    const statuses: number[] = [];
    for (let time = 0; time <= requests; time++) statuses.push((await send('198.51.100.1')).status);
    expect(statuses).toEqual([...Array.from({ length: requests }, () => 422), 429]);
    const refused = await send('198.51.100.1');
    const wait = Number(refused.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(3600);
    expect((await send('198.51.100.2')).status).toBe(422);
    api().clock.advance(wait * 1000);
    expect((await send('198.51.100.1')).status).toBe(422);
  });

  test('count all writes of a user, from any address, and none of their reads', async () => {
    const [ann, bob] = [await api().signUp(), await api().signUp()];
    const write = (who: typeof ann) => who.api.PATCH('/v1/channels/me', { body: {} });
    const answers = await Promise.all(Array.from({ length: 125 }, () => write(ann)));
    const refused = answers.filter(({ response }) => response.status === 429);
    expect(refused).toHaveLength(5);
    for (const { response } of refused)
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ann.api.GET('/v1/users/me')).response.status).toBe(200);
    expect((await write(bob)).response.status).toBe(200);
  });

  test('count expensive reads by user or network, and no other reads', async () => {
    const { requests } = rateLimitOf('listChatMessages');
    const ann = await api().signUp();
    const streamId = await api().goLive(ann);
    const path = `/v1/channels/${ann.username}/streams/${streamId}`;
    const read = (what: string, address: string, init: RequestInit = {}) =>
      api().request(`${path}${what}`, init, address);
    const statuses = new Map<number, number>();
    for (let time = 0; time < requests + 5; time++) {
      const { status } = await read('/chat', '198.51.100.77');
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    expect(Object.fromEntries(statuses)).toEqual({ 200: requests, 429: 5 });
    const refused = await read('/chat', '198.51.100.77');
    expect(await refused.json()).toMatchObject({ reason: 'rate-limit', parameters: { limit: requests } });
    expect((await read('/viewers', '198.51.100.77')).status).toBe(200);
    expect((await read('/chat', '198.51.100.78')).status).toBe(200);
    // The owner is counted as a user, not by network.
    const headers = { Authorization: `Bearer ${ann.accessToken}` };
    for (const what of ['/events', '/analytics'])
      expect((await read(what, '198.51.100.77', { headers })).status).toBe(200);
  });
});
