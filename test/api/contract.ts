import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { OperationId } from '../../model/routes.ts';
import { searchKeyOf } from '../../model/searchKey.ts';
import { faults, type OpenApiDocument, operationsOf, readOpenApi } from './openApi.ts';

/** One way to reach the API: the app in this process, its Lambdas, a local server or a deployed stack. */
export interface Door {
  request(path: string, init?: RequestInit): Promise<Response>;
}

/** A former name of a user whose channel is among the data, and the current name. */
export interface Renamed {
  readonly from: string;
  readonly to: string;
}

const listBody = z.object({
  items: z.array(z.looseObject({ id: z.string() })),
  nextCursor: z.string().nullable(),
});
const liveItem = z.object({
  id: z.string(),
  username: z.string(),
  categoryId: z.string().nullable(),
  stream: z.object({ id: z.string(), startedAt: z.string() }),
});
const problemBody = z.object({
  type: z.string(),
  instance: z.string(),
  errors: z.array(z.object({ field: z.string() })).optional(),
});

/**
 * What the API guarantees, wherever it runs and whatever its data, as long as three channels or more are
 * live, two of them in the same category, and a second category has one, and a user of the platform has
 * written in the chat of one of the first three. The data must not change during the run.
 */
export function contract(door: Door, renamed?: Renamed): void {
  let document: OpenApiDocument;
  beforeAll(async () => {
    document = readOpenApi(await (await door.request('/v1/openapi.json')).json());
  });

  /** Sends a request and checks the answer against the OpenAPI document. */
  async function ask(operationId: OperationId, path: string) {
    const response = await door.request(path);
    const contentType = response.headers.get('content-type') ?? '';
    const text = await response.text();
    const body: unknown = JSON.parse(text);
    expect(faults(document, operationId, { status: response.status, contentType, body })).toEqual([]);
    expect(response.headers.get('x-request-id')).toMatch(/./);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(text).not.toMatch(/ingest|streamKey|sk_/i);
    return { status: response.status, headers: response.headers, body };
  }

  async function problem(operationId: OperationId, path: string) {
    const { status, headers, body } = await ask(operationId, path);
    expect(headers.get('cache-control')).toBe('no-store');
    const { type, errors } = problemBody.parse(body);
    return { status, type: type.replace('urn:problem-type:', ''), fields: errors?.map(({ field }) => field) };
  }

  async function page(operationId: OperationId, path: string) {
    const { status, body } = await ask(operationId, path);
    expect(status).toBe(200);
    return listBody.parse(body);
  }

  /** Every item of a list, read in pages of `limit`. */
  async function walk(operationId: OperationId, path: string, limit: number) {
    const items: z.infer<typeof listBody>['items'] = [];
    let cursor: string | null = null;
    do {
      const from: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { items: more, nextCursor } = await page(operationId, `${path}limit=${limit}${from}`);
      // The API fills a page after it filters, so only the last page may be short.
      if (nextCursor !== null) expect(more).toHaveLength(limit);
      items.push(...more);
      cursor = nextCursor;
    } while (cursor !== null);
    return items;
  }

  const directory = async () =>
    z.array(liveItem).parse(await walk('listChannels', '/v1/channels?isLive=true&', 100));

  describe('the directory', () => {
    test('lists live channels newest first, each of them once', async () => {
      const channels = await directory();
      expect(channels.length).toBeGreaterThanOrEqual(3);
      const starts = channels.map(({ stream }) => stream.startedAt);
      expect(starts).toEqual(starts.toSorted().reverse());
      expect(new Set(channels.map(({ id }) => id)).size).toBe(channels.length);
    });

    test('has the same items in small pages as in large ones', async () => {
      const whole = await walk('listChannels', '/v1/channels?isLive=true&', 100);
      expect(await walk('listChannels', '/v1/channels?isLive=true&', 2)).toEqual(whole);
    });

    test('without isLive has the live channels first, and then the others by name, each once', async () => {
      const live = await walk('listChannels', '/v1/channels?isLive=true&', 100);
      const others = await walk('listChannels', '/v1/channels?isLive=false&', 100);
      expect(others.length).toBeGreaterThanOrEqual(1);
      const keys = others.map(({ username }) => String(username).toLowerCase());
      expect(keys).toEqual(keys.toSorted());
      for (const limit of [1, 7, 100])
        expect(await walk('listChannels', '/v1/channels?', limit)).toEqual([...live, ...others]);
    });

    test('is searched by the beginning of a username or a display name, whatever its case', async () => {
      const all = await walk('listChannels', '/v1/channels?', 100);
      const [name = ''] = all.map(({ username }) => String(username));
      for (const q of [name, name.slice(0, 1), name.slice(0, 3).toUpperCase()]) {
        const found = await walk('searchChannels', `/v1/search?q=${q}&`, 2);
        const expected = all
          .filter(({ username, displayName }) =>
            [username, displayName ?? ''].some(name => searchKeyOf(String(name)).startsWith(searchKeyOf(q))),
          )
          .map(({ id }) => id);
        expect(found.map(({ id }) => id).toSorted()).toEqual(expected.toSorted());
      }
      for (const q of ['zzzzz', '%CC%81', '%20', '%7B', '%F0%9F%8E%B8'])
        expect(await walk('searchChannels', `/v1/search?q=${q}&`, 2)).toEqual([]);
    });

    test('of a category has the channels of that category, in the order of the whole directory', async () => {
      const channels = await directory();
      const categories = new Set(channels.flatMap(({ categoryId }) => categoryId ?? []));
      expect(categories.size).toBeGreaterThanOrEqual(2);
      for (const categoryId of categories) {
        const listed = await walk('listChannels', `/v1/channels?isLive=true&categoryId=${categoryId}&`, 2);
        const ids = channels.filter(channel => channel.categoryId === categoryId).map(({ id }) => id);
        expect(listed.map(({ id }) => id)).toEqual(ids);
      }
    });
  });

  describe('a channel', () => {
    test('in the directory has a page with the same values, whatever the case of the name', async () => {
      for (const { id, username, stream } of (await directory()).slice(0, 3)) {
        for (const name of [username, username.toUpperCase()]) {
          const { status, body } = await ask('getChannel', `/v1/channels/${name}`);
          expect(status).toBe(200);
          expect(body).toMatchObject({ id, username, isLive: true, stream });
        }
      }
    });

    test('has its live stream first in its list of streams, and each stream has a page', async () => {
      for (const { username, stream } of (await directory()).slice(0, 3)) {
        const path = `/v1/channels/${username}/streams`;
        const streams = await walk('listStreams', `${path}?`, 2);
        expect(streams[0]).toMatchObject({ ...stream, isOpen: true, isLive: true, endedAt: null });
        const starts = streams.map(({ startedAt }) => String(startedAt));
        expect(starts).toEqual(starts.toSorted().reverse());
        for (const listed of streams) {
          expect((await ask('getStream', `${path}/${listed.id}`)).body).toEqual(listed);
        }
      }
    });
  });

  describe('a live channel', () => {
    test('lists its recordings newest first, the same in small pages as in large ones', async () => {
      for (const { username } of (await directory()).slice(0, 3)) {
        const path = `/v1/channels/${username}/vods`;
        const whole = await walk('listVods', `${path}?`, 100);
        expect(await walk('listVods', `${path}?`, 2)).toEqual(whole);
        const starts = whole.map(({ startedAt }) => String(startedAt));
        expect(starts).toEqual(starts.toSorted().reverse());
      }
    });

    test('has the chat of its stream in order, and none from outside the stream', async () => {
      for (const { username, stream } of (await directory()).slice(-3)) {
        const path = `/v1/channels/${username}/streams/${stream.id}/chat`;
        const whole = z
          .array(z.looseObject({ sentAt: z.string(), offsetMs: z.number() }))
          .parse(await walk('listChatMessages', `${path}?`, 100));
        const times = whole.map(({ sentAt }) => sentAt);
        expect(times).toEqual(times.toSorted());
        expect(times.every(sentAt => sentAt >= stream.startedAt)).toBe(true);
        // Offset 0 of the chat is the start of the recording or, without one, of the stream.
        const zeros = whole.map(({ sentAt, offsetMs }) => Date.parse(sentAt) - offsetMs);
        expect(new Set(zeros).size).toBeLessThanOrEqual(1);
      }
    });

    test('has senders in its chat who have a profile with the name of their channel, or are gone', async () => {
      const sender = z.looseObject({ sender: z.object({ userId: z.string() }) });
      let profiles = 0;
      for (const { username, stream } of (await directory()).slice(-3)) {
        const messages = await walk(
          'listChatMessages',
          `/v1/channels/${username}/streams/${stream.id}/chat?`,
          100,
        );
        for (const id of new Set(messages.map(message => sender.parse(message).sender.userId))) {
          const { status, body } = await ask('getUser', `/v1/users/${id}`);
          if (status === 404) continue;
          expect([status, body]).toMatchObject([200, { id }]);
          const { channel } = z
            .object({ channel: z.object({ id: z.string(), username: z.string() }) })
            .parse(body);
          expect((await ask('getChannel', `/v1/channels/${channel.username}`)).body).toMatchObject(channel);
          profiles++;
        }
      }
      expect(profiles).toBeGreaterThan(0);
    });

    test('shows how many watch it', async () => {
      for (const { username, stream } of (await directory()).slice(0, 3)) {
        const viewers = await ask('getViewers', `/v1/channels/${username}/streams/${stream.id}/viewers`);
        expect(viewers).toMatchObject({ status: 200, body: { viewers: expect.any(Number) } });
      }
    });

    test('shows who is on its stage, if it has one, whatever the case of the name', async () => {
      for (const { username } of (await directory()).slice(-3)) {
        const stage = await ask('getStage', `/v1/stages/${username.toUpperCase()}`);
        if (stage.status !== 404) expect(stage).toMatchObject({ status: 200, body: { username } });
      }
    });
  });

  test('categories come in one order, in small pages as in large ones', async () => {
    const whole = await walk('listCategories', '/v1/categories?', 100);
    expect(whole.length).toBeGreaterThanOrEqual(2);
    expect(await walk('listCategories', '/v1/categories?', 1)).toEqual(whole);
  });

  describe('a public read', () => {
    const paths = async () => {
      const [live] = await directory();
      const channel = `/v1/channels/${live?.username}`;
      return {
        '/v1/channels?isLive=true': 'max-age=2, s-maxage=2',
        '/v1/channels?sort=viewers': 'max-age=2, s-maxage=2',
        '/v1/recordings': 'max-age=5, s-maxage=5',
        [channel]: 'max-age=0, s-maxage=2',
        [`${channel}/streams`]: 'max-age=0, s-maxage=5',
        [`${channel}/streams/${live?.stream.id}`]: 'max-age=0, s-maxage=5',
        [`${channel}/vods`]: 'max-age=0, s-maxage=5',
        [`${channel}/streams/${live?.stream.id}/chat`]: 'max-age=0, s-maxage=5',
        '/v1/categories': 'max-age=60, s-maxage=60',
        '/v1/openapi.json': 'max-age=300, s-maxage=300',
      };
    };

    test('says how long it may be cached, and is a 304 while it is the same', async () => {
      const [live] = await directory();
      const channel = `/v1/channels/${live?.username}`;
      for (const [path, age] of Object.entries(await paths())) {
        const first = await door.request(path);
        expect([path, first.status]).toEqual([path, 200]);
        expect([path, first.headers.get('cache-control')]).toEqual([path, `public, ${age}`]);
        await first.text();
        const tag = first.headers.get('etag') ?? '';
        expect(tag).toMatch(/^W\/"\w+"$/);
        const same = await door.request(path, { headers: { 'If-None-Match': `"other", ${tag}` } });
        expect([path, same.status, await same.text()]).toEqual([path, 304, '']);
        for (const name of ['etag', 'cache-control', 'access-control-allow-origin'])
          expect([name, same.headers.get(name)]).toEqual([name, first.headers.get(name)]);
        // Only the page of a channel has a part for the caller.
        for (const { headers } of [first, same])
          expect([path, /\bauthorization\b/i.test(headers.get('vary') ?? '')]).toEqual([
            path,
            path === channel,
          ]);
        expect(same.headers.get('x-request-id')).toMatch(/./);
        const other = await door.request(path, { headers: { 'If-None-Match': 'W/"other"' } });
        expect([path, other.status]).toEqual([path, 200]);
        await other.text();
      }
    });

    test('is compressed for a client that accepts gzip, and only for that one', async () => {
      const path = '/v1/openapi.json';
      const [plain, gzipped] = await Promise.all(
        ['identity', 'gzip'].map(accepted =>
          door.request(path, { headers: { 'Accept-Encoding': accepted } }),
        ),
      );
      expect(plain?.headers.get('content-encoding')).toBeNull();
      expect(gzipped?.headers.get('content-encoding')).toBe('gzip');
      for (const response of [plain, gzipped])
        expect(response?.headers.get('vary')).toMatch(/accept-encoding/i);
      const bytes = Buffer.from((await gzipped?.arrayBuffer()) ?? new ArrayBuffer());
      // Most clients have decompressed it.
      const text = bytes[0] === 0x1f ? gunzipSync(bytes).toString() : bytes.toString();
      expect(text).toBe(await plain?.text());
      expect(gzipped?.headers.get('etag')).toBe(plain?.headers.get('etag'));
    });
  });

  test('health says ok, and is not cached', async () => {
    const { body, headers } = await ask('getHealth', '/v1/health');
    expect(body).toEqual({ status: 'ok' });
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('a short answer is not compressed, because gzip would make it longer', async () => {
    const { headers } = await door.request('/v1/health', { headers: { 'Accept-Encoding': 'gzip' } });
    expect(headers.get('content-encoding')).toBeNull();
  });

  test.each<[OperationId, string, string[]]>([
    ['listChannels', '/v1/channels?categoryId=music', ['categoryId']],
    ['listChannels', '/v1/channels?isLive=false&categoryId=music', ['categoryId']],
    ['listChannels', '/v1/channels?isLive=false&sort=viewers', ['sort']],
    ['listChannels', '/v1/channels?isLive=true&sort=Viewers', ['sort']],
    ['searchChannels', '/v1/search', ['q']],
    ['searchChannels', '/v1/search?q=', ['q']],
    ['searchChannels', `/v1/search?q=${'a'.repeat(51)}`, ['q']],
    ['listChannels', '/v1/channels?isLive=', ['isLive']],
    ['listChannels', '/v1/channels?isLive=true&isLive=true', ['isLive']],
    ['listChannels', '/v1/channels?isLive=true&categoryId=', ['categoryId']],
    ['listChannels', '/v1/channels?isLive=true&categoryId=a%20b', ['categoryId']],
    ['listChannels', '/v1/channels?isLive=true&category=music', ['category']],
    ['listChannels', '/v1/channels?isLive=no&limit=0&x=1', ['isLive', 'limit', 'x']],
    ...['0', '101', '-1', '1.5', '1e1', '0x10', '', '%207', 'ten', '1&limit=2'].map(
      (limit): [OperationId, string, string[]] => [
        'listCategories',
        `/v1/categories?limit=${limit}`,
        ['limit'],
      ],
    ),
    ['listCategories', '/v1/categories?cursor=a&cursor=b', ['cursor']],
    ['getHealth', '/v1/health?verbose', ['verbose']],
  ])('%s refuses %s, naming %j', async (operationId, path, fields) => {
    expect(await problem(operationId, path)).toEqual({ status: 422, type: 'invalid-values', fields });
  });

  test.each<[OperationId, string]>([
    ['getChannel', '/v1/channels/no-such-channel'],
    ['getChannel', '/v1/channels/not%20a%20name'],
    ['getChannel', `/v1/channels/${'a'.repeat(65)}`],
    // These contain characters that end a path, or lead to another path once decoded.
    ['getChannel', '/v1/channels/ann%23x'],
    ['getChannel', '/v1/channels/ann%3F'],
    ['getChannel', '/v1/channels/ann%3FisLive=true'],
    ['getChannel', '/v1/channels/ann%5Cstreams'],
    ['getChannel', '/v1/channels/ann%2Fstreams'],
    ['getChannel', '/v1/channels/ann%252Fstreams'],
    ['getChannel', '/v1/channels/%2561nn'],
    ['getStage', '/v1/stages/me%2Finvitations'],
    ['listStreams', '/v1/channels/no-such-channel/streams'],
    ['getStream', '/v1/channels/no-such-channel/streams/st-1'],
    ['listVods', '/v1/channels/no-such-channel/vods'],
    ['listChatMessages', '/v1/channels/no-such-channel/streams/st-1/chat'],
    ['getViewers', '/v1/channels/no-such-channel/streams/st-1/viewers'],
    ['getStage', '/v1/stages/no-such-channel'],
    ['getUser', '/v1/users/no-such-user'],
  ])('%s finds nothing at %s', async (operationId, path) => {
    expect(await problem(operationId, path)).toEqual({ status: 404, type: 'not-found' });
  });

  (renamed === undefined ? test.skip : test)(
    'a former name leads to the current one, with the query',
    async () => {
      const { from = '', to = '' } = renamed ?? {};
      const paths = [
        '',
        '/streams?limit=3',
        '/vods',
        '/streams/st-1',
        '/streams/st-1/chat',
        '/streams/st-1/viewers',
      ];
      for (const path of [...paths.map(rest => `/v1/channels/{}${rest}`), '/v1/stages/{}']) {
        const sent = path.replace('{}', from.toUpperCase());
        const { status, headers } = await door.request(sent, { redirect: 'manual' });
        const { pathname, search } = new URL(headers.get('location') ?? '', `https://api.example${sent}`);
        expect([status, pathname + search]).toEqual([308, path.replace('{}', to)]);
        expect(headers.get('cache-control')).toBe('no-store');
      }
    },
  );

  test('a stream is not found under another channel', async () => {
    const [one, other] = await directory();
    expect(await problem('getStream', `/v1/channels/${one?.username}/streams/${other?.stream.id}`)).toEqual({
      status: 404,
      type: 'not-found',
    });
  });

  describe('a cursor', () => {
    const refused = { status: 400, type: 'invalid-cursor' };
    const directoryCursor = async () =>
      z.string().parse((await page('listChannels', '/v1/channels?isLive=true&limit=1')).nextCursor);

    test('that was made up is refused', async () => {
      const made = Buffer.from('{"id":"a"}').toString('base64url');
      for (const cursor of ['', 'x', 'null', made, 'a'.repeat(5_000), '%00', 'ä'])
        expect(await problem('listChannels', `/v1/channels?isLive=true&cursor=${cursor}`)).toEqual(refused);
    });

    test('with a character changed, added or removed is refused', async () => {
      const cursor = await directoryCursor();
      const changed = [...cursor].map((letter, at) =>
        [cursor.slice(0, at), letter === 'A' ? 'B' : 'A', cursor.slice(at + 1)].join(''),
      );
      for (const altered of [...changed, `${cursor}A`, `${cursor}=`, cursor.slice(0, -1), cursor.slice(1)])
        expect(await problem('listChannels', `/v1/channels?isLive=true&cursor=${altered}`)).toEqual(refused);
    });

    test('of one list is refused by every other list', async () => {
      const cursor = await directoryCursor();
      const [first] = await directory();
      for (const [operationId, path] of [
        ['listChannels', `/v1/channels?isLive=true&categoryId=${first?.categoryId}`],
        ['listStreams', `/v1/channels/${first?.username}/streams?limit=1`],
        ['listCategories', '/v1/categories?limit=1'],
      ] as const)
        expect(await problem(operationId, `${path}&cursor=${cursor}`)).toEqual(refused);
    });
  });

  describe('a body', () => {
    const good = { refreshToken: 'made-up' };
    const send = async (
      body: string | Uint8Array<ArrayBuffer> | ReadableStream | null,
      type = 'application/json',
    ) => {
      const streamed = body instanceof ReadableStream ? { duplex: 'half' as const } : {};
      const headers = { 'Content-Type': type };
      const response = await door.request('/v1/sessions/refresh', {
        method: 'POST',
        headers,
        body,
        ...streamed,
      });
      const answer = problemBody.parse(await response.json());
      return [response.status, answer.type.replace('urn:problem-type:', ''), ...fieldsOf(answer)];
    };
    const fieldsOf = ({ errors = [] }: z.infer<typeof problemBody>) => errors.map(({ field }) => field);

    test('is read in one piece, and in many pieces without a Content-Length', async () => {
      const text = JSON.stringify(good);
      const pieces = new ReadableStream({
        start(controller) {
          for (const byte of Buffer.from(text)) controller.enqueue(Uint8Array.of(byte));
          controller.close();
        },
      });
      expect(await send(text)).toEqual([401, 'unauthenticated']);
      expect(await send(pieces)).toEqual([401, 'unauthenticated']);
    });

    test('in Latin-1, or with a lone surrogate, is refused', async () => {
      const latin1 = new Uint8Array(Buffer.from('{"refreshToken":"caf\u00e9"}', 'latin1'));
      expect(await send(latin1)).toEqual([400, 'malformed-request']);
      expect(await send('{"refreshToken":"\\ud800"}')).toEqual([422, 'invalid-values', 'refreshToken']);
    });

    test('that is missing, empty, too large or of another content type is refused', async () => {
      const large = JSON.stringify({ ...good, padding: 'x'.repeat(20_000) });
      expect(await send(null)).toEqual([400, 'malformed-request']);
      expect(await send('')).toEqual([400, 'malformed-request']);
      expect(await send(large)).toEqual([413, 'payload-too-large']);
      expect(await send(new Blob([large]).stream())).toEqual([413, 'payload-too-large']);
      expect(await send(JSON.stringify(good), 'text/plain')).toEqual([415, 'unsupported-media-type']);
    });
  });

  describe('a refresh token in a cookie', () => {
    const json = { 'Content-Type': 'application/json' };
    const cookieForm = { ...json, 'X-Refresh-Token': 'cookie', Cookie: 'theme=dark; __Host-refresh=made-up' };
    const refresh = async (headers: Record<string, string>) => {
      const response = await door.request('/v1/sessions/refresh', { method: 'POST', headers, body: '{}' });
      const { type } = problemBody.parse(await response.json());
      return [response.status, type.replace('urn:problem-type:', ''), ...response.headers.getSetCookie()];
    };
    const cleared = '__Host-refresh=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict';

    test('is read with X-Refresh-Token, and deleted when it is not valid', async () => {
      expect(await refresh(cookieForm)).toEqual([401, 'unauthenticated', cleared]);
      expect(await refresh({ ...cookieForm, 'Sec-Fetch-Site': 'same-origin' })).toEqual([
        401,
        'unauthenticated',
        cleared,
      ]);
    });

    test('is ignored without X-Refresh-Token', async () => {
      expect(await refresh({ ...json, Cookie: cookieForm.Cookie })).toEqual([422, 'invalid-values']);
    });

    test('is refused from pages of other origins', async () => {
      for (const origin of [
        { 'Sec-Fetch-Site': 'cross-site' },
        { 'Sec-Fetch-Site': 'same-site' },
        { Origin: 'https://evil.example' },
      ])
        expect(await refresh({ ...cookieForm, ...origin })).toEqual([403, 'forbidden']);
    });
  });

  describe('around the routes', () => {
    test('an unknown path is a problem document', async () => {
      // Not '/', at which local mode and the distribution have the web app.
      for (const path of [
        '/v1',
        '/v1/nothing',
        '/v1/channels/',
        '/v1//channels',
        '//v1/channels',
        '/v1/channels%5Cann',
        '/v1/channels/a/b/c/d',
        '/v2/channels',
      ]) {
        const response = await door.request(path);
        expect(response.status).toBe(404);
        expect(response.headers.get('content-type')).toBe('application/problem+json');
        expect(problemBody.parse(await response.json()).type).toBe('urn:problem-type:not-found');
      }
    });

    test('a wrong method for a known path is answered with the methods it has', async () => {
      for (const [path, allowed] of [
        ['/v1/channels', 'GET, HEAD, OPTIONS'],
        ['/v1/channels/ann', 'GET, HEAD, OPTIONS'],
        ['/v1/categories', 'GET, HEAD, OPTIONS'],
        ['/v1/health', 'GET, HEAD, OPTIONS'],
        ['/v1/users', 'POST, OPTIONS'],
        ['/v1/sessions', 'POST, DELETE, OPTIONS'],
        ['/v1/channels/ann/follow', 'PUT, DELETE, OPTIONS'],
      ] as const)
        for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
          if (allowed.includes(method)) continue;
          const response = await door.request(path, { method });
          expect(response.status).toBe(405);
          expect(response.headers.get('allow')).toBe(allowed);
          expect(problemBody.parse(await response.json()).type).toBe('urn:problem-type:method-not-allowed');
        }
    });

    test('HEAD is answered like GET, without the body', async () => {
      for (const path of ['/v1/health', '/v1/channels?isLive=true', '/v1/channels/no-such-channel']) {
        const [head, get] = await Promise.all([door.request(path, { method: 'HEAD' }), door.request(path)]);
        expect(head.status).toBe(get.status);
        expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'));
        expect(head.headers.get('cache-control')).toBe(get.headers.get('cache-control'));
        expect(await head.text()).toBe('');
      }
    });

    test('a preflight request is answered for any path', async () => {
      for (const path of ['/v1/channels', '/v1/channels/ann', '/v1/nothing']) {
        const response = await door.request(path, {
          method: 'OPTIONS',
          headers: { Origin: 'https://app.example', 'Access-Control-Request-Method': 'GET' },
        });
        expect(response.status).toBe(204);
        expect(response.headers.get('access-control-allow-methods')).toContain('GET');
        // A page of another origin must not use the cookies of this one.
        expect(response.headers.get('access-control-allow-headers')).not.toMatch(/x-refresh-token|\*/i);
        expect(response.headers.get('access-control-allow-credentials')).toBeNull();
      }
    });

    test('each problem has the request id that is in its headers', async () => {
      const instances = new Set<string>();
      for (let time = 0; time < 3; time++) {
        const { headers, body } = await ask('getChannel', '/v1/channels/no-such-channel');
        const { instance } = problemBody.parse(body);
        expect(instance).toBe(`urn:request:${encodeURIComponent(headers.get('x-request-id') ?? '')}`);
        instances.add(instance);
      }
      expect(instances.size).toBe(3);
    });
  });

  test('the document has each operation once, with the parameters of its path', () => {
    const operations = operationsOf(document);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    for (const { path, parameters } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = parameters.filter(parameter => parameter.in === 'path');
      expect(declared.map(({ name }) => name)).toEqual(inPath);
      expect(declared.every(({ required }) => required)).toBe(true);
    }
  });
}
