import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { Channel } from '../../model/channel.ts';
import { type Follow, followRow } from '../../model/follow.ts';
import { writeChannel } from '../../store/channels.ts';
import { type Database, documentClient } from '../../store/database.ts';
import {
  allFollowers,
  allFollowing,
  type Following,
  listFollowing,
  putFollow,
  removeFollow,
} from '../../store/follows.ts';
import { putAccount } from '../support/accounts.ts';
import { localCredentials, useDatabase } from '../support/database.ts';
import { readChannelRow } from '../support/eventHandling.ts';
import { type FaultChances, injectFaults, KilledError } from '../support/faults.ts';
import { putRows } from '../support/rows.ts';

const database = useDatabase();

const now = '2026-01-15T10:00:00.000Z';
const never = { followers: 1_000_000, at: now };

let made = 0;
/** The channel of a new user, without followers. */
async function newChannel(overrides: Partial<Channel> = {}) {
  const { channel } = await putAccount(database(), `owner-${++made}`, { channel: overrides });
  return channel;
}

/** Users with only the rows that a follow needs. */
async function newUsers(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => `fan-${++made}`);
  const times = { createdAt: now, updatedAt: now };
  await putRows(
    database(),
    'users',
    ids.map(id => ({ id, username: id, usernameKey: id, status: 'active', version: 1, ...times })),
  );
  return ids;
}

async function newUser(): Promise<string> {
  const [id = ''] = await newUsers(1);
  return id;
}

const follow = (following: Following, on: Database = database()) => putFollow(on, following, never, now);

async function followersOf(channelId: string): Promise<string[]> {
  const rows: Follow[] = [];
  for await (const row of allFollowers(database(), channelId)) rows.push(row);
  return rows.map(({ userId }) => userId).sort();
}

async function countOf(channelId: string): Promise<number> {
  return (await readChannelRow(database(), channelId)).followerCount;
}

/** The same tables through a client whose requests meet faults. */
function faulty(chances: FaultChances): Database {
  const { names, engine } = database();
  const client = documentClient({ ...localCredentials, endpoint: engine.endpoint });
  let state = 7;
  const random = () => {
    // Park and Miller's generator, so that a failure can be reproduced.
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  injectFaults(client, chances, random);
  return { client, names };
}

/** Repeats `work` until it is not killed, as a client would. */
async function untilDone(work: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof KilledError)) throw error;
    }
  }
}

describe("a channel's follower count equals the number of its followers", () => {
  test('after 200 parallel follows and unfollows, with conflicts and kills', async () => {
    const channel = await newChannel();
    const [comers, goers] = [await newUsers(100), await newUsers(100)];
    await Promise.all(goers.map(userId => follow({ userId, channel })));
    expect(await countOf(channel.id)).toBe(100);

    const on = faulty({ transactionConflict: 0.1, killBefore: 0.05, killAfter: 0.05 });
    await Promise.all([
      ...comers.map(userId => untilDone(() => follow({ userId, channel }, on))),
      ...goers.map(userId => untilDone(() => removeFollow(on, userId, channel.id, now, now))),
    ]);
    on.client.destroy();

    expect(await followersOf(channel.id)).toEqual(comers.sort());
    expect(await countOf(channel.id)).toBe(100);
  });

  test('when each user follows and unfollows at the same time', async () => {
    const channel = await newChannel();
    const users = await newUsers(25);
    const on = faulty({ transactionConflict: 0.2 });
    await Promise.all(
      users.flatMap(userId => [
        follow({ userId, channel }, on),
        removeFollow(on, userId, channel.id, now, now),
        follow({ userId, channel }, on),
        removeFollow(on, userId, channel.id, now, now),
      ]),
    );
    on.client.destroy();
    expect(await countOf(channel.id)).toBe((await followersOf(channel.id)).length);
  });

  test('when a follow or an unfollow is repeated', async () => {
    const channel = await newChannel();
    const userId = await newUser();
    expect(await follow({ userId, channel })).toBe('followed');
    expect(await follow({ userId, channel })).toBe('alreadyFollows');
    expect(await countOf(channel.id)).toBe(1);
    expect(await removeFollow(database(), userId, channel.id, now, now)).toBe(true);
    expect(await removeFollow(database(), userId, channel.id, now, now)).toBe(false);
    expect(await countOf(channel.id)).toBe(0);
  });
});

describe('a follow that may make a partner', () => {
  const review = { followers: 2, at: '2026-01-15T10:05:00.000Z' };

  test('marks the channel once, with a new version, so that no concurrent write loses the mark', async () => {
    const channel = await newChannel();
    const before = await readChannelRow(database(), channel.id);
    const results: string[] = [];
    for (const userId of await newUsers(3))
      results.push(await putFollow(database(), { userId, channel }, review, now));
    expect(results).toEqual(['followed', 'review', 'followed']);
    expect(await readChannelRow(database(), channel.id)).toMatchObject({
      followerCount: 3,
      partnerReviewAt: review.at,
      pending: 'true',
      version: before.version + 1,
    });
    expect(await writeChannel(database(), before, { ...before, title: 'lost' })).toBe(false);
  });

  test('marks the channel, and so does the unfollow of a partner', async () => {
    const channel = await newChannel({ isPartner: true });
    const userId = await newUser();
    await follow({ userId, channel });
    const before = await readChannelRow(database(), channel.id);
    await removeFollow(database(), userId, channel.id, review.at, now);
    expect(await readChannelRow(database(), channel.id)).toMatchObject({
      followerCount: before.followerCount - 1,
      partnerReviewAt: review.at,
      version: before.version + 1,
    });
    expect(await writeChannel(database(), before, { ...before, title: 'lost' })).toBe(false);
  });
});

describe('an account that is being deleted', () => {
  const startDeleting = (id: string) =>
    database().client.send(
      new UpdateCommand({
        TableName: database().names.users,
        Key: { id },
        UpdateExpression: 'SET #status = :deleting',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':deleting': 'deleting' },
      }),
    );

  test('gets no followers', async () => {
    const channel = await newChannel();
    const userId = await newUser();
    await startDeleting(channel.userId);
    expect(await follow({ userId, channel })).toBe('noChannel');
    expect(await followersOf(channel.id)).toEqual([]);
    expect(await countOf(channel.id)).toBe(0);
  });

  test('cannot follow a channel', async () => {
    const channel = await newChannel();
    const userId = await newUser();
    await startDeleting(userId);
    expect(await follow({ userId, channel })).toBe('noUser');
    expect(await countOf(channel.id)).toBe(0);
  });

  test('can be unfollowed when its channel row is gone, and that row does not come back', async () => {
    const channel = await newChannel();
    const userId = await newUser();
    await follow({ userId, channel });
    const { client, names } = database();
    await client.send(new DeleteCommand({ TableName: names.channels, Key: { id: channel.id } }));
    expect(await removeFollow(database(), userId, channel.id, now, now)).toBe(true);
    expect(await followersOf(channel.id)).toEqual([]);
    await expect(readChannelRow(database(), channel.id)).rejects.toThrow();
  });
});

describe('the list of followed channels', () => {
  test('is read page by page, the latest follow first, and completely by a reader of all pages', async () => {
    const userId = await newUser();
    const followed: string[] = [];
    for (let minute = 0; minute < 5; minute++) {
      const channel = await newChannel();
      followed.unshift(channel.id);
      await putFollow(database(), { userId, channel }, never, `2026-01-15T10:0${minute}:00.000Z`);
    }
    const first = await listFollowing(database(), userId, { limit: 3 });
    const rest = await listFollowing(database(), userId, { limit: 3, after: first.next });
    expect([...first.items, ...rest.items].map(row => row.channelId)).toEqual(followed);
    expect(rest.next).toBeUndefined();

    const all: Follow[] = [];
    for await (const row of allFollowing(database(), userId))
      all.push(z.strictObject(followRow.shape).parse(row));
    expect(all.map(row => row.channelId).sort()).toEqual(followed.sort());
  });
});
