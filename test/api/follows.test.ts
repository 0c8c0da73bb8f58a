import { describe, expect, test } from '@jest/globals';
import { type Member, useApi } from '../support/api.ts';
import { injectFaults } from '../support/faults.ts';
import { recordRequests } from '../support/requests.ts';
import { channel, live, putRows } from '../support/rows.ts';

const PARTNER_FOLLOWERS = 3;
const api = useApi({ partner: { followers: PARTNER_FOLLOWERS, followerAgeDays: 0 } });

const path = (username: string) => ({ params: { path: { username } } });
const follow = (as: Member, whom: Member) =>
  as.api.PUT('/v1/channels/{username}/follow', path(whom.username));
const unfollow = (as: Member, whom: Member) =>
  as.api.DELETE('/v1/channels/{username}/follow', path(whom.username));
const following = (as: Member, query: { limit?: number; cursor?: string; isLive?: 'true' | 'false' } = {}) =>
  as.api.GET('/v1/users/me/following', { params: { query } });
const page = async (whom: Member) =>
  (await api().client().GET('/v1/channels/{username}', path(whom.username))).data;
const signUpAll = (count: number) => Promise.all(Array.from({ length: count }, () => api().signUp()));

describe('following', () => {
  test('counts once, however often it is repeated, and so does an unfollow', async () => {
    const [fan, star] = [await api().signUp(), await api().signUp()];
    for (let time = 0; time < 2; time++) {
      expect((await follow(fan, star)).response.status).toBe(204);
      expect((await page(star))?.followerCount).toBe(1);
    }
    for (let time = 0; time < 2; time++) {
      expect((await unfollow(fan, star)).response.status).toBe(204);
      expect((await page(star))?.followerCount).toBe(0);
    }
  });

  test('oneself is a 409, an unknown user a 404, and neither counts', async () => {
    const fan = await api().signUp();
    expect((await follow(fan, fan)).response.status).toBe(409);
    expect((await page(fan))?.followerCount).toBe(0);
    const nobody = { ...fan, username: 'nobody' };
    expect((await follow(fan, nobody)).response.status).toBe(404);
    expect((await unfollow(fan, nobody)).response.status).toBe(404);
    // No user can be named `me`, so a path with `me` as the name does not mean the caller.
    expect((await follow(fan, { ...fan, username: 'me' })).response.status).toBe(404);
  });

  test('a channel with too many concurrent writers is a 503 with Retry-After, and counts nothing', async () => {
    const [fan, star] = [await api().signUp(), await api().signUp()];
    const faults = injectFaults(api().database.client, { transactionConflict: 1 }, Math.random);
    const { response } = await follow(fan, star);
    faults.stop();
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await page(star))?.followerCount).toBe(0);
    expect((await follow(fan, star)).response.status).toBe(204);
    expect((await page(star))?.followerCount).toBe(1);
  });

  test('finds the channel by name in any case', async () => {
    const [fan, star] = [await api().signUp(), await api().signUp('Shouty')];
    expect((await follow(fan, { ...star, username: 'SHOUTY' })).response.status).toBe(204);
    expect((await page(star))?.followerCount).toBe(1);
  });
});

describe('the list of followers', () => {
  const followers = (as: Member, whom: Member, query: { limit?: number; cursor?: string } = {}) =>
    as.api.GET('/v1/channels/{username}/followers', { params: { ...path(whom.username).params, query } });

  test('has pages, the latest follow first, with the current names of the followers', async () => {
    const [star, ...fans] = await signUpAll(4);
    const [renamed, left] = fans;
    if (!star || !renamed || !left) throw new Error('fewer than four users signed up');
    expect((await followers(star, star)).data).toEqual({ items: [], nextCursor: null });
    const expected: object[] = [];
    for (const fan of fans) {
      api().clock.advance(1000);
      await follow(fan, star);
      const { userId: id, username } = fan;
      const name = fan === renamed ? `${username}-2` : username;
      if (fan !== left)
        expected.unshift({
          user: { id, username: name, displayName: null, color: null, avatarUrl: null },
          followedAt: api().clock.now().toISOString(),
        });
    }
    const body = { username: `${renamed.username}-2`, currentPassword: renamed.password };
    await renamed.api.PATCH('/v1/users/me', { body });
    await unfollow(left, star);
    const one = (await followers(star, star, { limit: 1 })).data;
    const two = (await followers(star, star, { limit: 1, cursor: one?.nextCursor ?? '' })).data;
    expect([...(one?.items ?? []), ...(two?.items ?? [])]).toEqual(expected);
  });

  test('is private to the owner of the channel', async () => {
    const [star, fan] = await signUpAll(2);
    if (!star || !fan) throw new Error('fewer than two users signed up');
    await follow(fan, star);
    const { error, response } = await followers(fan, star);
    expect([response.status, error]).toMatchObject([403, { reason: 'not-owner' }]);
  });

  test('takes three database requests per page', async () => {
    const [star, ...fans] = await signUpAll(3);
    if (star === undefined) throw new Error('no user signed up');
    for (const fan of fans) await follow(fan, star);
    const sent = recordRequests(api().database.client);
    expect((await followers(star, star)).data?.items).toHaveLength(2);
    expect(sent()).toEqual(['Query', 'Query', 'BatchGetItem']);
    api().database.client.middlewareStack.remove('recordRequests');
  });
});

describe('the list of followed channels', () => {
  test.each([1, 2, 3, 4, 50])(
    'has the live channels first and then the others, each with the latest follow first, in pages of %i',
    async limit => {
      const [fan, ...stars] = await signUpAll(7);
      if (fan === undefined) throw new Error('no user signed up');
      const times = new Map<string, string>();
      for (const star of stars) {
        api().clock.advance(1000);
        times.set(star.username, api().clock.now().toISOString());
        await follow(fan, star);
      }
      const isLive = (n: number) => n === 0 || n === 3 || n === 4;
      for (const [n, star] of stars.entries()) if (isLive(n)) await api().goLive(star);
      const items = [];
      let cursor: string | undefined;
      do {
        const { data } = await following(fan, { limit, ...(cursor && { cursor }) });
        items.push(...(data?.items ?? []));
        cursor = data?.nextCursor ?? undefined;
      } while (cursor !== undefined);
      const latest = stars.toReversed();
      const names = (wanted: boolean) =>
        latest.filter(star => isLive(stars.indexOf(star)) === wanted).map(({ username }) => username);
      expect(items.map(({ channel }) => channel.username)).toEqual([...names(true), ...names(false)]);
      expect(items.map(({ channel }) => channel.isLive)).toEqual([
        ...[true, true, true],
        ...[false, false, false],
      ]);
      for (const { channel, followedAt } of items) expect(followedAt).toBe(times.get(channel.username));
    },
  );

  test('takes two database requests for somebody who follows up to 100 channels', async () => {
    const [fan, star, star2] = await signUpAll(3);
    if (!fan || !star || !star2) throw new Error('fewer than three users signed up');
    await follow(fan, star);
    await follow(fan, star2);
    await api().goLive(star);
    const sent = recordRequests(api().database.client);
    expect((await following(fan)).data?.items.map(({ channel }) => channel.isLive)).toEqual([true, false]);
    expect(sent()).toEqual(['Query', 'BatchGetItem']);
    api().database.client.middlewareStack.remove('recordRequests');
  });

  test('is empty at first, and its cursor does not work for another user', async () => {
    const [fan, other, star, star2] = await signUpAll(4);
    if (!fan || !other || !star || !star2) throw new Error('fewer than four users signed up');
    expect((await following(other)).data).toEqual({ items: [], nextCursor: null });
    await follow(fan, star);
    await follow(fan, star2);
    const cursor = (await following(fan, { limit: 1 })).data?.nextCursor ?? '';
    expect((await following(fan, { cursor })).data?.items).toHaveLength(1);
    expect((await following(other, { cursor })).response.status).toBe(400);
  });

  test.each([1, 2, 3, 50])(
    'has full pages of %i when only live or only other channels are asked for',
    async limit => {
      const fan = await api().signUp();
      // The follows at the same instant are in the order of their channels' ids.
      const rows = Array.from({ length: 12 }, (_, n) => channel({ username: `${fan.username}-${n}` }));
      const isLive = (n: number) => [1, 2, 5, 6, 7, 10].includes(n);
      const { database } = api();
      await putRows(
        database,
        'channels',
        rows.map((row, n) => (isLive(n) ? live(row).channel : row)),
      );
      const times = { createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' };
      const follows = rows.map(({ id }, n) => ({
        userId: fan.userId,
        channelId: id,
        followedAt: new Date(Date.UTC(2026, 0, 1, 0, Math.floor(n / 2))).toISOString(),
        ...times,
      }));
      await putRows(database, 'follows', follows);
      const all = (await following(fan)).data?.items ?? [];
      expect(all).toHaveLength(12);
      for (const wanted of ['true', 'false'] as const) {
        const pages: string[][] = [];
        let cursor: string | undefined;
        do {
          const { data } = await following(fan, { limit, isLive: wanted, ...(cursor && { cursor }) });
          pages.push(data?.items.map(item => item.channel.id) ?? []);
          cursor = data?.nextCursor ?? undefined;
        } while (cursor !== undefined);
        expect(pages.flat()).toEqual(
          all.filter(item => item.channel.isLive === (wanted === 'true')).map(item => item.channel.id),
        );
        expect(pages.map(page => page.length)).toEqual(
          Array.from({ length: Math.ceil(6 / limit) }, () => Math.min(limit, 6)),
        );
      }
    },
  );

  test('reads at most 300 follows in a request for live channels, and continues after them', async () => {
    const fan = await api().signUp();
    const { database } = api();
    const rows = Array.from({ length: 301 }, (_, n) => channel({ username: `${fan.username}-${n}` }));
    // Only the earliest follow is of a live channel.
    await putRows(
      database,
      'channels',
      rows.map((row, n) => (n === 0 ? live(row).channel : row)),
    );
    const followedAt = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, n)).toISOString();
    const times = { createdAt: followedAt(0), updatedAt: followedAt(0) };
    const follows = rows.map(({ id: channelId }, n) => ({
      userId: fan.userId,
      channelId,
      followedAt: followedAt(n),
      ...times,
    }));
    await putRows(database, 'follows', follows);
    const sent = recordRequests(database.client);
    const one = (await following(fan, { isLive: 'true' })).data;
    expect(sent()).toEqual(Array.from({ length: 3 }, () => ['Query', 'BatchGetItem']).flat());
    expect(one).toEqual({ items: [], nextCursor: expect.any(String) });
    const cursor = one?.nextCursor ?? '';
    const two = (await following(fan, { isLive: 'true', cursor })).data;
    expect(two?.items.map(item => item.channel.id)).toEqual([rows[0]?.id]);
    expect(two?.nextCursor).toBeNull();
    expect((await following(fan, { isLive: 'false', cursor })).response.status).toBe(400);
    expect((await following(fan, { cursor })).response.status).toBe(400);
    sent();
    const mixed: string[] = [];
    let place: string | null | undefined;
    do {
      const { data } = await following(fan, { limit: 60, ...(place && { cursor: place }) });
      expect(sent().length).toBeLessThanOrEqual(6);
      mixed.push(...(data?.items.map(item => item.channel.id) ?? []));
      place = data?.nextCursor;
    } while (place);
    expect(mixed[0]).toBe(rows[0]?.id);
    expect([...mixed].sort()).toEqual(rows.map(({ id }) => id).sort());
    database.client.middlewareStack.remove('recordRequests');

    const others: string[] = [];
    let next: string | null | undefined;
    do {
      const query = { isLive: 'false', limit: 60, ...(next && { cursor: next }) } as const;
      const { data } = await following(fan, query);
      expect(data?.items).toHaveLength(60);
      others.push(...(data?.items.map(item => item.channel.id) ?? []));
      next = data?.nextCursor;
    } while (next && others.length < 300);
    expect(others).toEqual(
      rows
        .slice(1)
        .map(({ id }) => id)
        .reverse(),
    );
  });

  test('takes two database requests per page and no call of IVS', async () => {
    const [fan, ...stars] = await signUpAll(4);
    if (fan === undefined) throw new Error('no user signed up');
    for (const star of stars) await follow(fan, star);
    const sent = recordRequests(api().database.client);
    const before = api().ivs.simulator.calls();
    expect((await following(fan)).data?.items).toHaveLength(3);
    expect(sent()).toEqual(['Query', 'BatchGetItem']);
    expect(api().ivs.simulator.calls()).toEqual(before);
    api().database.client.middlewareStack.remove('recordRequests');
  });
});

describe('a partner', () => {
  test('is made by the follow that reaches the threshold, and stays one until the scheduled review', async () => {
    const [star, ...fans] = await signUpAll(PARTNER_FOLLOWERS + 1);
    if (star === undefined) throw new Error('no user signed up');
    const partner = async () => (await page(star))?.isPartner;
    const typeAtIvs = () =>
      api()
        .ivs.simulator.resources()
        .channels.find(({ arn }) => arn.endsWith(star.channelId))?.type;
    for (const fan of fans) {
      expect(await partner()).toBe(false);
      await follow(fan, star);
    }
    expect(await partner()).toBe(true);
    expect(typeAtIvs()).toBe('ADVANCED_HD');
    for (const fan of fans) await unfollow(fan, star);
    expect(await page(star)).toMatchObject({ isPartner: true, followerCount: 0 });
    expect(typeAtIvs()).toBe('ADVANCED_HD');
  });

  test('whose IVS channel cannot be upgraded is logged, and the follow still succeeds', async () => {
    const [star, ...fans] = await signUpAll(PARTNER_FOLLOWERS + 1);
    if (star === undefined) throw new Error('no user signed up');
    api().ivs.simulator.faults.add({ operation: 'UpdateChannel', failure: 'failed', times: 100 });
    for (const fan of fans) expect((await follow(fan, star)).response.status).toBe(204);
    api().ivs.simulator.faults.clear();
    expect(await page(star)).toMatchObject({ isPartner: true, followerCount: PARTNER_FOLLOWERS });
    expect(api().logs).toContainEqual({
      level: 'warn',
      message: 'the partner status of a channel could not be updated; the schedule will update it',
      fields: { channelId: star.channelId, error: expect.any(Error) },
    });
  });
});
