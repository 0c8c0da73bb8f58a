import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ApiClient } from '../../client/client.ts';
import { NAME_HOLD_MS } from '../../model/username.ts';
import { type Member, useApi } from '../support/api.ts';
import { type ChatCall, onNextCall, recordChatCalls } from '../support/ivsCalls.ts';

const api = useApi();
let calls: () => ChatCall[];
let owner: Member;
let user: Member;
beforeAll(() => {
  calls = recordChatCalls(api().ivs.chat);
});

/** Signs up two new users. */
async function signUpTwoUsers(): Promise<void> {
  [owner, user] = await Promise.all([api().signUp(), api().signUp()]);
  calls();
}

const MINUTE_MS = 60_000;
const inMinutes = (minutes: number) =>
  new Date(api().clock.now().getTime() + minutes * MINUTE_MS).toISOString();

const tokenFor = (as: ApiClient, username: string) =>
  as.POST('/v1/channels/{username}/chat/tokens', { params: { path: { username } } });
const statusFor = async (as: ApiClient, whose = owner) =>
  (await tokenFor(as, whose.username)).response.status;
const ban = (
  as: Member,
  bannedUsername: string,
  body: { until?: string; reason?: string; by?: string } = {},
  username = as.username,
) =>
  as.api.PUT('/v1/channels/{username}/chat/bans/{bannedUsername}', {
    params: { path: { username, bannedUsername } },
    body,
  });
const lift = (as: Member, bannedUsername: string, username = as.username) =>
  as.api.DELETE('/v1/channels/{username}/chat/bans/{bannedUsername}', {
    params: { path: { username, bannedUsername } },
  });
const list = (as: Member, query: { limit?: number; cursor?: string } = {}, username = as.username) =>
  as.api.GET('/v1/channels/{username}/chat/bans', { params: { path: { username }, query } });
const listed = async (as: Member) => ((await list(as)).data?.items ?? []).map(({ userId }) => userId);

async function signInAgain({ username, password }: Pick<Member, 'username' | 'password'>) {
  const { data } = await api().client().POST('/v1/sessions', { body: { username, password } });
  if (data === undefined) throw new Error(`${username} cannot sign in`);
  return api().client(data.accessToken);
}

describe('a ban', () => {
  beforeEach(signUpTwoUsers);

  test('keeps the user out of this one chat, and tells them until when, but not why or who banned them', async () => {
    const until = inMinutes(10);
    const { data, response } = await ban(owner, user.username, { until, reason: 'Tells the end' });
    expect(response.status).toBe(200);
    const bannedAt = api().clock.now().toISOString();
    const { userId, username } = user;
    expect(data).toEqual({ userId, username, bannedAt, until, reason: 'Tells the end' });

    const refused = await tokenFor(user.api, owner.username);
    expect([refused.response.status, refused.error]).toEqual([
      403,
      expect.objectContaining({ detail: `you are banned from this chat until ${until}` }),
    ]);
    // Anybody can read the chat as a guest, a banned user too.
    expect(await statusFor(api().client())).toBe(201);
    const other = await api().signUp();
    expect(await statusFor(user.api, other)).toBe(201);
    expect(await statusFor(other.api)).toBe(201);
  });

  test('survives sign-out, a rename, a password change and new tokens', async () => {
    await ban(owner, user.username);
    await user.api.DELETE('/v1/sessions');
    expect(await statusFor(await signInAgain(user))).toBe(403);

    const renamed = {
      username: `${user.username.slice(0, 20)}-2`,
      password: 'another password, just as long',
    };
    const changing = await signInAgain(user);
    const change = { ...renamed, currentPassword: user.password };
    expect((await changing.PATCH('/v1/users/me', { body: change })).response.status).toBe(200);
    const again = await signInAgain(renamed);
    const refused = await tokenFor(again, owner.username);
    expect([refused.response.status, refused.error]).toEqual([
      403,
      expect.objectContaining({ detail: 'you are banned from this chat' }),
    ]);
    expect(calls().filter(({ operation }) => operation === 'CreateChatToken')).toEqual([]);
  });

  test('with an end stops at exactly that time', async () => {
    const until = inMinutes(10);
    await ban(owner, user.username, { until });
    api().clock.advance(10 * MINUTE_MS - 1);
    expect(await statusFor(user.api)).toBe(403);
    expect(await listed(owner)).toEqual([user.userId]);
    api().clock.advance(1);
    expect(await statusFor(user.api)).toBe(201);
    expect(await listed(owner)).toEqual([]);
  });

  test('replaces an earlier ban, its end and its reason', async () => {
    await ban(owner, user.username, { until: inMinutes(5), reason: 'Spam' });
    api().clock.advance(MINUTE_MS);
    const { data } = await ban(owner, user.username);
    const bannedAt = api().clock.now().toISOString();
    const { userId, username } = user;
    expect(data).toEqual({ userId, username, bannedAt, until: null, reason: null });
    expect((await list(owner)).data?.items).toEqual([data]);
    api().clock.advance(5 * MINUTE_MS);
    expect(await statusFor(user.api)).toBe(403);
  });

  test('is written before the user is disconnected, so that they cannot reconnect in between', async () => {
    const statuses: number[] = [];
    onNextCall(api().ivs.chat, {
      operation: 'DisconnectUser',
      before: async () => void statuses.push(await statusFor(user.api)),
    });
    await ban(owner, user.username, { reason: 'A note for nobody else' });
    expect(statuses).toEqual([403]);
    expect(calls()).toEqual([
      {
        operation: 'DisconnectUser',
        input: {
          roomIdentifier: expect.stringMatching(/:room\//),
          userId: user.userId,
          reason: 'banned from the channel',
        },
      },
    ]);
  });

  test('that is made while IVS makes a chat token keeps the token from the user', async () => {
    onNextCall(api().ivs.chat, {
      operation: 'CreateChatToken',
      after: async () => {
        await ban(owner, user.username);
      },
    });
    const { response, data } = await tokenFor(user.api, owner.username);
    expect([response.status, data]).toEqual([403, undefined]);
    expect(calls().map(({ operation }) => operation)).toEqual(['DisconnectUser', 'CreateChatToken']);
  });

  test('retries a disconnect that IVS fails once', async () => {
    api().ivs.simulator.faults.add({ operation: 'DisconnectUser', failure: 'unavailable' });
    expect((await ban(owner, user.username)).response.status).toBe(200);
    expect(calls()).toHaveLength(1);
  });

  test('of oneself is a 409, of an unknown user a 404, and neither is written', async () => {
    expect((await ban(owner, owner.username)).response.status).toBe(409);
    expect((await ban(owner, 'nobody')).response.status).toBe(404);
    expect(await listed(owner)).toEqual([]);
  });

  test('of a user who was renamed or has deleted their account is made by user id', async () => {
    const leaver = await api().signUp();
    await user.api.PATCH('/v1/users/me', { body: { username: `${user.username}-new` } });
    await leaver.api.DELETE('/v1/users/me', {});
    calls();
    const { data } = await ban(owner, user.userId);
    expect(data).toMatchObject({ userId: user.userId, username: `${user.username}-new` });
    expect(await statusFor(user.api)).toBe(403);
    expect((await ban(owner, leaver.userId)).data).toMatchObject({
      userId: leaver.userId,
      username: leaver.userId,
    });
    expect(await listed(owner)).toEqual(expect.arrayContaining([user.userId, leaver.userId]));
    expect(calls().filter(({ operation }) => operation === 'DisconnectUser')).toHaveLength(2);
    expect((await ban(owner, owner.userId)).response.status).toBe(409);
  });

  test('can be made, listed and lifted by the owner of the channel only', async () => {
    const third = await api().signUp();
    for (const path of [owner.username, owner.username.toUpperCase()]) {
      expect((await ban(user, third.username, {}, path)).response.status).toBe(403);
      expect((await list(user, {}, path)).response.status).toBe(403);
      expect((await lift(user, third.username, path)).response.status).toBe(403);
    }
    expect((await ban(user, third.username, {}, 'nobody')).response.status).toBe(404);
    expect([await listed(owner), calls()]).toEqual([[], []]);
    await ban(owner, user.username);
    expect((await lift(user, user.username, owner.username)).response.status).toBe(403);
    expect(await statusFor(user.api)).toBe(403);
  });

  test('stores its end in UTC, whatever offset the request used', async () => {
    const { data } = await ban(owner, user.username, { until: '2036-01-15T20:00:00+02:00' });
    expect(data?.until).toBe('2036-01-15T18:00:00.000Z');
    const { client, names } = api().database;
    const Key = { channelId: owner.channelId, userId: user.userId };
    const { Item } = await client.send(new GetCommand({ TableName: names.bans, Key }));
    // DynamoDB's TTL needs seconds since 1970.
    expect(Item).toMatchObject({ expiresAt: Date.parse('2036-01-15T18:00:00Z') / 1000, by: owner.userId });
  });

  test('shows the name as its user spells it, whatever the case in the path', async () => {
    const shouty = await api().signUp('ShOuTy');
    expect((await ban(owner, 'sHoUtY')).data).toMatchObject({ username: 'ShOuTy', userId: shouty.userId });
  });
});

describe('a ban', () => {
  beforeAll(signUpTwoUsers);

  test.each<[string, () => { until?: string; reason?: string; by?: string }, string]>([
    ['has ended already', () => ({ until: inMinutes(0) }), 'until'],
    ['has no offset', () => ({ until: '2036-01-15T20:00:00' }), 'until'],
    ['has an invalid end', () => ({ until: 'tomorrow' }), 'until'],
    ['has an empty reason', () => ({ reason: '  ' }), 'reason'],
    ['has a reason that is too long', () => ({ reason: 'x'.repeat(201) }), 'reason'],
    ['has a reason of two lines', () => ({ reason: 'one\ntwo' }), 'reason'],
    ['names its maker', () => ({ by: 'user-1' }), 'by'],
  ])('which %s is a 422, and nobody is banned', async (_, body, field) => {
    const { response, error } = await ban(owner, user.username, body());
    expect([response.status, error]).toEqual([
      422,
      expect.objectContaining({ errors: [expect.objectContaining({ field, in: 'body' })] }),
    ]);
    expect([await listed(owner), calls()]).toEqual([[], []]);
  });
});

describe('lifting a ban', () => {
  beforeEach(signUpTwoUsers);

  test('works by user name, in any case, and can be repeated', async () => {
    await ban(owner, user.username);
    for (let time = 0; time < 2; time++) {
      expect((await lift(owner, user.username.toUpperCase())).response.status).toBe(204);
      expect(await statusFor(user.api)).toBe(201);
    }
    expect(await listed(owner)).toEqual([]);
  });

  test('works by the id in the list when the user was renamed and somebody else has taken the old name', async () => {
    await ban(owner, user.username);
    const username = `${user.username.slice(0, 20)}-new`;
    await user.api.PATCH('/v1/users/me', { body: { username } });
    api().clock.advance(NAME_HOLD_MS);
    const heir = await api().signUp(user.username);
    owner = { ...owner, api: await signInAgain(owner) };
    user = { ...user, api: await signInAgain({ ...user, username }) };

    // The name now belongs to somebody else, who is not banned, so nothing changes.
    expect((await lift(owner, heir.username)).response.status).toBe(204);
    expect([await statusFor(user.api), await statusFor(heir.api)]).toEqual([403, 201]);
    const [banned] = (await list(owner)).data?.items ?? [];
    expect(banned).toMatchObject({ userId: user.userId, username: user.username });
    expect((await lift(owner, banned?.userId ?? '')).response.status).toBe(204);
    expect(await statusFor(user.api)).toBe(201);

    await ban(owner, username);
    expect((await lift(owner, username)).response.status).toBe(204);
    expect(await listed(owner)).toEqual([]);
  });

  test('works by the id in the list when the user has deleted their account', async () => {
    await ban(owner, user.username);
    expect((await user.api.DELETE('/v1/users/me')).response.status).toBe(204);
    expect((await lift(owner, user.username)).response.status).toBe(404);
    expect(await listed(owner)).toEqual([user.userId]);
    for (let time = 0; time < 2; time++) {
      expect((await lift(owner, user.userId)).response.status).toBe(204);
      expect(await listed(owner)).toEqual([]);
    }
  });

  test("never finds a user whose name is another user's id: no name looks like an id", async () => {
    const body = { username: user.userId, password: 'a password, long enough' };
    const { response } = await api().client().POST('/v1/users', { body });
    expect(response.status).toBe(422);
  });
});

describe('the list of bans', () => {
  beforeAll(signUpTwoUsers);

  test('has the bans in force, newest first, in full pages', async () => {
    const users = await Promise.all(Array.from({ length: 6 }, () => api().signUp()));
    for (const [place, { username }] of users.entries()) {
      api().clock.advance(1_000);
      // Every second ban has expired before the list is read.
      await ban(owner, username, place % 2 === 0 ? {} : { until: inMinutes(1) });
    }
    api().clock.advance(MINUTE_MS);
    const holding = users.filter((_, place) => place % 2 === 0).map(({ userId }) => userId);

    const one = (await list(owner, { limit: 2 })).data;
    expect(one?.items).toHaveLength(2);
    const two = (await list(owner, { limit: 2, cursor: one?.nextCursor ?? '' })).data;
    expect(two?.nextCursor).toBeNull();
    const ids = [...(one?.items ?? []), ...(two?.items ?? [])].map(({ userId }) => userId);
    expect(ids).toEqual(holding.reverse());
    // Each owner has a list of their own.
    const cursor = one?.nextCursor ?? '';
    expect((await list(user, { cursor })).response.status).toBe(400);
  });
});
