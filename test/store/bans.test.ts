import { randomUUID } from 'node:crypto';
import { CreateRoomCommand } from '@aws-sdk/client-ivschat';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ban } from '../../domain/chat/bans.ts';
import type { Budget } from '../../ivs/budget.ts';
import { chatControl } from '../../ivs/chatControl.ts';
import { stageControl } from '../../ivs/stageControl.ts';
import { unlimited } from '../../local/ivs/quotas.ts';
import { type Ban, banRow } from '../../model/ban.ts';
import type { Channel } from '../../model/channel.ts';
import { addMs } from '../../model/time.ts';
import { listAudit } from '../../store/audit.ts';
import { deleteBan, getBan, isInForce, listBans, type NewBan, putBan } from '../../store/bans.ts';
import { type Key, queryAll } from '../../store/pages.ts';
import { putAccount } from '../support/accounts.ts';
import { useDatabase } from '../support/database.ts';
import { injectFaults } from '../support/faults.ts';
import { recordRequests } from '../support/requests.ts';
import { putRows } from '../support/rows.ts';
import { startIvs, type TestIvs } from '../unit/localIvsEndpoint.ts';

const database = useDatabase();
const now = '2026-01-15T10:00:00.000Z';
const HOUR_MS = 3_600_000;

let made = 0;
/** An owner, and `bans`, with which the owner bans a user. */
async function newOwner(channelIs: Partial<Channel> = {}) {
  const { user, channel } = await putAccount(database(), `owner-${++made}`, { channel: channelIs });
  const owner = { channelId: channel.id, ownerId: user.id, by: user.id };
  const against = (userId: string, rest: Partial<NewBan> = {}): NewBan => ({
    userId,
    username: `name-of-${userId}`,
    ...rest,
  });
  const bans = (userId: string, rest: Partial<NewBan> = {}, at = now) =>
    putBan(database(), owner, against(userId, rest), randomUUID(), at);
  const lifts = (userId: string, at = now) => deleteBan(database(), owner, userId, randomUUID(), at);
  return { user, channel, owner, against, bans, lifts };
}

async function rowsOf(channelId: string): Promise<Ban[]> {
  const rows = queryAll(database(), banRow, {
    TableName: database().names.bans,
    KeyConditionExpression: 'channelId = :channelId',
    ExpressionAttributeValues: { ':channelId': channelId },
  });
  const all: Ban[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

/** Bans as stored, each a second older than the one before. Those at `isOver` ended an hour ago. */
function kept(channelId: string, count: number, isOver: (place: number) => boolean): Ban[] {
  return Array.from({ length: count }, (_, place) => {
    const bannedAt = addMs(now, -2 * HOUR_MS - 1000 * place);
    return {
      channelId,
      userId: `user-${String(place).padStart(4, '0')}`,
      username: 'mallory',
      bannedAt,
      by: 'owner',
      ...(isOver(place) ? { until: addMs(now, -HOUR_MS) } : {}),
      createdAt: bannedAt,
      updatedAt: bannedAt,
    };
  });
}

/** Numbers in [0, 1), the same in every run. */
function drawn(seed: number): () => number {
  let state = seed;
  return () => {
    // Park and Miller's minimal standard generator.
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

describe('a ban', () => {
  test('applies until its end and not at it; without an end, for ever', () => {
    expect(isInForce({ until: addMs(now, 1) }, now)).toBe(true);
    expect(isInForce({ until: now }, now)).toBe(false);
    expect(isInForce({ until: addMs(now, -1) }, now)).toBe(false);
    expect(isInForce({}, '9999-12-31T23:59:59.999Z')).toBe(true);
  });

  test('is replaced by the next ban of the same user', async () => {
    const { user, channel, against, bans } = await newOwner();
    await bans('u', { until: addMs(now, HOUR_MS), reason: 'Spam' });
    const later = addMs(now, 1000);
    const second = await bans('u', {}, later);
    const times = { bannedAt: later, createdAt: later, updatedAt: later };
    expect(second).toEqual({ ...against('u'), channelId: channel.id, by: user.id, ...times });
    expect(await rowsOf(channel.id)).toEqual([second]);
    expect(await getBan(database(), channel.id, 'u')).toEqual(second);
  });

  test("is not written once its owner's account is being deleted, because nobody would delete it later", async () => {
    const { user, channel, bans } = await newOwner();
    const { client, names } = database();
    await client.send(
      new UpdateCommand({
        TableName: names.users,
        Key: { id: user.id },
        UpdateExpression: 'SET #status = :deleting',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':deleting': 'deleting' },
      }),
    );
    expect(await bans('u')).toBe('ownerGone');
    expect(await rowsOf(channel.id)).toEqual([]);
    expect((await listAudit(database(), channel.id, { limit: 10 })).items).toEqual([]);
  });

  test("is written although other transactions hold its owner's row, as concurrent bans do", async () => {
    const { channel, bans } = await newOwner();
    const faults = injectFaults(database().client, { transactionConflict: 0.4 }, drawn(1));
    const users = Array.from({ length: 12 }, (_, place) => `user-${place}`);
    await Promise.all(users.map(userId => bans(userId)));
    faults.stop();
    expect(faults.injected.transactionConflict).toBeGreaterThan(0);
    expect((await rowsOf(channel.id)).map(({ userId }) => userId)).toEqual(users.toSorted());
  });

  test('is lifted on one channel, and the result says whether there was one', async () => {
    const [one, two] = [await newOwner(), await newOwner()];
    await one.bans('u');
    await two.bans('u');
    expect(await one.lifts('u')).toBe('lifted');
    expect(await one.lifts('u')).toBe('none');
    expect(await getBan(database(), one.channel.id, 'u')).toBeUndefined();
    expect(await getBan(database(), two.channel.id, 'u')).toBeDefined();
    // A ban that has ended is not lifted, so the audit has no entry of it.
    await one.bans('u', { until: addMs(now, 1) });
    expect(await one.lifts('u', addMs(now, 1))).toBe('none');
  });

  test('and its end are in the audit, and an entry is never without its act', async () => {
    const { user, channel, bans, lifts } = await newOwner();
    const until = addMs(now, HOUR_MS);
    await bans('u', { until, reason: 'Spam' });
    await lifts('u', addMs(now, 1));
    await lifts('u', addMs(now, 2));
    const { items } = await listAudit(database(), channel.id, { limit: 10 });
    expect(items).toMatchObject([
      { action: 'lift-ban', userId: 'u', by: user.id, at: addMs(now, 1) },
      { action: 'ban', userId: 'u', by: user.id, at: now, until, reason: 'Spam' },
    ]);
  });
});

describe('a list of bans', () => {
  const everyThird = (place: number) => place % 3 !== 0;

  test('has every ban in force once, newest first, in pages that are full except for the last', async () => {
    const channelId = `listed-${++made}`;
    const bans = kept(channelId, 250, everyThird);
    await putRows(database(), 'bans', bans);
    const holding = bans.filter((_, place) => !everyThird(place));
    const read: Ban[] = [];
    const sizes: number[] = [];
    for (let after: Key | undefined, isFirst = true; isFirst || after !== undefined; isFirst = false) {
      const page = await listBans(database(), channelId, { limit: 20, after }, now);
      read.push(...page.items);
      sizes.push(page.items.length);
      after = page.next;
    }
    expect(read).toEqual(holding);
    expect(sizes).toEqual([20, 20, 20, 20, 4]);
  });

  test('takes one request per page, and one more when the rows it reads have expired', async () => {
    const [usual, stale] = [`listed-${++made}`, `listed-${++made}`];
    await putRows(
      database(),
      'bans',
      kept(usual, 60, () => false),
    );
    await putRows(
      database(),
      'bans',
      kept(stale, 160, place => place < 150),
    );
    const sent = recordRequests(database().client);
    try {
      expect((await listBans(database(), usual, { limit: 50 }, now)).items).toHaveLength(50);
      expect(sent()).toEqual(['Query']);
      const page = await listBans(database(), stale, { limit: 50 }, now);
      expect(page.items.map(({ userId }) => Number(userId.slice(5)))).toEqual(
        Array.from({ length: 10 }, (_, place) => 150 + place),
      );
      expect([page.next, sent()]).toEqual([undefined, ['Query', 'Query']]);
    } finally {
      database().client.middlewareStack.remove('recordRequests');
    }
  });

  test('takes one request when the bans found fill a page exactly, and continues after them', async () => {
    const channelId = `listed-${++made}`;
    // One request reads the first hundred rows, of which fifty are in force.
    await putRows(
      database(),
      'bans',
      kept(channelId, 250, place => place % 2 === 1),
    );
    const sent = recordRequests(database().client);
    try {
      const first = await listBans(database(), channelId, { limit: 50 }, now);
      expect([first.items.length, sent()]).toEqual([50, ['Query']]);
      const second = await listBans(database(), channelId, { limit: 50, after: first.next }, now);
      expect(second.items[0]?.userId).toBe('user-0100');
    } finally {
      database().client.middlewareStack.remove('recordRequests');
    }
  });

  test('stops after ten requests without a result, and continues from there', async () => {
    const channelId = `listed-${++made}`;
    await putRows(
      database(),
      'bans',
      kept(channelId, 1010, place => place < 1005),
    );
    const first = await listBans(database(), channelId, { limit: 50 }, now);
    expect([first.items, first.next]).toEqual([[], expect.anything()]);
    const rest = await listBans(database(), channelId, { limit: 50, after: first.next }, now);
    expect([rest.items.length, rest.next]).toEqual([5, undefined]);
  });
});

/** A time budget for one call, without a retry. */
const timeForOneCall: Budget = {
  left: () => 50,
  wait: () => Promise.reject(new Error('there is no time to wait')),
};

describe('a ban while IVS is busy', () => {
  let ivs: TestIvs;
  const dependencies = () => ({
    database: database(),
    chat: chatControl(ivs.chat),
    stages: stageControl(ivs.realTime),
    onEventFailed: () => {},
    newId: randomUUID,
    clock: () => new Date(now),
  });
  beforeAll(async () => {
    ivs = await startIvs({ quota: unlimited });
  });
  afterAll(() => ivs.stop());

  test('is stored, and the same request then disconnects the user', async () => {
    const { arn = '' } = await ivs.chat.send(new CreateRoomCommand({}));
    const { user, channel } = await newOwner({ chatRoomArn: arn });
    const { user: whom } = await putAccount(database(), `whom-${++made}`);
    const caller = { userId: user.id, channelId: channel.id };
    const path = { username: user.username, bannedUsername: whom.username };
    const request = () => ban(dependencies(), caller, path, { reason: 'Spam' }, timeForOneCall);

    ivs.simulator.faults.add({ operation: 'DisconnectUser', failure: 'throttled' });
    await expect(request()).rejects.toMatchObject({ name: 'BusyError', retryAfterSeconds: 2 });
    expect(await getBan(database(), channel.id, whom.id)).toMatchObject({ reason: 'Spam' });
    await expect(request()).resolves.toMatchObject({ userId: whom.id });
    expect(ivs.simulator.calls()).toMatchObject({ DisconnectUser: 2 });
  });

  test('of a user is stored even if IVS does not have the room', async () => {
    const chatRoomArn = 'arn:aws:ivschat:us-west-2:000000000000:room/gone';
    const { user, channel } = await newOwner({ chatRoomArn });
    const { user: whom } = await putAccount(database(), `whom-${++made}`);
    const caller = { userId: user.id, channelId: channel.id };
    const path = { username: user.username, bannedUsername: whom.username };
    await ban(dependencies(), caller, path, {}, timeForOneCall);
    expect(await getBan(database(), channel.id, whom.id)).toBeDefined();
  });
});
