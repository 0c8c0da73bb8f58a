import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { DeleteStageCommand } from '@aws-sdk/client-ivs-realtime';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { eventHandler } from '../../streamEventsApi/handleEvent.ts';
import { type Member, useApi } from '../support/api.ts';
import { engineScan } from '../support/engineScan.ts';
import { stageEvent } from '../support/ivsEvents.ts';

const api = useApi();

let ann: Member;
let bob: Member;
let eve: Member;
beforeAll(async () => {
  watchIvs();
  [ann, bob, eve] = await Promise.all([api().signUp('ann'), api().signUp('bob'), api().signUp('eve')]);
});

const participantToken = z.object({
  participantToken: z.object({
    participantId: z.string(),
    capabilities: z.array(z.string()),
    userId: z.string().optional(),
    attributes: z.record(z.string(), z.string()).optional(),
    duration: z.number(),
  }),
});
const tokenRequest = z.object({ stageArn: z.string() });

/** Every participant token as IVS made it, by participant id. */
const made = new Map<
  string,
  z.infer<typeof participantToken>['participantToken'] & { readonly stageArn: string }
>();

function watchIvs() {
  api().ivs.realTime.middlewareStack.add(
    next => async args => {
      const answer = await next(args);
      const token = participantToken.safeParse(answer.output).data?.participantToken;
      if (token !== undefined) made.set(token.participantId, { ...token, ...tokenRequest.parse(args.input) });
      return answer;
    },
    { step: 'initialize', name: 'watchIvs' },
  );
}

async function join(who: Member | undefined, username: string) {
  const { data, response } = await (who?.api ?? api().client()).POST('/v1/stages/{username}/tokens', {
    params: { path: { username } },
  });
  if (data === undefined) throw new Error(`joining ${username} was answered with ${response.status}`);
  expect(response.headers.get('cache-control')).toBe('no-store');
  return data;
}

const liveStages = (query: { limit?: number; cursor?: string } = {}) =>
  api()
    .client()
    .GET('/v1/stages', { params: { query: { isLive: 'true', ...query } } });

const stageOf = (username: string) =>
  api()
    .client()
    .GET('/v1/stages/{username}', { params: { path: { username } } });
const invite = (host: Member, username: string) =>
  host.api.PUT('/v1/stages/me/invitations/{username}', { params: { path: { username } } });
const withdraw = (host: Member, username: string) =>
  host.api.DELETE('/v1/stages/me/invitations/{username}', { params: { path: { username } } });
const guestsOf = async (host: Member) => (await host.api.GET('/v1/stages/me/invitations')).data?.items;

/** The ARN of a member's stage, found by the tag with the user. */
function stageArn({ userId }: Member): string {
  const stages = api().ivs.simulator.resources().stages;
  return stages.find(({ tags }) => tags['user'] === userId)?.arn ?? '';
}

describe('what a token lets its participant do, at IVS and in the answer', () => {
  const PUBLISH = ['PUBLISH', 'SUBSCRIBE'];
  const WATCH = ['SUBSCRIBE'];
  let host: Member;
  let guest: Member;
  let withdrawn: Member;
  beforeAll(async () => {
    [host, guest, withdrawn] = await Promise.all([api().signUp(), api().signUp(), api().signUp()]);
    await invite(host, guest.username);
    await invite(host, withdrawn.username);
    await withdraw(host, withdrawn.username);
  });

  const roles: [string, () => Member | undefined, string[], number][] = [
    ['the host', () => host, PUBLISH, 15],
    ['a guest who is invited', () => guest, PUBLISH, 60],
    ['a guest whose invitation is withdrawn', () => withdrawn, WATCH, 15],
    ["another stage's host", () => eve, WATCH, 15],
    ['somebody unknown', () => undefined, WATCH, 15],
  ];
  test.each(roles)('%s', async (_, who, capabilities, minutes) => {
    const member = who();
    const access = await join(member, host.username);
    expect(access.capabilities).toEqual(capabilities);
    expect(made.get(access.participantId)).toEqual({
      stageArn: stageArn(host),
      participantId: access.participantId,
      capabilities,
      userId: member?.userId ?? '',
      attributes: member === undefined ? {} : { username: member.username },
      duration: minutes,
    });
  });

  test('a guest of one stage can only watch another stage', async () => {
    expect((await join(guest, eve.username)).capabilities).toEqual(WATCH);
    expect((await join(host, guest.username)).capabilities).toEqual(WATCH);
  });
});

test('a token for a stage shows the profile as it is now; a token of an invitation, as it was then', async () => {
  const [host, guest] = [await api().signUp(), await api().signUp()];
  const profile = { displayName: 'Ann Lee', color: '#ff8800' };
  for (const member of [host, guest]) await member.api.PATCH('/v1/users/me/profile', { body: profile });
  await invite(host, guest.username);
  await guest.api.PATCH('/v1/users/me/profile', { body: { displayName: 'Bob' } });
  const shown = async (member: Member, username: string) =>
    made.get((await join(member, username)).participantId)?.attributes;
  expect(await shown(host, host.username)).toEqual({ username: host.username, ...profile });
  expect(await shown(guest, host.username)).toEqual({ username: guest.username, ...profile });
  const bob = { username: guest.username, ...profile, displayName: 'Bob' };
  expect(await shown(guest, guest.username)).toEqual(bob);
});

test('a guest who deletes their account frees their place on a stage', async () => {
  const [host, guest, other] = [await api().signUp(), await api().signUp(), await api().signUp()];
  const places = async () => {
    const { data } = await host.api.GET('/v1/stages/me/invitations');
    return data?.items.map(item => item.guest?.userId);
  };
  for (const { username } of [guest, other]) expect((await invite(host, username)).response.status).toBe(200);
  expect(await places()).toEqual([guest.userId, other.userId]);
  await guest.api.DELETE('/v1/users/me', {});
  expect(await places()).toEqual([other.userId]);
  const { response } = await guest.api.POST('/v1/stages/{username}/tokens', {
    params: { path: { username: host.username } },
  });
  expect(response.status).toBe(401);
});

describe('a request to come on stage', () => {
  const path = (host: Member) => ({ params: { path: { username: host.username } } });
  const ask = (who: Member, host: Member) => who.api.PUT('/v1/stages/{username}/request', path(host));
  const requestersOf = async (host: Member) => {
    const { data } = await host.api.GET('/v1/stages/me/requests');
    return data?.items.map(({ user }) => user.username);
  };
  let host: Member;
  let viewer: Member;
  beforeAll(async () => {
    [host, viewer] = [await api().signUp(), await api().signUp()];
    await api().goLive(host);
  });

  test('is shown to the host with the current name, is accepted by an invitation, and ends when the guest leaves', async () => {
    expect((await ask(viewer, host)).data).toMatchObject({ state: 'open' });
    const renamed = `${viewer.username}-2`;
    await viewer.api.PATCH('/v1/users/me', {
      body: { username: renamed, currentPassword: viewer.password },
    });
    viewer = { ...viewer, username: renamed };
    expect(await requestersOf(host)).toEqual([renamed]);
    expect(await requestersOf(viewer)).toEqual([]);
    expect((await invite(host, renamed)).response.status).toBe(200);
    expect(await requestersOf(host)).toEqual([]);
    const state = await viewer.api.GET('/v1/stages/{username}/request', path(host));
    expect(state.data).toMatchObject({ state: 'invited', requestedAt: null });
    expect((await join(viewer, host.username)).capabilities).toEqual(['PUBLISH', 'SUBSCRIBE']);

    const before = api().ivs.simulator.calls();
    for (let times = 0; times < 2; times++)
      expect((await viewer.api.DELETE('/v1/stages/{username}/invitation', path(host))).response.status).toBe(
        204,
      );
    const after = api().ivs.simulator.calls();
    for (const operation of ['DisconnectParticipant', 'SendEvent'])
      expect((after[operation] ?? 0) - (before[operation] ?? 0)).toBe(1);
    expect(await guestsOf(host)).toEqual([]);
    expect((await join(viewer, host.username)).capabilities).toEqual(['SUBSCRIBE']);
  });

  test('is declined by the host only, and its user learns until when they cannot ask', async () => {
    await ask(viewer, host);
    const declining = { params: { path: { username: viewer.username } } };
    await eve.api.DELETE('/v1/stages/me/requests/{username}', declining);
    expect(await requestersOf(host)).toEqual([viewer.username]);
    await host.api.DELETE('/v1/stages/me/requests/{username}', declining);
    expect(await requestersOf(host)).toEqual([]);
    const { error, response } = await ask(viewer, host);
    expect([response.status, error]).toMatchObject([409, { reason: 'request-declined' }]);
    expect(error?.parameters?.until).toBeDefined();
  });

  test('goes with the account of its user, and with that of the host', async () => {
    const [leaving, staying] = [await api().signUp(), await api().signUp()];
    for (const one of [leaving, staying]) await ask(one, host);
    await leaving.api.DELETE('/v1/users/me', {});
    const { engine, names } = api().database;
    const stored = JSON.stringify([
      await engineScan(engine.endpoint, names.stages, 'rows'),
      await engineScan(engine.endpoint, names.stageRequests, 'rows'),
    ]);
    expect(stored).not.toContain(leaving.userId);
    expect(stored).toContain(staying.userId);
    await host.api.DELETE('/v1/users/me', {});
    expect(JSON.stringify(await engineScan(engine.endpoint, names.stageRequests, 'rows'))).not.toContain(
      staying.userId,
    );
  });

  test('is not for a user who is banned from the channel', async () => {
    const [owner, troll] = [await api().signUp(), await api().signUp()];
    await api().goLive(owner);
    await owner.api.PUT('/v1/channels/{username}/chat/bans/{bannedUsername}', {
      params: { path: { username: owner.username, bannedUsername: troll.username } },
      body: {},
    });
    const { error, response } = await ask(troll, owner);
    expect([response.status, error?.reason]).toEqual([403, 'banned']);
  });
});

describe('an invitation', () => {
  test('gives its guest one token, is not shown to others, and ends when it is withdrawn', async () => {
    const { data, response } = await invite(ann, 'BOB');
    expect(response.status).toBe(200);
    expect(data).toEqual({
      guest: { userId: bob.userId, username: 'bob' },
      participantId: expect.any(String),
      invitedAt: api().clock.now().toISOString(),
      expiresAt: expect.any(String),
    });
    expect((await invite(ann, 'bob')).data).toEqual(data);
    expect(await guestsOf(ann)).toEqual([{ ...data, isPublishing: false }]);
    expect(await guestsOf(bob)).toEqual([]);

    const access = await join(bob, 'ann');
    expect(access).toMatchObject({ participantId: data?.participantId, expiresAt: data?.expiresAt });
    expect(await join(bob, 'Ann')).toEqual(access);
    // Public answers do not contain the token: the leak search after this file looks for it in all of them.
    expect((await join(eve, 'ann')).token).not.toBe(access.token);

    // Hosts withdraw invitations to their own stage only, so these requests change nothing.
    for (const other of [eve, bob]) expect((await withdraw(other, 'bob')).response.status).toBe(204);
    expect(await join(bob, 'ann')).toEqual(access);
    for (let times = 0; times < 2; times++) expect((await withdraw(ann, 'bob')).response.status).toBe(204);
    expect(await guestsOf(ann)).toEqual([]);
    expect((await join(bob, 'ann')).capabilities).toEqual(['SUBSCRIBE']);
  });

  test('that has ended gives no more tokens', async () => {
    const { data } = await invite(ann, 'eve');
    api().clock.advance(Date.parse(data?.expiresAt ?? '') - api().clock.now().getTime() - 59_000);
    // The earlier sign-ins have ended too.
    const again = async ({ username, userId: id, channelId }: Member) =>
      api().client(await api().tokens.issue({ id, username, channelId }, randomUUID()));
    const late = { ...eve, api: await again(eve) };
    expect((await join(late, 'ann')).capabilities).toEqual(['SUBSCRIBE']);
    expect(await guestsOf({ ...ann, api: await again(ann) })).toMatchObject([{ guest: { username: 'eve' } }]);
    api().clock.advance(59_000);
    expect(await guestsOf({ ...ann, api: await again(ann) })).toEqual([]);
    ann = { ...ann, api: await again(ann) };
    bob = { ...bob, api: await again(bob) };
    eve = late;
  });

  test('needs a user who exists and is not the host', async () => {
    expect((await invite(ann, 'nobody-there')).response.status).toBe(404);
    expect((await withdraw(ann, 'nobody-there')).response.status).toBe(404);
    expect((await invite(ann, 'ann')).response.status).toBe(409);
    expect((await stageOf('nobody-there')).response.status).toBe(404);
  });
});

describe('a stage', () => {
  /** Handles the events that IVS sends for a participant, one second later. */
  async function tell(name: string, participantId: string, host = ann) {
    const { database, clock } = api();
    clock.advance(1000);
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const handle = eventHandler({ database, clock: clock.now, log, count: () => {} });
    const resources = [stageArn(host)];
    await handle(stageEvent(name, participantId, clock.now().toISOString(), { resources }));
  }

  test('is live while events say that somebody publishes, and nothing else makes it live', async () => {
    const { data: invitation } = await invite(ann, 'bob');
    const guest = invitation?.participantId ?? '';
    await join(bob, 'ann');
    expect((await stageOf('ANN')).data).toEqual({ username: 'ann', isLive: false, publishers: [] });

    await tell('Participant Published', guest);
    await tell('Participant Published', 'the-host');
    const { data } = await stageOf('ann');
    expect(data).toMatchObject({ isLive: true });
    expect(data?.publishers).toHaveLength(2);
    expect(data?.publishers).toEqual(
      expect.arrayContaining([
        { participantId: guest, guest: { userId: bob.userId, username: 'bob' } },
        { participantId: 'the-host', guest: null },
      ]),
    );
    expect(await guestsOf(ann)).toMatchObject([{ participantId: guest, isPublishing: true }]);
    const { data: listed, response } = await liveStages();
    expect(listed?.items.filter(({ username }) => username === 'ann')).toEqual([
      {
        displayName: null,
        color: null,
        avatarUrl: null,
        username: 'ann',
        title: "ann's stream",
        categoryId: null,
        isLive: true,
        liveSince: new Date(api().clock.now().getTime() - 1000).toISOString(),
        publisherCount: 2,
      },
    ]);
    expect(response.headers.get('cache-control')).toContain('s-maxage=2');

    await tell('Participant Unpublished', 'the-host');
    expect((await stageOf('ann')).data).toMatchObject({ isLive: true });
    const thrown = await ann.api.DELETE('/v1/stages/me/participants/{participantId}', {
      params: { path: { participantId: guest } },
    });
    expect(thrown.response.status).toBe(204);
    expect(await guestsOf(ann)).toEqual([]);
    expect((await stageOf('ann')).data).toMatchObject({ isLive: true });
    await tell('Participant Unpublished', guest);
    expect((await liveStages()).data?.items.map(({ username }) => username)).not.toContain('ann');
    expect((await stageOf('ann')).data).toEqual({ username: 'ann', isLive: false, publishers: [] });
  });

  test('is listed with the new name of a host who was renamed, and not after the host is deleted', async () => {
    const host = await api().signUp();
    const { username, password } = host;
    await tell('Participant Published', 'the-host', host);
    await tell('Participant Published', 'the-host');
    const names = async () => (await liveStages()).data?.items.map(item => item.username);
    expect(await names()).toEqual(['ann', username]);
    const renamed = `${username}-2`;
    await host.api.PATCH('/v1/users/me', { body: { username: renamed, currentPassword: password } });
    expect(await names()).toEqual(['ann', renamed]);
    const first = (await liveStages({ limit: 1 })).data;
    const second = (await liveStages({ limit: 1, cursor: first?.nextCursor ?? '' })).data;
    expect([first, second].map(page => page?.items.map(item => item.username))).toEqual([['ann'], [renamed]]);
    await host.api.DELETE('/v1/users/me', {});
    expect(await names()).toEqual(['ann']);
    await tell('Participant Unpublished', 'the-host');
  });

  test('that IVS does not have is a 409 for everyone who wants to join', async () => {
    const gone = await api().signUp();
    await api().ivs.realTime.send(new DeleteStageCommand({ arn: stageArn(gone) }));
    const answer = await api()
      .client()
      .POST('/v1/stages/{username}/tokens', { params: { path: { username: gone.username } } });
    expect(answer.response.status).toBe(409);
    expect(answer.error?.detail).toContain('mock data');
  });
});

test('an invitation that cannot be announced in the chat room is logged, without the token', async () => {
  api().ivs.simulator.faults.add({ operation: 'SendEvent', failure: 'unavailable' });
  expect((await invite(ann, 'bob')).response.status).toBe(200);
  const line = api().logs.find(({ message }) =>
    message.startsWith('an event about a stage invitation could not be sent'),
  );
  expect(line).toMatchObject({
    level: 'warn',
    fields: { channelId: ann.channelId, event: 'stage:invitation' },
  });
  expect(inspect(line, { depth: 20 })).not.toContain((await join(bob, 'ann')).token);
});
