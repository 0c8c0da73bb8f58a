import { randomUUID } from 'node:crypto';
import { DeleteRoomCommand } from '@aws-sdk/client-ivschat';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ChatToken } from 'amazon-ivs-chat-messaging';
import type { ApiClient } from '../../client/client.ts';
import { rateLimitOf } from '../../model/rateLimit.ts';
import { type Member, useApi } from '../support/api.ts';
import { type ChatCall, onNextCall, recordChatCalls } from '../support/ivsCalls.ts';
import { recordRequests } from '../support/requests.ts';

const api = useApi();
let calls: () => ChatCall[];
let owner: Member;
let user: Member;
beforeAll(async () => {
  calls = recordChatCalls(api().ivs.chat);
  [owner, user] = await Promise.all([api().signUp(), api().signUp()]);
});
beforeEach(() => {
  calls();
});

const path = (username: string) => ({ params: { path: { username } } });
const tokenFor = (as: ApiClient, whose: string) =>
  as.POST('/v1/channels/{username}/chat/tokens', path(whose));
const roomOf = async ({ username }: Member) => {
  const room = api()
    .ivs.simulator.resources()
    .rooms.find(({ name }) => name === username);
  if (room === undefined) throw new Error(`${username} has no room`);
  return room.arn;
};

const all = ['SEND_MESSAGE', 'DELETE_MESSAGE', 'DISCONNECT_USER'];

describe('a token', () => {
  test('of a guest allows reading only, and each guest has an id of their own', async () => {
    const one = (await tokenFor(api().client(), owner.username)).data;
    const two = (await tokenFor(api().client(), owner.username)).data;
    for (const guest of [one, two]) {
      expect(guest).toMatchObject({ role: 'guest', capabilities: [] });
      expect(guest?.userId).toMatch(/^guest-[\w-]{22}$/);
    }
    expect(one?.userId).not.toBe(two?.userId);
    const [call] = calls();
    expect(call).toEqual({
      operation: 'CreateChatToken',
      input: {
        roomIdentifier: await roomOf(owner),
        userId: one?.userId,
        capabilities: [],
        sessionDurationInMinutes: 60,
        attributes: { role: 'guest' },
      },
    });
  });

  test('of a user lets them send under their name, even if they own another channel', async () => {
    const { data, response } = await tokenFor(user.api, owner.username);
    expect(response.status).toBe(201);
    expect(data).toMatchObject({ role: 'user', capabilities: ['SEND_MESSAGE'], userId: user.userId });
    expect(calls().map(({ input }) => input)).toEqual([
      expect.objectContaining({
        roomIdentifier: await roomOf(owner),
        userId: user.userId,
        capabilities: ['SEND_MESSAGE'],
        attributes: { role: 'user', username: user.username },
      }),
    ]);
  });

  test('of the owner also lets them delete messages and disconnect users, in their own room only', async () => {
    const { data } = await tokenFor(owner.api, owner.username.toUpperCase());
    expect(data).toMatchObject({ role: 'owner', capabilities: all, userId: owner.userId });
    expect((await tokenFor(owner.api, user.username)).data?.capabilities).toEqual(['SEND_MESSAGE']);
    const asked = calls().map(({ input }) => input);
    expect(asked).toMatchObject([
      { roomIdentifier: await roomOf(owner), capabilities: all },
      { roomIdentifier: await roomOf(user), capabilities: ['SEND_MESSAGE'] },
    ]);
  });

  test('has the form that the chat SDK expects, and says where to connect', async () => {
    const { data } = await tokenFor(user.api, owner.username);
    if (data === undefined) throw new Error('there is no token');
    const taken: ChatToken = data;
    expect(taken.token).toHaveLength(256);
    expect(data.endpoint).toBe('wss://chat.example');
    for (const time of [data.connectBefore, data.sessionExpirationTime])
      expect(new Date(time).toISOString()).toBe(time);
    expect(Date.parse(data.sessionExpirationTime)).toBeGreaterThan(Date.parse(data.connectBefore));
  });

  test('makes the chat SDK request the next one shortly before the connection ends, not every half minute', async () => {
    const { data } = await tokenFor(user.api, owner.username);
    expect(data?.tokenExpirationTime).toBe(data?.sessionExpirationTime);
  });

  test('is new at each request, because each token connects once', async () => {
    const tokens = [1, 2].map(async () => (await tokenFor(user.api, owner.username)).data?.token);
    expect(new Set(await Promise.all(tokens)).size).toBe(2);
  });

  test('is refused with an invalid access token: the caller does not become a guest', async () => {
    const { response } = await tokenFor(api().client('not.a.token'), owner.username);
    expect([response.status, calls()]).toEqual([401, []]);
  });

  test('of an unknown channel is a 404; of a room that IVS does not have, a 409 that says so', async () => {
    expect((await tokenFor(user.api, 'nobody')).response.status).toBe(404);
    const gone = await api().signUp();
    await api().ivs.chat.send(new DeleteRoomCommand({ identifier: await roomOf(gone) }));
    for (const as of [api().client(), user.api, gone.api]) {
      const { error, response } = await tokenFor(as, gone.username);
      expect([response.status, error]).toEqual([
        409,
        expect.objectContaining({ detail: expect.stringContaining('does not exist at Amazon IVS') }),
      ]);
    }
  });

  test('takes five database reads for a user, three for an owner and one for a guest, plus the rate limit counts', async () => {
    const sent = recordRequests(api().database.client);
    try {
      await tokenFor(user.api, owner.username);
      // The user, and their ban with their appointment, are read before and after IVS makes the token.
      const look = ['GetItem', 'BatchGetItem'];
      expect(sent()).toEqual(['UpdateItem', 'Query', ...look, ...look]);
      await tokenFor(api().client(), owner.username);
      // A guest is counted by address, by subnet and in the whole stack.
      expect(sent()).toEqual(['UpdateItem', 'UpdateItem', 'UpdateItem', 'Query']);
      await tokenFor(owner.api, owner.username);
      expect(sent()).toEqual(['UpdateItem', 'Query', 'GetItem', 'GetItem']);
      expect(calls()).toHaveLength(3);
    } finally {
      api().database.client.middlewareStack.remove('recordRequests');
    }
  });

  test("carries the user's current name, whatever the access token says", async () => {
    const renamed = await api().signUp();
    const name = `${renamed.username}-new`;
    await renamed.api.PATCH('/v1/users/me', { body: { username: name } });
    await tokenFor(renamed.api, owner.username);
    expect(calls()[0]?.input).toMatchObject({ userId: renamed.userId, attributes: { username: name } });
  });

  test("carries the user's current profile, which is within IVS's limit also where it is longest", async () => {
    const member = await api().signUp('a'.repeat(20) + randomUUID().slice(0, 12));
    // The longest characters that users see: 50 of them within 400 bytes.
    const displayName = '👩‍🎤'.repeat(12) + 'é'.repeat(38);
    const profile = { displayName, color: '#ff8800' };
    for (const body of [profile, { displayName: 'Ann' }, { color: null }]) {
      expect((await member.api.PATCH('/v1/users/me/profile', { body })).response.status).toBe(200);
      expect((await tokenFor(member.api, owner.username)).response.status).toBe(201);
    }
    const common = { role: 'user', username: member.username };
    expect(calls().map(({ input }) => input)).toMatchObject([
      { attributes: { ...common, ...profile } },
      { attributes: { ...common, displayName: 'Ann', color: profile.color } },
      { attributes: { ...common, displayName: 'Ann' } },
    ]);
  });

  test('is refused to a user who has deleted their account', async () => {
    const leaver = await api().signUp();
    await leaver.api.DELETE('/v1/users/me', {});
    calls();
    expect((await tokenFor(leaver.api, owner.username)).response.status).toBe(401);
    expect(calls()).toEqual([]);
  });

  test('is refused to a user whose account is deleted while IVS makes the token', async () => {
    const leaver = await api().signUp();
    onNextCall(api().ivs.chat, {
      operation: 'CreateChatToken',
      after: async () => {
        await leaver.api.DELETE('/v1/users/me', {});
      },
    });
    const { response, data } = await tokenFor(leaver.api, owner.username);
    expect([response.status, data]).toEqual([401, undefined]);
  });

  test('has a limit of its own per minute: a caller who reaches it can still write', async () => {
    const eager = await api().signUp();
    const { requests } = rateLimitOf('createChatToken');
    const wanted = Array.from({ length: requests + 3 }, () => tokenFor(eager.api, owner.username));
    const statuses = (await Promise.all(wanted)).map(({ response }) => response.status);
    expect(statuses.filter(status => status === 201)).toHaveLength(requests);
    expect(statuses.filter(status => status === 429)).toHaveLength(3);
    expect(calls()).toHaveLength(requests);
    const follow = eager.api.PUT('/v1/channels/{username}/follow', path(owner.username));
    expect((await follow).response.status).toBe(204);
  });
});

describe('a message', () => {
  const deletion = (as: ApiClient, username: string, messageId: string) =>
    as.DELETE('/v1/channels/{username}/chat/messages/{messageId}', {
      params: { path: { username, messageId } },
    });

  test('is deleted at IVS by the owner of the channel, as often as they ask', async () => {
    for (let time = 0; time < 2; time++)
      expect((await deletion(owner.api, owner.username, 'WhO6MW6iRdS5')).response.status).toBe(204);
    const deleted = {
      operation: 'DeleteMessage',
      input: {
        roomIdentifier: await roomOf(owner),
        id: 'WhO6MW6iRdS5',
        reason: 'deleted by a moderator of the channel',
      },
    };
    expect(calls()).toEqual([deleted, deleted]);
  });

  test('cannot be deleted by another user, or by the owner of another channel', async () => {
    expect((await deletion(user.api, owner.username, 'WhO6MW6iRdS5')).response.status).toBe(403);
    expect((await deletion(api().client(), owner.username, 'WhO6MW6iRdS5')).response.status).toBe(401);
    expect((await deletion(user.api, 'nobody', 'WhO6MW6iRdS5')).response.status).toBe(404);
    expect(calls()).toEqual([]);
  });

  test.each(['WhO6MW6iRdS', 'WhO6MW6iRdS55', 'WhO6MW6iRdS-', 'WhO6MW6iRdSé'])(
    'never has an id like %s: a 404 without a call of IVS',
    async messageId => {
      expect((await deletion(owner.api, owner.username, messageId)).response.status).toBe(404);
      expect(calls()).toEqual([]);
    },
  );
});
