import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { userIdNamed } from '../../store/usernames.ts';
import { type Member, useApi } from '../support/api.ts';
import { recordRequests } from '../support/requests.ts';

const api = useApi();

/** Replaced by the member's password. */
const CURRENT = 'the current one';
const newName = () => `name-${randomUUID().slice(0, 12)}`;

/** A profile, or a problem. */
const answerSchema = z.looseObject({
  type: z.string().optional(),
  username: z.string().optional(),
  channel: z.looseObject({ isLive: z.boolean() }).optional(),
  errors: z.array(z.unknown()).optional(),
});

async function me({ accessToken }: Member, method = 'GET', body?: unknown) {
  const headers = {
    Authorization: `Bearer ${accessToken}`,
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
  };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await api().request('/v1/users/me', init);
  return { status: response.status, body: answerSchema.parse(await response.json()) };
}

const statusOf = async (path: string) => (await api().request(path)).status;
const signIn = async (username: string, password: string) => {
  const { data, response } = await api().client().POST('/v1/sessions', { body: { username, password } });
  return { status: response.status, data };
};

const unset = { displayName: null, bio: null, color: null, avatarUrl: null, bannerUrl: null };

describe('GET /v1/users/me', () => {
  test('shows the user with channel, chat room and stage, and no stream key', async () => {
    const member = await api().signUp();
    const { status, body } = await me(member);
    expect(status).toBe(200);
    const arn = (service: string, kind: string) =>
      expect.stringMatching(new RegExp(`^arn:aws:${service}:us-west-2:\\d{12}:${kind}/[A-Za-z0-9]{12}$`));
    const id = expect.stringMatching(/^[A-Za-z0-9]{12}$/);
    expect(body).toEqual({
      id: member.userId,
      username: member.username,
      ...unset,
      createdAt: api().clock.now().toISOString(),
      isStaff: false,
      channel: {
        id: member.channelId,
        arn: arn('ivs', 'channel'),
        title: expect.any(String),
        categoryId: null,
        isLive: false,
        isPartner: false,
        followerCount: 0,
        playbackUrl: expect.stringMatching(/^https:.*\.m3u8$/),
      },
      chatRoom: { id, arn: arn('ivschat', 'room'), endpoint: 'wss://chat.example' },
      stage: { id, arn: arn('ivs', 'stage') },
    });
  });

  test('makes two database requests and no call of IVS', async () => {
    const member = await api().signUp();
    const sent = recordRequests(api().database.client);
    const calls = () => JSON.stringify(api().ivs.simulator.calls());
    const before = calls();
    expect((await me(member)).status).toBe(200);
    expect(sent()).toEqual(['BatchGetItem', 'BatchGetItem']);
    expect(calls()).toBe(before);
  });

  test('shows that the channel is live', async () => {
    const member = await api().signUp();
    await api().goLive(member);
    expect((await me(member)).body.channel?.isLive).toBe(true);
  });

  test('is a 401 once the account is deleted', async () => {
    const member = await api().signUp();
    expect(
      (
        await api().request('/v1/users/me', {
          method: 'DELETE',
          headers: { Authorization: `Bearer ${member.accessToken}` },
        })
      ).status,
    ).toBe(204);
    expect((await me(member)).status).toBe(401);
  });
});

describe('GET /v1/users/{userId}', () => {
  const profileOf = async (userId: string) => {
    const response = await api().request(`/v1/users/${userId}`);
    return [response.status, response.status === 200 ? await response.json() : undefined];
  };
  const profile = ({ userId, channelId }: Member, username: string) => ({
    id: userId,
    username,
    ...unset,
    createdAt: api().clock.now().toISOString(),
    channel: { id: channelId, username },
  });

  test('shows everybody the public part of a user, under the same id after a rename', async () => {
    const member = await api().signUp();
    expect(await profileOf(member.userId)).toEqual([200, profile(member, member.username)]);
    const username = newName();
    await me(member, 'PATCH', { username });
    expect(await profileOf(member.userId)).toEqual([200, profile(member, username)]);
  });

  test('is a 404 for a user who was deleted or has not finished signing up, and for an id of nobody', async () => {
    const [member, unfinished] = [await api().signUp(), newName()];
    await member.api.DELETE('/v1/users/me');
    api().ivs.simulator.faults.add({ operation: 'CreateRoom', failure: 'failed' });
    await api()
      .client()
      .POST('/v1/users', { body: { username: unfinished, password: CURRENT } });
    api().ivs.simulator.faults.clear();
    const userId = await userIdNamed(api().database, unfinished);
    expect(userId).toBeDefined();
    for (const id of [member.userId, userId, 'nobody', 'a'.repeat(64), 'a'.repeat(65), 'a%20b'])
      expect([id, await profileOf(String(id))]).toEqual([id, [404, undefined]]);
  });

  test('is not the way to the own profile without a token', async () => {
    expect(await statusOf('/v1/users/me')).toBe(401);
  });
});

describe('PATCH /v1/users/me', () => {
  test('changes the name, also on the channel page and the live stream', async () => {
    const member = await api().signUp();
    const streamId = await api().goLive(member);
    const username = newName();
    const { status, body } = await me(member, 'PATCH', { username });
    expect([status, body.username]).toEqual([200, username]);
    const page = await (await api().request(`/v1/channels/${username.toUpperCase()}`)).json();
    expect(page).toMatchObject({ id: member.channelId, username, stream: { id: streamId } });
    const query = { isLive: 'true', limit: 100 } as const;
    const { data } = await api().client().GET('/v1/channels', { params: { query } });
    const card = data?.items.find(({ id }) => id === member.channelId);
    expect(card?.username).toBe(username);
    expect(await statusOf(`/v1/channels/${member.username}`)).toBe(308);
    expect((await signIn(username, member.password)).status).toBe(200);
    expect((await signIn(member.username, member.password)).status).toBe(401);
  });

  test('refuses a name that is taken', async () => {
    const [member, other] = [await api().signUp(), await api().signUp()];
    const { status, body } = await me(member, 'PATCH', { username: other.username.toUpperCase() });
    expect([status, body.type]).toEqual([409, 'urn:problem-type:conflict']);
    expect((await me(member)).body.username).toBe(member.username);
  });

  test('changes the password, and ends every other sign-in', async () => {
    const member = await api().signUp();
    const other = await signIn(member.username, member.password);
    const password = 'battery staple';
    const { status } = await me(member, 'PATCH', { password, currentPassword: member.password });
    expect(status).toBe(200);
    const refresh = (refreshToken = '') =>
      api().client().POST('/v1/sessions/refresh', { body: { refreshToken } });
    expect((await refresh(other.data?.refreshToken)).response.status).toBe(401);
    expect((await refresh(member.refreshToken)).response.status).toBe(200);
    expect((await signIn(member.username, member.password)).status).toBe(401);
    expect((await signIn(member.username, password)).status).toBe(200);
  });

  test('refuses a new password that is common, or contains the name that the user has afterwards', async () => {
    const member = await api().signUp();
    const username = `new-${randomUUID().slice(0, 8)}`;
    const currentPassword = member.password;
    for (const change of [
      { password: 'Password123' },
      { password: `${member.username} 1` },
      { username, password: `my ${username}` },
    ]) {
      const { status, body } = await me(member, 'PATCH', { ...change, currentPassword });
      expect([status, body.errors]).toEqual([422, [expect.objectContaining({ field: 'password' })]]);
    }
    const { status } = await me(member, 'PATCH', {
      username,
      password: `${member.username} 1`,
      currentPassword,
    });
    expect(status).toBe(200);
  });

  test('needs the current password for a new one', async () => {
    const member = await api().signUp();
    const wrong = await me(member, 'PATCH', { password: 'battery staple', currentPassword: 'not it' });
    expect([wrong.status, wrong.body.type]).toEqual([403, 'urn:problem-type:forbidden']);
    expect((await signIn(member.username, member.password)).status).toBe(200);
  });

  test.each<[string, object, string]>([
    ['a new password without the current one', { password: 'battery staple' }, 'currentPassword'],
    ['the current password without a new one', { currentPassword: CURRENT }, 'currentPassword'],
    ['a password that is too short', { password: '1234567', currentPassword: CURRENT }, 'password'],
    ['a reserved name', { username: 'Admin' }, 'username'],
    ['a name like those of mock data', { username: 'mock-ann' }, 'username'],
    ['a name that is too short', { username: 'ab' }, 'username'],
    ['a name with a space', { username: 'ann b' }, 'username'],
    ['null as the name', { username: null }, 'username'],
    ['an id', { id: 'user-2' }, 'id'],
    ['a status', { username: 'annie', status: 'active' }, 'status'],
  ])('refuses %s, and changes nothing', async (_, body, field) => {
    const member = await api().signUp();
    const before = (await me(member)).body;
    const given = 'currentPassword' in body ? { ...body, currentPassword: member.password } : body;
    const answer = await me(member, 'PATCH', given);
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toEqual([{ in: 'body', field, message: expect.any(String) }]);
    expect((await me(member)).body).toEqual(before);
  });
});
