import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type FollowDependencies, follow, unfollow } from '../../domain/follows.ts';
import { partnershipOf } from '../../domain/partner.ts';
import { finishPendingChannels } from '../../domain/pendingChannels.ts';
import { budgetOf } from '../../ivs/budget.ts';
import { userResources } from '../../ivs/userResources.ts';
import { unlimited } from '../../local/ivs/quotas.ts';
import type { Channel } from '../../model/channel.ts';
import { present } from '../../model/row.ts';
import { writeChannel } from '../../store/channels.ts';
import { documentClient } from '../../store/database.ts';
import { putFollow } from '../../store/follows.ts';
import { putAccount } from '../support/accounts.ts';
import { testAttachments } from '../support/attachments.ts';
import { localCredentials, useDatabase } from '../support/database.ts';
import { handling, readChannelRow } from '../support/eventHandling.ts';
import { injectFaults } from '../support/faults.ts';
import { stateEvent } from '../support/ivsEvents.ts';
import { putRows } from '../support/rows.ts';
import { startIvs, type TestIvs } from '../unit/localIvsEndpoint.ts';

const database = useDatabase();
const clock = () => new Date('2026-01-15T10:00:00.000Z');

let ivs: TestIvs;
beforeAll(async () => {
  ivs = await startIvs({ quota: unlimited });
});
afterAll(() => ivs.stop());

type Overrides = Partial<Pick<FollowDependencies, 'database' | 'partnerFollowers'>>;

function dependencies(overrides: Overrides = {}) {
  const { client, chat, realTime } = ivs;
  return {
    database: database(),
    resources: userResources(
      { ivs: client, chat, realTime },
      { stackName: 'UGC-test', clock },
      testAttachments,
    ),
    clock,
    newId: () => 'lease',
    partnerFollowers: 3,
    onRaiseFailed: () => {},
    ...overrides,
  };
}

let made = 0;
/** A user whose channel is at IVS too. */
async function newOwner(overrides: Partial<Channel> = {}): Promise<Channel> {
  const username = `star-${++made}`;
  const created = await dependencies().resources.createChannel({
    userId: `user-${username}`,
    name: username,
  });
  const id = created.arn.split('/').at(-1) ?? '';
  const keys = { streamKey: created.streamKey.value, streamKeyArn: created.streamKey.arn };
  const { channel } = await putAccount(database(), username, {
    channel: { id, arn: created.arn, ...keys, ...overrides },
  });
  return channel;
}

async function newFans(count: number) {
  const ids = Array.from({ length: count }, () => `fan-${++made}`);
  const times = { createdAt: clock().toISOString(), updatedAt: clock().toISOString() };
  await putRows(
    database(),
    'users',
    ids.map(id => ({ id, username: id, usernameKey: id, status: 'active', version: 1, ...times })),
  );
  return ids.map(userId => ({ userId, channelId: `channel-${userId}` }));
}

type Fan = Awaited<ReturnType<typeof newFans>>[number];

const followAs = (fan: Fan, channel: Channel, overrides: Overrides = {}, budget = budgetOf(5_000)) =>
  follow(dependencies(overrides), fan, channel.username, budget);

const rowOf = (channel: Channel) => readChannelRow(database(), channel.id);
const typeAtIvs = (channel: Channel) =>
  ivs.simulator.resources().channels.find(({ arn }) => arn === channel.arn)?.type;
const raises = () => ivs.simulator.calls()['UpdateChannel'] ?? 0;

async function followWithAll(fans: readonly Fan[], channel: Channel) {
  for (const fan of fans) await followAs(fan, channel);
}

/** Plays events of one session of the channel, in the tables and at IVS. */
async function play(channel: Channel, streamId: string, ...names: string[]) {
  const { handle } = handling(database());
  for (const [index, name] of names.entries()) {
    const time = new Date(clock().getTime() + index * 1000).toISOString();
    const event = stateEvent(name, streamId, time, { resources: [channel.arn] });
    ivs.simulator.learn(event);
    await handle(event);
  }
}

describe('a channel becomes a partner', () => {
  test('with the follower that makes the number, not before, and its type is raised at IVS', async () => {
    const channel = await newOwner();
    await followWithAll(await newFans(2), channel);
    expect(await rowOf(channel)).toMatchObject({ isPartner: false, followerCount: 2 });
    expect(typeAtIvs(channel)).toBe('STANDARD');

    await followWithAll(await newFans(1), channel);
    const row = await rowOf(channel);
    expect(row).toMatchObject({
      isPartner: true,
      partnerSince: clock().toISOString(),
      followerCount: 3,
      type: 'ADVANCED_HD',
    });
    expect([row.pending, row.pendingType]).toEqual([undefined, undefined]);
    expect(typeAtIvs(channel)).toBe('ADVANCED_HD');
  });

  test('exactly once, however many follow at the same time', async () => {
    const channel = await newOwner();
    const fans = await newFans(60);
    const { names, engine } = database();
    const client = documentClient({ ...localCredentials, endpoint: engine.endpoint });
    const { injected } = injectFaults(client, { transactionConflict: 0.2 }, Math.random);
    const before = raises();
    await Promise.all(
      fans.map(fan => followAs(fan, channel, { database: { client, names }, partnerFollowers: 20 })),
    );
    client.destroy();
    expect(injected.transactionConflict).toBeGreaterThan(0);
    expect(await rowOf(channel)).toMatchObject({ isPartner: true, followerCount: 60, type: 'ADVANCED_HD' });
    expect(raises() - before).toBe(1);
  });

  test('and stays one when followers fall again, without another raise when they come back', async () => {
    const channel = await newOwner();
    const fans = await newFans(3);
    await followWithAll(fans, channel);
    const since = (await rowOf(channel)).partnerSince;
    for (const fan of fans) await unfollow(database(), fan, channel.username);
    expect(await rowOf(channel)).toMatchObject({ isPartner: true, followerCount: 0, type: 'ADVANCED_HD' });

    const before = raises();
    await followWithAll(fans, channel);
    expect(await rowOf(channel)).toMatchObject({ isPartner: true, followerCount: 3, partnerSince: since });
    expect(raises()).toBe(before);
  });

  test('and whoever read it before does not clear what is left to do at IVS', async () => {
    const channel = await newOwner({ pending: present });
    const read = await rowOf(channel);
    const [fan] = await newFans(1);
    const partnership = partnershipOf(channel.id, 1);
    const following = { userId: fan?.userId ?? '', channel };
    expect(await putFollow(database(), following, partnership, clock().toISOString())).toBe('partner');
    expect(await writeChannel(database(), read, { ...read, pending: undefined })).toBe(false);
    expect(await rowOf(channel)).toMatchObject({ pending: present, pendingType: 'ADVANCED_HD' });
  });

  test('with its next follower, when the number was lowered under what it has', async () => {
    const channel = await newOwner({ followerCount: 50 });
    await followWithAll(await newFans(1), channel);
    expect(await rowOf(channel)).toMatchObject({ isPartner: true, followerCount: 51 });
  });

  test('with its first follower, when the number is 1', async () => {
    const channel = await newOwner();
    for (const fan of await newFans(1)) await followAs(fan, channel, { partnerFollowers: 1 });
    expect(await rowOf(channel)).toMatchObject({ isPartner: true, type: 'ADVANCED_HD' });
  });

  test('of mock data, and IVS is not asked to raise what it does not know', async () => {
    const id = 'mock-channel-9-1';
    const { channel } = await putAccount(database(), 'mock-star', { channel: { id } });
    const before = raises();
    await followWithAll(await newFans(3), channel);
    const row = await rowOf(channel);
    expect([row.isPartner, row.pending, row.pendingType]).toEqual([true, undefined, undefined]);
    expect(raises()).toBe(before);
  });
});

describe('the type of a new partner is raised later', () => {
  const finish = () => finishPendingChannels(dependencies(), budgetOf(5_000));

  test('after the stream, when it is live', async () => {
    const channel = await newOwner();
    await play(channel, 'st-live', 'Session Created', 'Stream Start');
    const before = raises();
    await followWithAll(await newFans(3), channel);
    expect(await rowOf(channel)).toMatchObject({
      isPartner: true,
      pending: 'true',
      pendingType: 'ADVANCED_HD',
    });
    expect(raises()).toBe(before);
    expect(await finish()).toMatchObject({ later: 1, failed: [] });
    expect(typeAtIvs(channel)).toBe('STANDARD');

    await play(channel, 'st-live', 'Stream End', 'Session Ended');
    expect(await finish()).toMatchObject({ done: 1, later: 0, failed: [] });
    expect(typeAtIvs(channel)).toBe('ADVANCED_HD');
    const row = await rowOf(channel);
    expect([row.type, row.pending, row.pendingType]).toEqual(['ADVANCED_HD', undefined, undefined]);
    expect(await finish()).toEqual({ done: 0, later: 0, failed: [] });
  });

  test('when IVS has it live and the tables have not heard of it yet', async () => {
    const channel = await newOwner();
    for (const name of ['Session Created', 'Stream Start'])
      ivs.simulator.learn(
        stateEvent(name, 'st-unheard', clock().toISOString(), { resources: [channel.arn] }),
      );
    await followWithAll(await newFans(3), channel);
    expect(await rowOf(channel)).toMatchObject({ isPartner: true, pendingType: 'ADVANCED_HD' });
    expect(await finish()).toMatchObject({ later: 1, failed: [] });
    await play(channel, 'st-unheard', 'Stream Start', 'Stream End', 'Session Ended');
    expect(await finish()).toMatchObject({ done: 1 });
    expect(typeAtIvs(channel)).toBe('ADVANCED_HD');
  });

  test.each(['throttled', 'failed', 'lostAnswer'] as const)(
    'when IVS has %s it, and the follow counts all the same',
    async failure => {
      const channel = await newOwner();
      ivs.simulator.faults.add({ operation: 'UpdateChannel', failure, times: 100 });
      for (const fan of await newFans(3)) await followAs(fan, channel, {}, budgetOf(300));
      expect(await rowOf(channel)).toMatchObject({ followerCount: 3, pendingType: 'ADVANCED_HD' });
      ivs.simulator.faults.clear();
      expect(await finish()).toMatchObject({ done: 1, failed: [] });
      expect(await rowOf(channel)).toMatchObject({ type: 'ADVANCED_HD' });
      expect(typeAtIvs(channel)).toBe('ADVANCED_HD');
    },
  );
});
