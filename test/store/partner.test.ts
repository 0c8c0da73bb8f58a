import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type FollowDependencies, follow, unfollow } from '../../domain/follows.ts';
import { REVIEW_DELAY_MS, reviewPartner } from '../../domain/partner.ts';
import { finishPendingChannels } from '../../domain/pendingChannels.ts';
import { budgetOf } from '../../ivs/budget.ts';
import { userResources } from '../../ivs/userResources.ts';
import { unlimited } from '../../local/ivs/quotas.ts';
import type { Channel } from '../../model/channel.ts';
import { documentClient } from '../../store/database.ts';
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

type Overrides = Partial<Pick<FollowDependencies, 'database' | 'partner' | 'clock'>>;

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
    partner: { followers: 3, followerAgeDays: 0 },
    onReviewFailed: () => {},
    ...overrides,
  };
}

let made = 0;
/** A user whose channel IVS has too. */
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
    ivs.simulator.applyEvent(event);
    await handle(event);
  }
}

describe('a channel becomes a partner', () => {
  test('with the follower that reaches the threshold, not before, and its type is upgraded at IVS', async () => {
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

  test('exactly once, however many users follow at once', async () => {
    const channel = await newOwner();
    const fans = await newFans(60);
    const { names, engine } = database();
    const client = documentClient({ ...localCredentials, endpoint: engine.endpoint });
    const { injected } = injectFaults(client, { transactionConflict: 0.2 }, Math.random);
    const before = raises();
    await Promise.all(
      fans.map(fan =>
        followAs(fan, channel, {
          database: { client, names },
          partner: { followers: 20, followerAgeDays: 0 },
        }),
      ),
    );
    client.destroy();
    expect(injected.transactionConflict).toBeGreaterThan(0);
    expect(await rowOf(channel)).toMatchObject({ isPartner: true, followerCount: 60, type: 'ADVANCED_HD' });
    expect(raises() - before).toBe(1);
  });

  test('with its next follower, after the threshold was lowered below its count', async () => {
    const channel = await newOwner({ followerCount: 50 });
    await followWithAll(await newFans(1), channel);
    expect(await rowOf(channel)).toMatchObject({ isPartner: true, followerCount: 51 });
  });

  test('with its first follower, if the threshold is 1', async () => {
    const channel = await newOwner();
    for (const fan of await newFans(1))
      await followAs(fan, channel, { partner: { followers: 1, followerAgeDays: 0 } });
    expect(await rowOf(channel)).toMatchObject({ isPartner: true, type: 'ADVANCED_HD' });
  });

  test('without a call of IVS if it is a mock channel', async () => {
    const id = 'mock-channel-9-1';
    const { channel } = await putAccount(database(), 'mock-star', { channel: { id } });
    const before = raises();
    await followWithAll(await newFans(3), channel);
    const row = await rowOf(channel);
    expect([row.isPartner, row.pending, row.pendingType]).toEqual([true, undefined, undefined]);
    expect(raises()).toBe(before);
  });
});

describe('the type of a new partner is upgraded later', () => {
  const finish = () => finishPendingChannels(dependencies(), budgetOf(5_000));

  test('after the stream, if the channel is live', async () => {
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

  test('if the channel is live at IVS and the tables do not show it yet', async () => {
    const channel = await newOwner();
    for (const name of ['Session Created', 'Stream Start'])
      ivs.simulator.applyEvent(
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
    'if the call of IVS is %s, and the follow counts anyway',
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

describe('a partner', () => {
  /** Runs the schedule some time later. */
  const finishAfter = (ms: number, overrides: Overrides = {}) => {
    const later = () => new Date(clock().getTime() + ms);
    return finishPendingChannels(dependencies({ ...overrides, clock: later }), budgetOf(5_000));
  };
  const unfollowAll = async (fans: readonly Fan[], channel: Channel) => {
    for (const fan of fans) await unfollow(dependencies(), fan, channel.username);
  };

  test('loses the status at the next review if it has too few followers, and its type is downgraded at IVS', async () => {
    const channel = await newOwner();
    const fans = await newFans(3);
    await followWithAll(fans, channel);
    await unfollowAll(fans.slice(0, 1), channel);
    expect(await finishAfter(0)).toMatchObject({ later: 1 });
    expect(await rowOf(channel)).toMatchObject({ isPartner: true, followerCount: 2 });

    expect(await finishAfter(REVIEW_DELAY_MS)).toMatchObject({ done: 1, later: 0, failed: [] });
    const row = await rowOf(channel);
    expect(row).toMatchObject({ isPartner: false, type: 'STANDARD' });
    expect([row.partnerSince, row.partnerReviewAt, row.pending, row.pendingType]).toEqual(
      Array(4).fill(undefined),
    );
    expect(typeAtIvs(channel)).toBe('STANDARD');
  });

  test('keeps the status if the followers are back by then', async () => {
    const channel = await newOwner();
    const fans = await newFans(3);
    await followWithAll(fans, channel);
    const before = raises();
    await unfollowAll(fans, channel);
    await followWithAll(fans, channel);
    await finishAfter(REVIEW_DELAY_MS);
    expect(await rowOf(channel)).toMatchObject({ isPartner: true, followerCount: 3, type: 'ADVANCED_HD' });
    expect(raises()).toBe(before);
  });

  test('that is live loses the status at once, and its type after the stream', async () => {
    const channel = await newOwner();
    const fans = await newFans(3);
    await followWithAll(fans, channel);
    await play(channel, 'st-lapse', 'Session Created', 'Stream Start');
    await unfollowAll(fans, channel);
    expect(await finishAfter(REVIEW_DELAY_MS)).toMatchObject({ later: 1 });
    expect(await rowOf(channel)).toMatchObject({
      isPartner: false,
      pendingType: 'STANDARD',
      type: 'ADVANCED_HD',
    });
    await play(channel, 'st-lapse', 'Stream End', 'Session Ended');
    expect(await finishAfter(REVIEW_DELAY_MS)).toMatchObject({ done: 1 });
    expect(typeAtIvs(channel)).toBe('STANDARD');
  });

  test('that loses the status during the upgrade of its type is downgraded again', async () => {
    const channel = await newOwner();
    const fans = await newFans(3);
    const slow = dependencies();
    const updateChannelType: typeof slow.resources.updateChannelType = async (...call) => {
      await slow.resources.updateChannelType(...call);
      await unfollowAll(fans, channel);
      const later = () => new Date(clock().getTime() + REVIEW_DELAY_MS);
      await reviewPartner(dependencies({ clock: later }), channel.id);
    };
    for (const fan of fans)
      await follow({ ...slow, resources: { updateChannelType } }, fan, channel.username, budgetOf(5_000));
    await finishAfter(2 * REVIEW_DELAY_MS);
    expect(await rowOf(channel)).toMatchObject({ isPartner: false, type: 'STANDARD' });
    expect(typeAtIvs(channel)).toBe('STANDARD');
  });

  describe('and followers count only after a minimum age', () => {
    const partner = { followers: 3, followerAgeDays: 7 };
    const DAY_MS = 24 * 3600_000;

    test('so the schedule makes a channel a partner when its third follow is old enough', async () => {
      const channel = await newOwner();
      const [first, second, third] = await newFans(3);
      if (first === undefined || second === undefined || third === undefined)
        throw new Error('there are fewer than three fans');
      await followAs(first, channel, { partner });
      await followAs(second, channel, { partner });
      const twoDaysLater = () => new Date(clock().getTime() + 2 * DAY_MS);
      await followAs(third, channel, { partner, clock: twoDaysLater });
      for (const days of [2, 7, 8.99]) {
        expect(await finishAfter(days * DAY_MS, { partner })).toMatchObject({ later: 1, failed: [] });
        expect(await rowOf(channel)).toMatchObject({ isPartner: false, followerCount: 3 });
      }
      expect(await finishAfter(9 * DAY_MS, { partner })).toMatchObject({ done: 1 });
      expect(await rowOf(channel)).toMatchObject({ isPartner: true, type: 'ADVANCED_HD' });
    });

    test('so accounts that follow and are deleted again and again make no partner', async () => {
      const channel = await newOwner();
      for (let day = 0; day < 20; day += 2) {
        const fans = await newFans(3);
        const then = () => new Date(clock().getTime() + day * DAY_MS);
        for (const fan of fans) await followAs(fan, channel, { partner, clock: then });
        await finishAfter((day + 1) * DAY_MS, { partner });
        expect(await rowOf(channel)).toMatchObject({ isPartner: false, followerCount: 3 });
        for (const fan of fans) await unfollow(dependencies({ partner, clock: then }), fan, channel.username);
      }
      await finishAfter(30 * DAY_MS, { partner });
      const row = await rowOf(channel);
      expect([row.isPartner, row.pending, row.partnerReviewAt]).toEqual([false, undefined, undefined]);
    });

    test('so a partner whose followers are all replaced by new ones loses the status', async () => {
      const channel = await newOwner();
      const [old, young] = [await newFans(3), await newFans(3)];
      for (const fan of old) await followAs(fan, channel, { partner });
      await finishAfter(7 * DAY_MS, { partner });
      expect(await rowOf(channel)).toMatchObject({ isPartner: true });
      const then = () => new Date(clock().getTime() + 8 * DAY_MS);
      for (const fan of young) await followAs(fan, channel, { partner, clock: then });
      for (const fan of old) await unfollow(dependencies({ partner, clock: then }), fan, channel.username);
      await finishAfter(9 * DAY_MS, { partner });
      expect(await rowOf(channel)).toMatchObject({ isPartner: false, followerCount: 3 });
    });
  });

  test('is correct after reviews that run at the same time as follows and unfollows', async () => {
    const later = () => new Date(clock().getTime() + REVIEW_DELAY_MS);
    for (let round = 0; round < 15; round++) {
      const channel = await newOwner();
      const fans = await newFans(5);
      await followWithAll(fans.slice(0, 3), channel);
      const review = () => reviewPartner(dependencies({ clock: later }), channel.id);
      await Promise.all([
        ...fans.slice(0, 3).map(fan => unfollow(dependencies(), fan, channel.username)),
        review(),
        review(),
        ...fans.slice(3).map(fan => followAs(fan, channel)),
        ...(round % 2 === 0 ? [] : fans.slice(0, 1).map(fan => followAs(fan, channel))),
        review(),
      ]);
      await finishAfter(2 * REVIEW_DELAY_MS);
      const { isPartner, followerCount } = await rowOf(channel);
      expect([round, followerCount, isPartner]).toEqual([round, followerCount, followerCount >= 3]);
    }
  });
});
