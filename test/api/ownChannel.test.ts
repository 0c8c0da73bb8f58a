import { beforeAll, describe, expect, test } from '@jest/globals';
import { problemSchema } from '../../lambdas/api/http/problemSchema.ts';
import { type Member, useApi } from '../support/api.ts';
import { handling } from '../support/eventHandling.ts';
import { stateEvent } from '../support/ivsEvents.ts';
import { recordRequests } from '../support/requests.ts';
import { category, putRows } from '../support/rows.ts';

const api = useApi();

let ann: Member;
let bob: Member;
beforeAll(async () => {
  [ann, bob] = await Promise.all([api().signUp('ann'), api().signUp('bob')]);
  await putRows(api().database, 'categories', [
    category({ id: 'music' }),
    category({ id: 'art', sortOrder: 2 }),
  ]);
});

/** Ends a broadcast, and handles the events that IVS sends for it. */
async function end(member: Member, streamId: string) {
  const channel = api()
    .ivs.simulator.resources()
    .channels.find(({ arn }) => arn.endsWith(member.channelId));
  const { handle } = handling(api().database);
  for (const name of ['Stream End', 'Session Ended']) {
    api().clock.advance(1000);
    const resources = [channel?.arn ?? ''];
    const event = stateEvent(name, streamId, api().clock.now().toISOString(), { resources });
    api().ivs.simulator.applyEvent(event);
    await handle(event);
  }
}

/** Sends a raw body, which the typed client would not accept. */
async function send(member: Member, method: string, path: string, body: unknown) {
  const headers = { Authorization: `Bearer ${member.accessToken}`, 'Content-Type': 'application/json' };
  const response = await api().request(path, { method, headers, body: JSON.stringify(body) });
  return { status: response.status, problem: problemSchema.safeParse(await response.json()).data };
}

const live = async () =>
  (
    await api()
      .client()
      .GET('/v1/channels', { params: { query: { isLive: 'true' } } })
  ).data;

describe('PATCH /v1/channels/me', () => {
  test('edits the channel, for its page, its next stream and its live stream', async () => {
    const edited = await ann.api.PATCH('/v1/channels/me', {
      body: { title: '  Late night ', categoryId: 'music' },
    });
    expect(edited.response.status).toBe(200);
    expect(edited.data).toMatchObject({ username: 'ann', title: 'Late night', categoryId: 'music' });

    const streamId = await api().goLive(ann);
    const page = () => ann.api.GET('/v1/channels/{username}', { params: { path: { username: 'ann' } } });
    expect((await page()).data).toMatchObject({
      title: 'Late night',
      stream: { id: streamId, title: 'Late night', categoryId: 'music' },
    });

    await ann.api.PATCH('/v1/channels/me', { body: { title: 'Later', categoryId: 'art' } });
    expect((await page()).data).toMatchObject({
      title: 'Later',
      categoryId: 'art',
      stream: { id: streamId, title: 'Later', categoryId: 'art' },
    });
    const ofCategory = async (categoryId: string) =>
      (
        await api()
          .client()
          .GET('/v1/channels', { params: { query: { isLive: 'true', categoryId } } })
      ).data;
    expect((await ofCategory('art'))?.items).toMatchObject([{ username: 'ann', title: 'Later' }]);
    expect((await ofCategory('music'))?.items).toEqual([]);

    await ann.api.PATCH('/v1/channels/me', { body: { categoryId: null } });
    expect((await live())?.items).toMatchObject([{ username: 'ann', categoryId: null }]);
    await end(ann, streamId);
  });

  test.each([
    [{ title: '' }, 'title'],
    [{ title: '   ' }, 'title'],
    [{ title: 'a'.repeat(141) }, 'title'],
    [{ title: 'two\nlines' }, 'title'],
    [{ title: 'half \ud83d of a pair' }, 'title'],
    [{ title: null }, 'title'],
    [{ title: 7 }, 'title'],
    [{ categoryId: 'no-such' }, 'categoryId'],
    [{ categoryId: 'no such' }, 'categoryId'],
    [{ categoryId: 7 }, 'categoryId'],
    [{ title: 'x', isPartner: true }, 'isPartner'],
    [{ followerCount: 9 }, 'followerCount'],
    [{ userId: 'me' }, 'userId'],
    [{ streamKey: 'mine' }, 'streamKey'],
  ])('refuses %j, names %s, and changes nothing', async (body, field) => {
    const before = (await bob.api.GET('/v1/channels/{username}', { params: { path: { username: 'bob' } } }))
      .data;
    const { status, problem } = await send(bob, 'PATCH', '/v1/channels/me', body);
    expect(status).toBe(422);
    expect(problem?.errors).toEqual([expect.objectContaining({ in: 'body', field })]);
    const after = (await bob.api.GET('/v1/channels/{username}', { params: { path: { username: 'bob' } } }))
      .data;
    expect(after).toEqual(before);
  });
});

describe('PATCH /v1/channels/{username}/streams/{streamId}', () => {
  const edit = (
    as: Member,
    username: string,
    streamId: string,
    body: { title?: string; categoryId?: string },
  ) =>
    as.api.PATCH('/v1/channels/{username}/streams/{streamId}', {
      params: { path: { username, streamId } },
      body,
    });

  test('edits an ended stream, for its owner only', async () => {
    const streamId = await api().goLive(ann);
    await end(ann, streamId);
    const { response, data } = await edit(ann, 'ANN', streamId, { title: 'Highlights', categoryId: 'art' });
    expect(response.status).toBe(200);
    expect(data).toMatchObject({ id: streamId, title: 'Highlights', categoryId: 'art', isOpen: false });

    expect((await edit(bob, 'ann', streamId, { title: 'Mine' })).response.status).toBe(403);
    expect((await edit(bob, 'bob', streamId, { title: 'Mine' })).response.status).toBe(404);
    expect((await edit(ann, 'ann', 'st-none', { title: 'x' })).response.status).toBe(404);
    expect((await edit(ann, 'nobody', streamId, { title: 'x' })).response.status).toBe(404);
    expect((await edit(ann, 'ann', streamId, { categoryId: 'no-such' })).response.status).toBe(422);
    const shown = await api()
      .client()
      .GET('/v1/channels/{username}/streams/{streamId}', { params: { path: { username: 'ann', streamId } } });
    expect(shown.data).toMatchObject({ title: 'Highlights', categoryId: 'art' });
  });

  test('accepts the same values as a channel', async () => {
    for (const [body, field] of [
      [{ title: '' }, 'title'],
      [{ endedAt: '2026-01-01T00:00:00.000Z' }, 'endedAt'],
      [{ recordingPath: 'x' }, 'recordingPath'],
    ] as const) {
      const { status, problem } = await send(ann, 'PATCH', '/v1/channels/ann/streams/st-1', body);
      expect(status).toBe(422);
      expect(problem?.errors).toEqual([expect.objectContaining({ in: 'body', field })]);
    }
  });
});

describe('the ingest and its key', () => {
  const keyAtIvs = ({ channelId }: Member) =>
    api()
      .ivs.simulator.resources()
      .channels.find(({ arn }) => arn.endsWith(channelId))?.streamKeys[0]?.value;

  test('are those of IVS, and a new key replaces the old one', async () => {
    const before = (await ann.api.GET('/v1/channels/me/ingest')).data;
    expect(before?.streamKey).toBe(keyAtIvs(ann));
    expect(before?.url).toBe(`rtmps://${before?.endpoint}:443/app/`);

    const replaced = await ann.api.POST('/v1/channels/me/stream-key');
    expect(replaced.response.status).toBe(201);
    expect(replaced.data?.endpoint).toBe(before?.endpoint);
    expect(replaced.data?.streamKey).toBe(keyAtIvs(ann));
    expect(replaced.data?.streamKey).not.toBe(before?.streamKey);
    expect((await ann.api.GET('/v1/channels/me/ingest')).data).toEqual(replaced.data);
  });

  test('are not cached', async () => {
    const { response } = await ann.api.GET('/v1/channels/me/ingest');
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test('requested twice with one Idempotency-Key are one key', async () => {
    const header = { 'Idempotency-Key': 'one-attempt-of-this-test' };
    const send = () => bob.api.POST('/v1/channels/me/stream-key', { params: { header } });
    const [first, second] = [await send(), await send()];
    expect(first.data).toEqual(second.data);
    expect(first.data?.streamKey).toBe(keyAtIvs(bob));
  });

  test('are a 503 with Retry-After while IVS throttles the creation of a key, and work again afterwards', async () => {
    api().ivs.simulator.faults.add({ operation: 'CreateStreamKey', failure: 'unavailable', times: 1 });
    const failed = await bob.api.POST('/v1/channels/me/stream-key');
    expect(failed.response.status).toBe(503);
    const none = await bob.api.GET('/v1/channels/me/ingest');
    expect(none.response.status).toBe(503);
    expect(Number(none.response.headers.get('retry-after'))).toBeGreaterThan(0);

    expect((await bob.api.POST('/v1/channels/me/stream-key')).response.status).toBe(201);
    expect((await bob.api.GET('/v1/channels/me/ingest')).data?.streamKey).toBe(keyAtIvs(bob));
  });
});

describe('a broadcast', () => {
  const put = (as: Member, metadata: string) =>
    as.api.POST('/v1/channels/me/metadata', { body: { metadata } });

  test('accepts timed metadata while it is live; before and after, it is a 409', async () => {
    expect((await put(bob, 'early')).response.status).toBe(409);
    const streamId = await api().goLive(bob);
    expect((await put(bob, '{"goal":"Ann"}')).response.status).toBe(204);
    expect(api().ivs.simulator.delivered()).toEqual(
      expect.arrayContaining([expect.objectContaining({ to: expect.stringMatching(`/${bob.channelId}$`) })]),
    );
    expect(JSON.stringify(api().ivs.simulator.delivered())).toContain('goal');
    await end(bob, streamId);
    expect((await put(bob, 'late')).response.status).toBe(409);
  });

  test('accepts 1 KB of UTF-8 as metadata, and not one byte more', async () => {
    const streamId = await api().goLive(bob);
    expect((await put(bob, 'é'.repeat(512))).response.status).toBe(204);
    for (const metadata of [`${'é'.repeat(512)}.`, '', '\ud800', 7, { goal: 'Ann' }]) {
      const { status, problem } = await send(bob, 'POST', '/v1/channels/me/metadata', { metadata });
      expect(status).toBe(422);
      expect(problem?.errors).toEqual([expect.objectContaining({ in: 'body', field: 'metadata' })]);
    }
    await end(bob, streamId);
  });

  test('is stopped by its owner; a channel that is not live is a 409', async () => {
    const stop = () => ann.api.DELETE('/v1/channels/me/live');
    expect((await stop()).response.status).toBe(409);
    await api().goLive(ann);
    expect((await stop()).response.status).toBe(204);
    api().ivs.simulator.finishStops();
    expect((await stop()).response.status).toBe(409);
  });
});

describe('the cost of the routes', () => {
  test.each([
    // The sign-in is read before and after the key is read.
    ['GET', '/v1/channels/me/ingest', undefined, ['BatchGetItem', 'GetItem', 'BatchGetItem']],
    ['PATCH', '/v1/channels/me', { title: 'x' }, ['UpdateItem', 'BatchGetItem', 'TransactWriteItems']],
  ])('%s %s makes few database requests', async (method, path, body, expected) => {
    const sent = recordRequests(api().database.client);
    const headers = { Authorization: `Bearer ${ann.accessToken}`, 'Content-Type': 'application/json' };
    const json = body === undefined ? null : JSON.stringify(body);
    expect((await api().request(path, { method, headers, body: json })).status).toBe(200);
    expect(sent()).toEqual(expected);
    api().database.client.middlewareStack.remove('recordRequests');
  });
});
