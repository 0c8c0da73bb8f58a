import { describe, expect, test } from '@jest/globals';
import { type OperationId, type RouteSpec, routes } from '../../model/routes.ts';
import { MAX_FORMER_NAMES, NAME_HOLD_MS } from '../../model/username.ts';
import { type Member, useApi } from '../support/api.ts';
import { newScene, operationCases, type SentRequest } from './operations.ts';

const api = useApi();
let names = 0;

/** Renames `member`, who signed in at most five minutes ago. */
async function rename<M extends Member>(member: M, username = `renamed-${++names}`): Promise<M> {
  const { response } = await member.api.PATCH('/v1/users/me', { body: { username } });
  expect(response.status).toBe(200);
  return { ...member, username };
}

async function send(id: OperationId, { path, body }: SentRequest, token?: string) {
  const spec: RouteSpec = routes[id];
  return api().request(path, {
    method: spec.method.toUpperCase(),
    headers: {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
}

/** Where a redirect leads, for a client that sees the API below `/prod`. */
function target(path: string, response: Response): string {
  const { pathname, search } = new URL(
    response.headers.get('location') ?? '',
    `https://api.example/prod${path}`,
  );
  expect(pathname).toMatch(/^\/prod\//);
  return pathname.replace('/prod', '') + search;
}

const withNames = (Object.keys(routes) as OperationId[]).filter(id => /username\}/i.test(routes[id].path));

describe('a former name in the path', () => {
  test('is in the paths of these tests', () => expect(withNames.length).toBeGreaterThan(20));

  test.each(withNames)('of %s leads to the path with the new name, with the same method', async id => {
    const { request, expected } = operationCases[id];
    const scene = await newScene(api());
    const { path: before, body } = request(scene);
    const renamed = {
      ...scene,
      owner: await rename(scene.owner),
      other: await rename(scene.other),
      moderator: await rename(scene.moderator),
    };
    const wanted = request(renamed);
    const guest = await send(id, { path: before, ...(body === undefined ? {} : { body }) });
    expect(guest.status).toBe(expected[0] === 401 ? 401 : 308);

    let path = before;
    let response: Response;
    let redirects = 0;
    for (;;) {
      const sent = { path, ...(body === undefined ? {} : { body }) };
      response = await send(id, sent, scene.owner.accessToken);
      if (response.status !== 308) break;
      expect([response.headers.get('cache-control'), await response.text()]).toEqual(['no-store', '']);
      expect(response.headers.get('content-type')).toBeNull();
      path = target(path, response);
      redirects++;
    }
    expect([path, response.status]).toEqual([wanted.path, expected[2]]);
    // One for each name in the path.
    expect(redirects).toBe(routes[id].path.match(/username\}/gi)?.length);
  });

  test('keeps the query, and is found in any case and encoding', async () => {
    const member = await rename(await api().signUp('Lost-1'));
    for (const name of ['lost-1', 'LOST-1', '%6Cost-1']) {
      const path = `/v1/channels/${name}/streams?limit=7&cursor=a%2Fb%3D`;
      // The cursor is not read before the channel is found.
      const response = await api().request(path);
      expect([response.status, target(path, response)]).toEqual([
        308,
        `/v1/channels/${member.username}/streams?limit=7&cursor=a%2Fb%3D`,
      ]);
    }
    const head = await api().request('/v1/channels/lost-1', { method: 'HEAD' });
    expect([head.status, head.headers.get('location')]).toEqual([308, member.username]);
    expect(head.headers.get('access-control-allow-origin')).toBe('*');
  });

  test('leads to the last of several names at once, and to nothing after 30 days', async () => {
    const first = await api().signUp('chain-a');
    const last = await rename(await rename(first, 'chain-b'), 'chain-c');
    const locations = () =>
      Promise.all(
        ['chain-a', 'chain-b', 'chain-c'].map(async name => {
          const response = await api().request(`/v1/channels/${name}`);
          return [response.status, response.headers.get('location')];
        }),
      );
    expect(await locations()).toEqual([
      [308, last.username],
      [308, last.username],
      [200, null],
    ]);
    api().clock.advance(NAME_HOLD_MS);
    expect((await locations()).map(([status]) => status)).toEqual([404, 404, 200]);
  });

  test('of a user who was deleted is a 404, and so is a stream that the new name does not have', async () => {
    const member = await rename(await api().signUp('gone-1'), 'gone-2');
    const path = '/v1/channels/gone-2/streams/st-none';
    expect((await api().request(path)).status).toBe(404);
    expect((await member.api.DELETE('/v1/users/me')).response.status).toBe(204);
    for (const name of ['gone-1', 'gone-2']) {
      expect((await api().request(`/v1/channels/${name}`)).status).toBe(404);
      const body = { username: name.toUpperCase(), password: 'a new password' };
      const { error } = await api().client().POST('/v1/users', { body });
      expect(error).toMatchObject({ status: 409, reason: 'username-taken' });
    }
    api().clock.advance(NAME_HOLD_MS);
    expect((await api().signUp('Gone-2')).username).toBe('Gone-2');
  });

  test('is one of at most ten: after that a rename is a 429 that says until when', async () => {
    const member = await api().signUp('many-0');
    for (let n = 1; n <= MAX_FORMER_NAMES; n++) await rename(member, `many-${n}`);
    const { error, response } = await member.api.PATCH('/v1/users/me', { body: { username: 'many-more' } });
    const until = new Date(api().clock.now().getTime() + NAME_HOLD_MS).toISOString();
    expect(error).toMatchObject({
      status: 429,
      reason: 'rename-limit',
      parameters: { limit: MAX_FORMER_NAMES, until },
    });
    expect(response.headers.get('retry-after')).toBe(String(NAME_HOLD_MS / 1_000));
    await rename(member, 'many-0');
  });
});
