import { beforeEach, describe, expect, test } from '@jest/globals';
import { type Member, useApi } from '../support/api.ts';
import { recordRequests } from '../support/requests.ts';

const api = useApi();
let owner: Member;
let user: Member;
beforeEach(async () => {
  [owner, user] = await Promise.all([api().signUp(), api().signUp()]);
});

const none = { isFollowing: false, isOwner: false, isModerator: false, ban: null };
const path = () => ({ params: { path: { username: owner.username } } });
const banPath = () => ({ params: { path: { username: owner.username, bannedUsername: user.username } } });
const relationTo = async ({ api: as }: Pick<Member, 'api'>) =>
  (await as.GET('/v1/channels/{username}', path())).data?.relation;

/** Gets the channel's page. */
const get = (headers: Record<string, string> = {}) =>
  api().request(`/v1/channels/${owner.username}`, { headers });
const bearer = ({ accessToken }: Member) => ({ Authorization: `Bearer ${accessToken}` });

describe('the relation on a channel page', () => {
  test('is null for a guest, and says of a user whether they own or follow the channel', async () => {
    expect(await relationTo({ api: api().client() })).toBeNull();
    expect(await relationTo(owner)).toEqual({ ...none, isOwner: true });
    expect(await relationTo(user)).toEqual(none);
    await user.api.PUT('/v1/channels/{username}/follow', path());
    expect(await relationTo(user)).toEqual({ ...none, isFollowing: true });
    await user.api.DELETE('/v1/channels/{username}/follow', path());
    expect(await relationTo(user)).toEqual(none);
  });

  test('has the ban that applies now', async () => {
    const until = new Date(api().clock.now().getTime() + 60_000).toISOString();
    await owner.api.PUT('/v1/channels/{username}/chat/bans/{bannedUsername}', {
      ...banPath(),
      body: { until, reason: 'Spam' },
    });
    expect(await relationTo(user)).toEqual({ ...none, ban: { until } });
    expect(await relationTo(owner)).toEqual({ ...none, isOwner: true });
    api().clock.advance(59_999);
    expect((await relationTo(user))?.ban).toEqual({ until });
    api().clock.advance(1);
    expect((await relationTo(user))?.ban).toBeNull();
    await owner.api.PUT('/v1/channels/{username}/chat/bans/{bannedUsername}', { ...banPath(), body: {} });
    expect((await relationTo(user))?.ban).toEqual({ until: null });
    await owner.api.DELETE('/v1/channels/{username}/chat/bans/{bannedUsername}', banPath());
    expect((await relationTo(user))?.ban).toBeNull();
  });

  test('is read together with the stream, so that the page takes two reads one after the other', async () => {
    await api().goLive(owner);
    const { middlewareStack } = api().database.client;
    let [inProgress, rounds] = [0, 0];
    middlewareStack.add(
      next => async args => {
        if (inProgress++ === 0) rounds++;
        try {
          return await next(args);
        } finally {
          inProgress--;
        }
      },
      { step: 'initialize', name: 'rounds' },
    );
    const requests = recordRequests(api().database.client);
    const costs = async (headers?: Record<string, string>) => {
      [rounds] = [0, requests()];
      expect((await get(headers)).status).toBe(200);
      return [rounds, requests().sort()];
    };
    expect(await costs()).toEqual([2, ['GetItem', 'Query']]);
    expect(await costs(bearer(owner))).toEqual([2, ['GetItem', 'Query']]);
    expect(await costs(bearer(user))).toEqual([2, ['BatchGetItem', 'GetItem', 'GetItem', 'Query']]);
    middlewareStack.remove('rounds');
  });
});

describe('a channel page', () => {
  test('may be cached for everybody without a token, and by the browser only with one', async () => {
    const [guest, signedIn] = [await get(), await get(bearer(user))];
    expect(guest.headers.get('cache-control')).toBe('public, max-age=0, s-maxage=2');
    expect(signedIn.headers.get('cache-control')).toBe('private, max-age=0');
    for (const { headers } of [guest, signedIn]) expect(headers.get('vary')).toMatch(/\bauthorization\b/i);
    expect(signedIn.headers.get('etag')).not.toBe(guest.headers.get('etag'));
  });

  test('is a 304 for the same caller while it is the same, and a 200 when the relation has changed', async () => {
    const etag = (await get(bearer(user))).headers.get('etag') ?? '';
    const same = await get({ ...bearer(user), 'If-None-Match': etag });
    expect([same.status, same.headers.get('cache-control')]).toEqual([304, 'private, max-age=0']);
    expect(same.headers.get('vary')).toMatch(/\bauthorization\b/i);
    expect((await get({ 'If-None-Match': etag })).status).toBe(200);
    // A ban changes nothing of the page but the relation.
    await owner.api.PUT('/v1/channels/{username}/chat/bans/{bannedUsername}', { ...banPath(), body: {} });
    expect((await get({ ...bearer(user), 'If-None-Match': etag })).status).toBe(200);
  });

  test('is a 401 that is not cached for a token that is not valid', async () => {
    for (const Authorization of ['Bearer made.up.token', 'Basic YTpi', 'Bearer']) {
      const { status, headers } = await get({ Authorization });
      expect([Authorization, status, headers.get('cache-control')]).toEqual([Authorization, 401, 'no-store']);
    }
  });
});
