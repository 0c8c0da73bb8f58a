import { beforeEach, describe, expect, test } from '@jest/globals';
import { type Member, useApi } from '../support/api.ts';
import { onNextCall, recordChatCalls } from '../support/ivsCalls.ts';

const api = useApi();
let owner: Member;
let mod: Member;
let user: Member;
beforeEach(async () => {
  [owner, mod, user] = await Promise.all([api().signUp(), api().signUp(), api().signUp()]);
});

const moderator = (who: Pick<Member, 'username'>, of = owner) => ({
  params: { path: { username: of.username, moderatorUsername: who.username } },
});
const onPath = '/v1/channels/{username}/moderators/{moderatorUsername}';
const appoint = (who: Member, as = owner) => as.api.PUT(onPath, moderator(who));
const dismiss = (who: Pick<Member, 'username'>, as = owner) => as.api.DELETE(onPath, moderator(who));
const of = (channel = owner) => ({ params: { path: { username: channel.username } } });
const ban = (as: Member, whom: string, body: { until?: string; reason?: string } = {}) =>
  as.api.PUT('/v1/channels/{username}/chat/bans/{bannedUsername}', {
    params: { path: { username: owner.username, bannedUsername: whom } },
    body,
  });
const lift = (as: Member, whom: string) =>
  as.api.DELETE('/v1/channels/{username}/chat/bans/{bannedUsername}', {
    params: { path: { username: owner.username, bannedUsername: whom } },
  });
const deleteMessage = (as: Member, query: { senderId?: string; reason?: string } = {}) =>
  as.api.DELETE('/v1/channels/{username}/chat/messages/{messageId}', {
    params: { path: { username: owner.username, messageId: 'WhO6MW6iRdS5' }, query },
  });
const chatToken = (as: Member) => as.api.POST('/v1/channels/{username}/chat/tokens', of());
const log = async (as: Member) =>
  (await as.api.GET('/v1/channels/{username}/moderation-log', of())).data?.items ?? [];
const listed = async (as: Member) =>
  ((await as.api.GET('/v1/channels/{username}/moderators', of())).data?.items ?? []).map(
    ({ person }) => person.username,
  );
const refusal = ({ response, error }: { response: Response; error?: { reason?: string } | undefined }) => [
  response.status,
  error?.reason,
];

describe('a moderator', () => {
  test('is appointed by name in any case, is told on the channel page, and sees which channels they moderate', async () => {
    const relation = async () => (await mod.api.GET('/v1/channels/{username}', of())).data?.relation;
    expect(await relation()).toMatchObject({ isModerator: false });
    for (let time = 0; time < 2; time++) {
      const { data, response } = await owner.api.PUT(
        onPath,
        moderator({ username: mod.username.toUpperCase() }),
      );
      expect([response.status, data?.person]).toMatchObject([
        200,
        { userId: mod.userId, username: mod.username },
      ]);
    }
    expect(await relation()).toMatchObject({ isModerator: true, isOwner: false });
    const moderated = await mod.api.GET('/v1/users/me/moderated-channels');
    expect(moderated.data?.items).toMatchObject([{ channel: { id: owner.channelId, isLive: false } }]);
    expect([await listed(owner), await listed(mod)]).toEqual([[mod.username], [mod.username]]);
    expect((await user.api.GET('/v1/channels/{username}/moderators', of())).response.status).toBe(403);
  });

  test('gets chat tokens that can delete messages and disconnect users, in that channel only', async () => {
    await appoint(mod);
    expect((await chatToken(mod)).data).toMatchObject({
      role: 'moderator',
      capabilities: ['SEND_MESSAGE', 'DELETE_MESSAGE', 'DISCONNECT_USER'],
    });
    const { data } = await mod.api.POST('/v1/channels/{username}/chat/tokens', of(user));
    expect(data).toMatchObject({ role: 'user', capabilities: ['SEND_MESSAGE'] });
  });

  test('bans, times out, lifts bans and deletes messages, and all of it is in the log', async () => {
    await appoint(mod);
    const until = new Date(api().clock.now().getTime() + 600_000).toISOString();
    const acts = [
      () => ban(mod, user.username, { until, reason: 'Spam' }),
      () => lift(mod, user.userId),
      () => deleteMessage(mod, { senderId: user.userId, reason: 'Spoiler' }),
      () => ban(owner, user.username),
    ];
    for (const act of acts) {
      api().clock.advance(1_000);
      expect((await act()).response.status).toBeLessThan(300);
    }
    expect((await mod.api.GET('/v1/channels/{username}/chat/bans', of())).data?.items).toHaveLength(1);
    const by = { userId: mod.userId, username: mod.username };
    const about = { userId: user.userId, username: user.username };
    for (const reader of [owner, mod])
      expect(await log(reader)).toMatchObject([
        { action: 'ban', by: { userId: owner.userId }, user: about, until: null, reason: null },
        { action: 'delete-message', by, user: about, messageId: 'WhO6MW6iRdS5', reason: 'Spoiler' },
        { action: 'lift-ban', by, user: about },
        { action: 'ban', by, user: about, until, reason: 'Spam', at: expect.stringMatching(/Z$/) },
        { action: 'appoint', by: { userId: owner.userId }, user: { userId: mod.userId } },
      ]);
  });

  test('cannot act on the owner or on another moderator, and the owner has to dismiss one before a ban', async () => {
    await appoint(mod);
    await appoint(user);
    const refused = [403, 'protected-user'];
    for (const whom of [owner, user]) {
      expect(refusal(await ban(mod, whom.username))).toEqual(refused);
      expect(refusal(await deleteMessage(mod, { senderId: whom.userId }))).toEqual(refused);
    }
    expect(refusal(await dismiss(user, mod))).toEqual([403, 'not-owner']);
    expect(refusal(await appoint(mod, user))).toEqual([403, 'not-owner']);
    expect(refusal(await ban(owner, mod.username))).toEqual([409, 'is-moderator']);
    expect(refusal(await ban(mod, mod.username))).toEqual([409, 'self']);
    expect((await owner.api.GET('/v1/channels/{username}/chat/bans', of())).data?.items).toEqual([]);
    expect((await log(owner)).map(({ action }) => action)).toEqual(['appoint', 'appoint']);
  });

  test('cannot be the owner, a banned user or an unknown one', async () => {
    await ban(owner, user.username);
    expect(refusal(await appoint(owner))).toEqual([409, 'self']);
    expect(refusal(await appoint(user))).toEqual([409, 'user-banned']);
    const unknown = await owner.api.PUT(onPath, moderator({ username: 'nobody' }));
    expect(unknown.response.status).toBe(404);
    expect(await listed(owner)).toEqual([]);
  });
});

describe('a dismissal', () => {
  test('takes effect at once on every route, and disconnects the chat that could still delete messages', async () => {
    await appoint(mod);
    const calls = recordChatCalls(api().ivs.chat);
    api().clock.advance(1);
    expect((await dismiss(mod)).response.status).toBe(204);
    expect(calls()).toMatchObject([
      {
        operation: 'DisconnectUser',
        input: { userId: mod.userId, reason: expect.not.stringMatching(mod.username) },
      },
    ]);
    for (const act of [ban(mod, user.username), lift(mod, user.username), deleteMessage(mod)])
      expect(refusal(await act)).toEqual([403, 'not-moderator']);
    expect((await mod.api.GET('/v1/channels/{username}/moderation-log', of())).response.status).toBe(403);
    expect((await chatToken(mod)).data?.role).toBe('user');
    expect((await mod.api.GET('/v1/users/me/moderated-channels')).data?.items).toEqual([]);
    expect((await log(owner))[0]).toMatchObject({ action: 'dismiss', user: { userId: mod.userId } });
  });

  test('that IVS fails to carry out in the chat has taken effect, and the same request completes it', async () => {
    await appoint(mod);
    api().ivs.simulator.faults.add({ operation: 'DisconnectUser', failure: 'quota' });
    api().clock.advance(1);
    expect((await dismiss(mod)).response.status).toBe(503);
    api().ivs.simulator.faults.clear();
    expect(refusal(await ban(mod, user.username))).toEqual([403, 'not-moderator']);
    const calls = recordChatCalls(api().ivs.chat);
    expect((await dismiss({ username: mod.userId })).response.status).toBe(204);
    expect(calls().map(({ operation }) => operation)).toEqual(['DisconnectUser']);
    expect((await log(owner)).map(({ action }) => action)).toEqual(['dismiss', 'appoint']);
  });

  test('while IVS makes a chat token keeps the token of a moderator from the user, who gets one of a user', async () => {
    await appoint(mod);
    onNextCall(api().ivs.chat, {
      operation: 'CreateChatToken',
      after: async () => void (await dismiss(mod)),
    });
    expect((await chatToken(mod)).data).toMatchObject({ role: 'user', capabilities: ['SEND_MESSAGE'] });
  });

  test('by the moderator is possible, and deleting the account is one too', async () => {
    await appoint(mod);
    await appoint(user);
    expect((await dismiss(mod, mod)).response.status).toBe(204);
    api().clock.advance(1);
    await ban(user, mod.username, { reason: 'Spam' });
    expect((await user.api.DELETE('/v1/users/me', {})).response.status).toBe(204);
    expect(await listed(owner)).toEqual([]);
    // The log has no names of its own, so the deleted user has none there.
    const [last] = await log(owner);
    expect(last).toMatchObject({
      action: 'ban',
      by: { userId: user.userId, username: null, displayName: null },
      user: { username: mod.username },
    });
  });
});

describe('a ban by a moderator', () => {
  const stage = (as: Member, name: string) => ({
    params: { path: { username: name } },
    as,
  });
  const invite = (whom: Member) =>
    owner.api.PUT('/v1/stages/me/invitations/{username}', stage(owner, whom.username));
  const join = async (as: Member) =>
    (await as.api.POST('/v1/stages/{username}/tokens', stage(as, owner.username))).data;
  const guests = async () =>
    (await owner.api.GET('/v1/stages/me/invitations', {})).data?.items.map(({ guest }) => guest?.username);

  test('ends the chat connection, the place on the stage and the invitation at once', async () => {
    await appoint(mod);
    await invite(user);
    const invited = await join(user);
    expect(invited?.capabilities).toContain('PUBLISH');
    const calls = recordChatCalls(api().ivs.chat);
    await ban(mod, user.username);
    expect(calls().map(({ operation }) => operation)).toContain('DisconnectUser');
    expect(api().ivs.simulator.calls()).toMatchObject({ DisconnectParticipant: expect.any(Number) });
    expect(await guests()).toEqual([]);
    const watching = await join(user);
    expect(watching?.capabilities).toEqual(['SUBSCRIBE']);
    expect(refusal(await invite(user))).toEqual([409, 'user-banned']);
    await lift(mod, user.username);
    expect((await invite(user)).response.status).toBe(200);
  });

  test('keeps the token of the invitation from the user also while IVS cannot disconnect them', async () => {
    await appoint(mod);
    await invite(user);
    api().ivs.simulator.faults.add({ operation: 'DisconnectParticipant', failure: 'quota' });
    expect((await ban(mod, user.username)).response.status).toBe(503);
    api().ivs.simulator.faults.clear();
    expect(await guests()).toEqual([user.username]);
    expect((await join(user))?.capabilities).toEqual(['SUBSCRIBE']);
    expect((await ban(mod, user.username)).response.status).toBe(200);
    expect(await guests()).toEqual([]);
  });

  test('that races the invitation leaves no invitation', async () => {
    for (let round = 0; round < 4; round++) {
      await Promise.all([invite(user), ban(owner, user.username)]);
      expect(await guests()).toEqual([]);
      await lift(owner, user.username);
    }
  });

  test('takes back the request to come on stage', async () => {
    await api().goLive(owner);
    const asked = await user.api.PUT('/v1/stages/{username}/request', stage(user, owner.username));
    expect(asked.data?.state).toBe('open');
    await ban(owner, user.username);
    expect((await owner.api.GET('/v1/stages/me/requests', {})).data?.items).toEqual([]);
  });

  test('of a user who is gone is listed and lifted by id', async () => {
    await appoint(mod);
    await user.api.DELETE('/v1/users/me', {});
    api().clock.advance(1);
    expect((await ban(mod, user.userId, { reason: 'Spam' })).response.status).toBe(200);
    api().clock.advance(1);
    const bans = (await mod.api.GET('/v1/channels/{username}/chat/bans', of())).data?.items;
    expect(bans).toMatchObject([{ userId: user.userId }]);
    expect((await lift(mod, user.userId)).response.status).toBe(204);
    expect(await log(mod)).toMatchObject([
      { action: 'lift-ban', user: { userId: user.userId, username: null } },
      { action: 'ban', user: { userId: user.userId, username: null } },
      { action: 'appoint' },
    ]);
  });
});
