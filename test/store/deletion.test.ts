import {
  CreateParticipantTokenCommand,
  DeleteStageCommand,
  ListParticipantsCommand,
} from '@aws-sdk/client-ivs-realtime';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { deleteAccount } from '../../domain/accounts/deletion.ts';
import { toTimestamp } from '../../model/time.ts';
import { NAME_HOLD_MS } from '../../model/username.ts';
import { getChannel } from '../../store/channels.ts';
import { type ArchiveEntry, archive } from '../../store/chatMessages.ts';
import { allFollowers, putFollow } from '../../store/follows.ts';
import { getStage } from '../../store/stages.ts';
import { changeGuests } from '../../store/stageTokens.ts';
import { newNameOf } from '../../store/usernames.ts';
import { getUser } from '../../store/users.ts';
import { stageEvent, stateEvent } from '../support/ivsEvents.ts';
import { putRows } from '../support/rows.ts';
import { interruptionKinds } from './signUpInterruptions.ts';
import { ample, arnsAtIvs, budgetFor, rowCounts, useWorld, type World } from './signUpWorld.ts';

const world = useWorld();
const times = { createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' };

/** A message of another user, a message of the owner, and the deletion of the first. */
const chatOf = (userId: string): ArchiveEntry[] => [
  {
    kind: 'message',
    messageId: 'm1',
    sentAt: times.createdAt,
    content: 'hello',
    sender: { userId: 'someone' },
  },
  { kind: 'message', messageId: 'm2', sentAt: times.createdAt, content: 'hello', sender: { userId } },
  { kind: 'deletion', messageId: 'm1', deletedAt: times.updatedAt },
];

type NewUser = Awaited<ReturnType<World['signUp']>>;

async function follow({ database, clock }: World, { user }: NewUser, { channel }: NewUser): Promise<void> {
  const result = await putFollow(
    database,
    { userId: user.id, channel },
    { followers: 1_000, at: clock().toISOString() },
    clock().toISOString(),
  );
  expect(result).toBe('followed');
}

/** Makes a user a moderator, without the entry in the audit of the channel, which stays with the channel. */
async function appoint({ database }: World, { channel }: NewUser, { user }: NewUser): Promise<void> {
  const { client, names } = database;
  await putRows(database, 'moderators', [{ channelId: channel.id, userId: user.id, ...times }]);
  await client.send(
    new UpdateCommand({
      TableName: names.channels,
      Key: { id: channel.id },
      UpdateExpression: 'ADD moderatorCount :one',
      ExpressionAttributeValues: { ':one': 1 },
    }),
  );
}

/** The follower count of a channel, and the number of follow rows. */
async function followers({ database }: World, { channel }: NewUser): Promise<[number | undefined, number]> {
  let rows = 0;
  for await (const _ of allFollowers(database, channel.id)) rows++;
  return [(await getChannel(database, channel.id))?.followerCount, rows];
}

const SESSION = 'st-1CVugbu2cf2n8';

/** Invites a user to a stage, on which they publish. Returns the participant id. */
async function publishOn(at: World, host: NewUser, guest: NewUser): Promise<string> {
  const { database, ivs, clock } = at;
  const stageArn = host.stage.arn;
  const { participantToken } = await ivs.realTime.send(
    new CreateParticipantTokenCommand({ stageArn, userId: guest.user.id }),
  );
  const participantId = participantToken?.participantId ?? '';
  const stage = await getStage(database, host.stage.id);
  if (stage === undefined) throw new Error('the host has no stage');
  const expiresAt = new Date(clock().getTime() + 3_600_000);
  const { id: userId, username } = guest.user;
  const invitation = { userId, username, participantId, invitedAt: times.createdAt };
  const invited = [...(stage.invitations ?? []), { ...invitation, expiresAt: expiresAt.toISOString() }];
  const token = { stageId: stage.id, participantId, userId, token: 'x', ...times };
  const row = { ...token, expiresAt: expiresAt.getTime() / 1000 };
  const added = { token: row, channelId: host.channel.id };
  await changeGuests(database, stage, { invitations: invited, added }, toTimestamp(clock()));
  ivs.simulator.applyEvent(
    stageEvent('Participant Published', participantId, clock().toISOString(), {
      resources: [stageArn],
      detail: {
        session_id: SESSION,
        event_name: 'Participant Published',
        participant_id: participantId,
        user_id: userId,
      },
    }),
  );
  return participantId;
}

/** The invitations of a stage, and the participants that IVS has on it. */
async function guestsOf({ database, ivs }: World, { stage }: NewUser): Promise<[string[], string[]]> {
  const { invitations = [] } = (await getStage(database, stage.id)) ?? {};
  const { participants = [] } = await ivs.realTime.send(
    new ListParticipantsCommand({ stageArn: stage.arn, sessionId: SESSION, filterByState: 'CONNECTED' }),
  );
  return [
    invitations.map(({ participantId }) => participantId),
    participants.flatMap(({ participantId = [] }) => participantId),
  ];
}

/** A user with a row of every kind, live if wanted. */
async function wholeUser(
  at: World,
  name: string,
  friends: readonly NewUser[],
  isLive: boolean,
): Promise<NewUser> {
  const made = await at.signUp(name);
  const { user, channel, chatRoom, stage } = made;
  for (const friend of friends) {
    await follow(at, made, friend);
    await follow(at, friend, made);
  }
  const { database } = at;
  await putRows(database, 'sessions', [
    { id: `family-${name}`, userId: user.id, tokenHash: 'x', passwordVersion: 0, expiresAt: 1, ...times },
  ]);
  await putRows(database, 'bans', [{ channelId: channel.id, userId: 'someone', ...times }]);
  // Two friends moderate the channel, and the user moderates theirs.
  for (const friend of friends) {
    await appoint(at, made, friend);
    await appoint(at, friend, made);
  }
  await putRows(database, 'audit', [
    { channelId: channel.id, id: '1', at: times.createdAt, action: 'ban', by: user.id, ...times },
  ]);
  await putRows(database, 'stageTokens', [
    { stageId: stage.id, participantId: `p-${name}`, userId: 'someone', ...times },
    { stageId: 'elsewhere', participantId: `q-${name}`, userId: user.id, ...times },
  ]);
  for (const friend of friends) await publishOn(at, friend, made);
  await putRows(database, 'stageRequests', [
    { stageId: stage.id, userId: 'someone', requestedAt: times.createdAt, expiresAt: 1, ...times },
    { stageId: 'elsewhere', userId: user.id, requestedAt: times.createdAt, expiresAt: 1, ...times },
  ]);
  await putRows(database, 'stageParticipants', [
    { stageId: stage.id, id: `p-${name}`, at: times.createdAt, published: true, version: 1, ...times },
  ]);
  await at.handleEvent(
    stateEvent('Session Created', `st-old-${name}`, '2026-01-02T10:00:00Z', { resources: [channel.arn] }),
  );
  const streamId = isLive ? await at.goLive(channel.arn) : `st-old-${name}`;
  await archive(database, chatRoom.id, chatOf(user.id), times.createdAt);
  await putRows(database, 'metrics', [{ streamId, id: 'minute#1', ...times }]);
  return made;
}

/** Two users who stay, and the rows and resources before the test. */
async function friendsIn(at: World) {
  const friends = [await at.signUp('friend-1'), await at.signUp('friend-2')];
  return { friends, rows: await rowCounts(at.database), arns: arnsAtIvs(at.ivs) };
}

async function removeAll(at: World, users: readonly NewUser[]): Promise<void> {
  for (const { user } of users) expect(await at.deleteAccount(user.id)).toBe('deleted');
  // The next test uses the names again.
  at.forward(NAME_HOLD_MS / 1000);
  expect([await rowCounts(at.database), arnsAtIvs(at.ivs)]).toEqual([{}, []]);
}

describe('deleting an account', () => {
  test('leaves no row and no resource, and lowers the counts of the channels that it followed', async () => {
    const at = world();
    const { friends, rows, arns } = await friendsIn(at);
    const { user } = await wholeUser(at, 'whole', friends, false);
    for (const friend of friends) expect(await followers(at, friend)).toEqual([1, 1]);
    expect(await at.deleteAccount(user.id)).toBe('deleted');
    for (const friend of friends) expect(await followers(at, friend)).toEqual([0, 0]);
    for (const { channel } of friends)
      expect((await getChannel(at.database, channel.id))?.moderatorCount).toBe(0);
    expect([await rowCounts(at.database), arnsAtIvs(at.ivs)]).toEqual([rows, arns]);
    expect(await at.deleteAccount(user.id)).toBe('deleted');
    await removeAll(at, friends);
  });

  test('is refused to a sign-in that has ended, or belongs to another user or an earlier password', async () => {
    const at = world();
    const { user } = await at.signUp('kept');
    const session = { id: 'family-kept', userId: user.id, passwordVersion: 0 };
    const remove = () => deleteAccount(at.dependencies)({ userId: user.id, session }, ample);
    await expect(remove()).rejects.toThrow('the sign-in of this access token has ended');
    for (const other of [{ userId: 'somebody' }, { passwordVersion: 1 }]) {
      await putRows(at.database, 'sessions', [{ ...session, ...times, ...other }]);
      await expect(remove()).rejects.toThrow('the sign-in of this access token has ended');
    }
    expect((await getUser(at.database, user.id))?.status).toBe('active');
    await putRows(at.database, 'sessions', [{ ...session, ...times }]);
    // Another sign-in has changed the password, and the row of this sign-in still exists.
    await putRows(at.database, 'users', [{ ...user, passwordVersion: 1 }]);
    await expect(remove()).rejects.toThrow('the sign-in of this access token has ended');
    await putRows(at.database, 'users', [user]);
    expect(await remove()).toBe('deleted');
  });

  test('keeps the name from everybody for 30 days', async () => {
    const at = world();
    const first = await at.signUp('again');
    await at.deleteAccount(first.user.id);
    at.forward(NAME_HOLD_MS / 1000 - 1);
    await expect(at.signUp('AGAIN')).rejects.toMatchObject({ reason: 'username-taken' });
    expect(await newNameOf(at.database, 'again', at.clock().toISOString())).toBeUndefined();
    at.forward(1);
    const second = await at.signUp('Again');
    expect(second.user.id).not.toBe(first.user.id);
    // A repeated deletion of the first account does not touch the second.
    expect(await at.deleteAccount(first.user.id)).toBe('deleted');
    expect(arnsAtIvs(at.ivs)).toHaveLength(3);
    await removeAll(at, [second]);
  });

  test('that is live stops the broadcast, deletes the stream key, and waits until the channel is idle', async () => {
    const at = world();
    const made = await at.signUp('live');
    await at.goLive(made.channel.arn);
    expect(await at.deleteAccount(made.user.id)).toBe('deleted');
    const ended = at.ivs.emitted.filter(({ resources }) => resources[0] === made.channel.arn);
    expect(ended.map(({ detail }) => detail['event_name'])).toContain('Stream End');
    // The last events arrive after the rows are deleted, and are dropped.
    for (const event of ended) expect(await at.handleEvent(event)).toMatchObject({ result: 'dropped' });
    expect([await rowCounts(at.database), arnsAtIvs(at.ivs)]).toEqual([{}, []]);
  });

  test('that is live, without time to wait, is finished by the schedule', async () => {
    const at = world();
    const made = await at.signUp('hurried');
    await at.goLive(made.channel.arn);
    at.ivs.simulator.faults.add({ operation: 'DeleteChannel', failure: 'throttled', times: 20 });
    expect(await at.deleteAccount(made.user.id, budgetFor(300))).toBe('deleting');
    at.ivs.simulator.faults.clear();
    // The encoder cannot reconnect without a stream key.
    expect(at.ivs.simulator.resources().channels).toMatchObject([{ arn: made.channel.arn, streamKeys: [] }]);
    await expect(at.signUp('hurried')).rejects.toThrow('taken');
    const report = await at.finishPending();
    expect(report).toEqual({ deleted: [made.user.id], later: 0, failed: [] });
    expect([await rowCounts(at.database), arnsAtIvs(at.ivs)]).toEqual([{}, []]);
  });

  test("that publishes on other users' stages disconnects it from them, and nobody else", async () => {
    const at = world();
    const { friends } = await friendsIn(at);
    const [first, second] = friends;
    if (first === undefined || second === undefined) throw new Error('there are fewer than two friends');
    const guest = await at.signUp('guest');
    for (const friend of friends) await publishOn(at, friend, guest);
    const staying = await publishOn(at, first, second);
    // IVS no longer has the second stage.
    await at.ivs.realTime.send(new DeleteStageCommand({ arn: second.stage.arn }));
    const throttled = { operation: 'DisconnectParticipant', failure: 'throttled', times: 20 } as const;
    at.ivs.simulator.faults.add(throttled);
    expect(await at.deleteAccount(guest.user.id, budgetFor(300))).toBe('deleting');
    at.ivs.simulator.faults.clear();
    expect(await at.finishPending()).toEqual({ deleted: [guest.user.id], later: 0, failed: [] });
    expect(await guestsOf(at, first)).toEqual([[staying], [staying]]);
    expect((await getStage(at.database, second.stage.id))?.invitations).toEqual([]);
    await removeAll(at, [guest, ...friends]);
  });

  test('with many followers deletes every follow', async () => {
    const at = world();
    const made = await at.signUp('popular');
    const many = Array.from({ length: 250 }, (_, n) => ({
      userId: `fan-${n}`,
      channelId: made.channel.id,
      followedAt: times.createdAt,
      ...times,
    }));
    await putRows(at.database, 'follows', many);
    await putRows(at.database, 'channels', [{ ...made.channel, followerCount: many.length }]);
    expect(await at.deleteAccount(made.user.id)).toBe('deleted');
    expect(await rowCounts(at.database)).toEqual({});
  });

  test('waits for follows that the index does not show yet', async () => {
    const at = world();
    const { friends, rows } = await friendsIn(at);
    const { user } = await wholeUser(at, 'lagging', friends, false);
    const { middlewareStack } = at.database.client;
    let behind = 2;
    middlewareStack.add(
      next => async args => {
        const answer = await next(args);
        const isLate = 'IndexName' in args.input && args.input.IndexName === 'followersIndex' && behind-- > 0;
        return isLate ? { ...answer, output: { ...answer.output, Items: [] } } : answer;
      },
      { step: 'initialize', name: 'lag' },
    );
    try {
      expect(await at.deleteAccount(user.id)).toBe('deleted');
    } finally {
      middlewareStack.remove('lag');
    }
    expect(behind).toBeLessThan(0);
    expect(await rowCounts(at.database)).toEqual(rows);
    await removeAll(at, friends);
  });

  test('stops the account from following and being followed', async () => {
    const at = world();
    const { friends } = await friendsIn(at);
    const made = await at.signUp('leaving');
    at.ivs.simulator.faults.add({ operation: 'DeleteRoom', failure: 'throttled', times: 20 });
    expect(await at.deleteAccount(made.user.id, budgetFor(300))).toBe('deleting');
    at.ivs.simulator.faults.clear();
    const [friend] = friends;
    if (friend === undefined) throw new Error('there are no friends');
    const now = at.clock().toISOString();
    const between = (who: NewUser, whom: NewUser) =>
      putFollow(at.database, { userId: who.user.id, channel: whom.channel }, { followers: 9, at: now }, now);
    expect(await between(made, friend)).toBe('noUser');
    expect(await between(friend, made)).toBe('noChannel');
    await removeAll(at, [made, ...friends]);
  });

  test('twice at the same time deletes it once, and both requests succeed', async () => {
    const at = world();
    const { friends } = await friendsIn(at);
    const { user } = await wholeUser(at, 'twice', friends, true);
    const results = await Promise.all([at.deleteAccount(user.id), at.deleteAccount(user.id)]);
    expect(results).toEqual(['deleted', 'deleted']);
    for (const friend of friends) expect(await followers(at, friend)).toEqual([0, 0]);
    await removeAll(at, friends);
  });
});

describe('a deletion interrupted at any one of its requests', () => {
  test.each(interruptionKinds)('%s, and then repeated, leaves no row and correct counts', async kind => {
    const at = world();
    const { friends, rows, arns } = await friendsIn(at);
    const interruptAt = async (nth: number): Promise<boolean> => {
      const name = `${kind}-${nth}`;
      const { user } = await wholeUser(at, name, friends, true);
      at.faults.plan(nth, kind);
      await at.deleteAccount(user.id, ample).catch(() => undefined);
      const wasInterrupted = at.faults.wasInterrupted();
      at.faults.clear();
      // The schedule continues, because the user may not come back. If nothing was begun, the user's next
      // request deletes it.
      await at.finishPending();
      expect([name, await at.deleteAccount(user.id)]).toEqual([name, 'deleted']);
      for (const friend of friends) {
        expect([name, await followers(at, friend)]).toEqual([name, [0, 0]]);
        expect([name, await guestsOf(at, friend)]).toEqual([name, [[], []]]);
      }
      expect([name, await rowCounts(at.database), arnsAtIvs(at.ivs)]).toEqual([name, rows, arns]);
      return wasInterrupted;
    };
    // To save time, each request meets one of `killed` and `lostAnswer`, which have the same effect.
    // `refused` changes nothing, so a sample of the requests is enough.
    const { first, step } = {
      killed: { first: 1, step: 2 },
      lostAnswer: { first: 2, step: 2 },
      refused: { first: 1, step: 4 },
    }[kind];
    let nth = first;
    while (await interruptAt(nth)) nth += step;
    expect(nth).toBeGreaterThan(30);
    await removeAll(at, friends);
  });
});
