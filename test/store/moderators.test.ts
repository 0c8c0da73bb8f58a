import { randomUUID } from 'node:crypto';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { MAX_MODERATORS } from '../../model/moderator.ts';
import { addMs } from '../../model/time.ts';
import { listAudit, recordAct } from '../../store/audit.ts';
import { deleteBan, getBan, putBan } from '../../store/bans.ts';
import { getChannel } from '../../store/channels.ts';
import {
  allModerators,
  getModerator,
  listModerated,
  putModerator,
  removeDeletedModerator,
  removeModerator,
} from '../../store/moderators.ts';
import { putAccount } from '../support/accounts.ts';
import { useDatabase } from '../support/database.ts';

const database = useDatabase();
const now = '2026-01-15T10:00:00.000Z';

let made = 0;
const newUser = async () => (await putAccount(database(), `person-${++made}`)).user;

/** A channel, and what its people can do in it. */
async function newChannel() {
  const { user: owner, channel } = await putAccount(database(), `owner-${++made}`);
  const place = { channelId: channel.id, ownerId: owner.id };
  const as = (by: string) => ({ ...place, by });
  return {
    owner,
    channel,
    appoints: (userId: string, at = now) => putModerator(database(), place, userId, randomUUID(), at),
    dismisses: (userId: string, by = owner.id) =>
      removeModerator(database(), as(by), userId, randomUUID(), now),
    bans: (by: string, userId: string, until?: string) =>
      putBan(
        database(),
        as(by),
        { userId, username: userId, ...(until === undefined ? {} : { until }) },
        randomUUID(),
        now,
      ),
    lifts: (by: string, userId: string) => deleteBan(database(), as(by), userId, randomUUID(), now),
    deletes: (by: string, userId?: string) =>
      recordAct(
        database(),
        as(by),
        { action: 'delete-message', messageId: 'WhO6MW6iRdS5', ...(userId === undefined ? {} : { userId }) },
        randomUUID(),
        now,
      ),
    state: async () => {
      const moderators = (await allModerators(database(), channel.id)).map(({ userId }) => userId);
      const count = (await getChannel(database(), channel.id))?.moderatorCount ?? 0;
      const audit = (await listAudit(database(), channel.id, { limit: 100 })).items;
      return { moderators, count, acts: audit.map(({ action, by, userId }) => [action, by, userId]) };
    },
  };
}

async function startDeletion(userId: string) {
  const { client, names } = database();
  await client.send(
    new UpdateCommand({
      TableName: names.users,
      Key: { id: userId },
      UpdateExpression: 'SET #status = :deleting',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':deleting': 'deleting' },
    }),
  );
}

describe('an appointment', () => {
  test('is written once, counted, and in the audit', async () => {
    const { channel, owner, appoints, dismisses, state } = await newChannel();
    const { id } = await newUser();
    expect(await appoints(id)).toMatchObject({ channelId: channel.id, userId: id, createdAt: now });
    expect(await appoints(id)).toBe('already');
    expect(await state()).toEqual({ moderators: [id], count: 1, acts: [['appoint', owner.id, id]] });
    expect(await dismisses(id)).toBe('dismissed');
    expect(await dismisses(id)).toBe('none');
    const { acts, ...rest } = await state();
    expect(rest).toEqual({ moderators: [], count: 0 });
    expect(acts.map(([action]) => action).toSorted()).toEqual(['appoint', 'dismiss']);
  });

  test(`is one of at most ${MAX_MODERATORS}, also when several are made at once`, async () => {
    const { channel, appoints, state } = await newChannel();
    const { client, names } = database();
    await client.send(
      new UpdateCommand({
        TableName: names.channels,
        Key: { id: channel.id },
        UpdateExpression: 'SET moderatorCount = :almost',
        ExpressionAttributeValues: { ':almost': MAX_MODERATORS - 2 },
      }),
    );
    const users = await Promise.all(Array.from({ length: 5 }, newUser));
    const results = await Promise.all(users.map(({ id }) => appoints(id)));
    expect(results.filter(result => result === 'full')).toHaveLength(3);
    const { moderators, count, acts } = await state();
    expect([moderators.length, count, acts.length]).toEqual([2, MAX_MODERATORS, 2]);
  });

  test('needs an active owner and an active user', async () => {
    const { owner, appoints, state } = await newChannel();
    const [user, leaver] = [await newUser(), await newUser()];
    await startDeletion(leaver.id);
    expect(await appoints(leaver.id)).toBe('noUser');
    await startDeletion(owner.id);
    expect(await appoints(user.id)).toBe('ownerGone');
    expect(await state()).toEqual({ moderators: [], count: 0, acts: [] });
  });

  test('ends by the owner or by the moderator, and not by another moderator', async () => {
    const { owner, appoints, dismisses, state } = await newChannel();
    const [one, two] = [await newUser(), await newUser()];
    await appoints(one.id);
    await appoints(two.id);
    expect(await dismisses(two.id, two.id)).toBe('dismissed');
    expect(await state()).toMatchObject({ moderators: [one.id], count: 1 });
    expect((await state()).acts).toContainEqual(['dismiss', two.id, two.id]);
    await startDeletion(owner.id);
    expect(await dismisses(one.id)).toBe('ownerGone');
  });

  test('ends with the account of the moderator, once, and also when the channel is gone', async () => {
    const { channel, appoints, state } = await newChannel();
    const user = await newUser();
    await appoints(user.id);
    await Promise.all([1, 2].map(() => removeDeletedModerator(database(), channel.id, user.id)));
    expect(await state()).toMatchObject({ moderators: [], count: 0 });
    await putGone(user.id);
    await removeDeletedModerator(database(), 'gone', user.id);
    expect(await getModerator(database(), 'gone', user.id)).toBeUndefined();
  });

  const putGone = (userId: string) =>
    database().client.send(
      new UpdateCommand({
        TableName: database().names.moderators,
        Key: { channelId: 'gone', userId },
        UpdateExpression: 'SET createdAt = :now, updatedAt = :now',
        ExpressionAttributeValues: { ':now': now },
      }),
    );

  test('is in the list of its user, latest first, in pages', async () => {
    const user = await newUser();
    const channels = await Promise.all([1, 2, 3].map(newChannel));
    for (const [place, { appoints }] of channels.entries()) await appoints(user.id, addMs(now, place));
    const first = await listModerated(database(), user.id, { limit: 2 });
    const rest = await listModerated(database(), user.id, { limit: 2, after: first.next });
    expect([...first.items, ...rest.items].map(({ channelId }) => channelId)).toEqual(
      channels.map(({ channel }) => channel.id).reverse(),
    );
  });
});

describe('a moderator', () => {
  test('bans, lifts bans and deletes messages until the dismissal, and nothing afterwards', async () => {
    const { owner, appoints, dismisses, bans, lifts, deletes, state } = await newChannel();
    const { id } = await newUser();
    expect([await bans(id, 'u'), await lifts(id, 'u'), await deletes(id)]).toEqual(
      Array(3).fill('notModerator'),
    );
    await appoints(id);
    expect(await bans(id, 'u')).toMatchObject({ userId: 'u', by: id });
    expect(await lifts(id, 'u')).toBe('lifted');
    expect(await deletes(id, id)).toBe('recorded');
    await bans(owner.id, 'u');
    await dismisses(id);
    const before = await state();
    expect([await bans(id, 'v'), await lifts(id, 'u'), await deletes(id)]).toEqual(
      Array(3).fill('notModerator'),
    );
    expect(await state()).toEqual(before);
  });

  test('whose account is being deleted cannot act any more', async () => {
    const { appoints, bans } = await newChannel();
    const { id } = await newUser();
    await appoints(id);
    await startDeletion(id);
    expect(await bans(id, 'u')).toBe('notModerator');
  });

  test('cannot be banned, neither by another moderator nor by the owner, and their messages are protected', async () => {
    const { owner, channel, appoints, bans, deletes } = await newChannel();
    const [one, two] = [await newUser(), await newUser()];
    await appoints(one.id);
    await appoints(two.id);
    expect([await bans(one.id, two.id), await bans(owner.id, two.id)]).toEqual(Array(2).fill('isModerator'));
    expect(await getBan(database(), channel.id, two.id)).toBeUndefined();
    expect([await deletes(one.id, two.id), await deletes(owner.id, two.id)]).toEqual([
      'isModerator',
      'recorded',
    ]);
  });

  test('is nobody who is banned; who was banned until a time can be appointed after it', async () => {
    const { owner, appoints, bans, lifts, state } = await newChannel();
    const [banned, timedOut] = [await newUser(), await newUser()];
    await bans(owner.id, banned.id);
    await bans(owner.id, timedOut.id, addMs(now, 1000));
    expect([await appoints(banned.id), await appoints(timedOut.id, addMs(now, 999))]).toEqual([
      'banned',
      'banned',
    ]);
    expect(await state()).toMatchObject({ moderators: [], count: 0 });
    expect(await appoints(timedOut.id, addMs(now, 1000))).toMatchObject({ userId: timedOut.id });
    await lifts(owner.id, banned.id);
    expect(await appoints(banned.id)).toMatchObject({ userId: banned.id });
  });
});

describe('what happens at the same instant', () => {
  test('an appointment and a ban of one user: exactly one is written', async () => {
    const { owner, channel, appoints, bans, state } = await newChannel();
    const users = await Promise.all(Array.from({ length: 12 }, newUser));
    for (const { id } of users) await Promise.all([appoints(id), bans(owner.id, id)]);
    const { moderators, count, acts } = await state();
    for (const { id } of users) {
      const isBanned = (await getBan(database(), channel.id, id)) !== undefined;
      expect([id, isBanned]).toEqual([id, !moderators.includes(id)]);
    }
    expect([count, acts.length]).toEqual([moderators.length, users.length]);
  });

  test("a dismissal and the moderator's bans: every ban that is written is before the dismissal and in the audit", async () => {
    const { channel, appoints, dismisses, bans, state } = await newChannel();
    for (let round = 0; round < 8; round++) {
      const { id } = await newUser();
      await appoints(id);
      const targets = [1, 2, 3].map(n => `target-${round}-${n}`);
      const [, ...results] = await Promise.all([dismisses(id), ...targets.map(target => bans(id, target))]);
      for (const [place, target] of targets.entries()) {
        const isWritten = (await getBan(database(), channel.id, target)) !== undefined;
        expect(isWritten).toBe(results[place] !== 'notModerator');
        const acts = (await state()).acts.filter(([, by, userId]) => by === id && userId === target);
        expect(acts).toHaveLength(isWritten ? 1 : 0);
      }
      expect(await bans(id, 'late')).toBe('notModerator');
    }
    expect(await state()).toMatchObject({ moderators: [], count: 0 });
  });
});
