import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { chatControl } from '../../ivs/chatControl.ts';
import { rooms } from '../../ivs/rooms.ts';
import { announcer } from '../../lambdas/announce/announcer.ts';
import { roomReceiver } from '../../lambdas/announce/roomReceiver.ts';
import type { StreamRecord } from '../../lambdas/announce/streamRecord.ts';
import { tokenBuckets } from '../../local/ivs/quotas.ts';
import type { RoomEvent } from '../../local/ivs/roomState.ts';
import type { Channel } from '../../model/channel.ts';
import { type PlainRow, toItem } from '../../store/attributeValue.ts';
import { putAccount } from '../support/accounts.ts';
import { testAttachments } from '../support/attachments.ts';
import { useDatabase } from '../support/database.ts';
import { channel, live, putRows } from '../support/rows.ts';
import { startIvs, type TestIvs } from '../unit/localIvsEndpoint.ts';

const database = useDatabase();
let ivs: TestIvs;
/** The events that the rooms of the simulator received. */
const sent: RoomEvent[] = [];
beforeAll(async () => {
  ivs = await startIvs({ onRoomEvent: event => sent.push(event) });
});
afterAll(() => ivs.stop());
beforeEach(() => {
  sent.length = 0;
  ivs.simulator.faults.clear();
});

const newRoom = async (name: string) => {
  const clock = () => new Date();
  const { createRoom } = rooms(ivs.chat, { stackName: 'UGC-test', clock }, testAttachments);
  return (await createRoom({ userId: `user-${name}`, name })).arn;
};

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const logged: string[] = [];
const log = (message: string) => void logged.push(message);
const announce = (records: readonly StreamRecord[], budgetMs = 2_000) => {
  const logger = { info: log, warn: log, error: log };
  return announcer({
    tables: database().names,
    receivers: [roomReceiver({ database: database(), chat: chatControl(ivs.chat), log: logger })],
    log: logger,
    budgetMs,
  })({ Records: [...records] });
};

let numbers = 0;
function record(table: 'channels' | 'stages', before: PlainRow | undefined, after: PlainRow | undefined) {
  numbers += 1;
  return {
    eventSourceARN: `arn:aws:dynamodb:us-west-2:000000000000:table/${database().names[table]}/stream/1`,
    dynamodb: {
      SequenceNumber: String(numbers),
      ...(before === undefined ? {} : { OldImage: toItem(before) }),
      ...(after === undefined ? {} : { NewImage: toItem(after) }),
    },
  };
}
const goesLive = (owner: Channel) =>
  record('channels', owner, {
    ...owner,
    isLive: true,
    openStreamId: 'st-1',
    liveStartedAt: '2026-01-15T10:00:00.000Z',
    version: owner.version + 1,
  });
const failedAt = (failed: StreamRecord) => ({
  batchItemFailures: [{ itemIdentifier: failed.dynamodb.SequenceNumber }],
});
const done = { batchItemFailures: [] };
const calls = () => ivs.simulator.calls()['SendEvent'] ?? 0;

describe('announce', () => {
  test('tells the chat room of the channel, and for a stage that of its owner', async () => {
    const arn = await newRoom('ann');
    const { user, channel: owned } = await putAccount(database(), 'ann', { channel: { chatRoomArn: arn } });
    const room = { id: user.chatRoomId, arn, name: 'ann', userId: user.id, channelId: owned.id };
    await putRows(database(), 'chatRooms', [{ ...room, createdAt: 'now', updatedAt: 'now' }]);
    const stage = {
      id: 'stage-ann',
      arn: 'arn:aws:ivs:us-west-2:000000000000:stage/stage-ann',
      userId: user.id,
      isLive: false,
      version: 1,
      updatedAt: '2026-01-15T10:00:00.000Z',
      publishedParticipants: [],
    };
    const after = { ...stage, isLive: true, version: 2, publishedParticipants: ['p'] };
    expect(await announce([goesLive(owned)])).toEqual(done);
    expect(await announce([record('stages', stage, after)])).toEqual(done);
    expect(sent).toMatchObject([
      {
        roomArn: arn,
        name: 'stream:live',
        attributes: { channelId: owned.id, version: '1', isLive: 'true' },
      },
      {
        roomArn: arn,
        name: 'stage:live',
        attributes: { id: 'stage-ann:2', stageId: 'stage-ann', isLive: 'true' },
      },
    ]);
  });

  test('calls IVS for none of these: no room, mock data, a new and a deleted row, a change that nobody sees', async () => {
    const before = calls();
    const arn = await newRoom('cost');
    const owner = channel({ username: 'cost', chatRoomArn: arn });
    const mock = channel({ username: 'mock-1', chatRoomArn: arn });
    const records = [
      goesLive(channel({ username: 'roomless' })),
      goesLive({ ...mock, arn: 'arn:aws:ivs:us-west-2:000000000000:channel/mock-1' }),
      goesLive(
        channel({ username: 'seeded', chatRoomArn: 'arn:aws:ivschat:us-west-2:000000000000:room/mock-1' }),
      ),
      record('channels', undefined, { ...owner, isLive: true }),
      record('channels', { ...owner, isLive: true }, undefined),
      record('channels', owner, { ...owner, followerCount: 7, version: 5 }),
      record('stages', { ...mock, isLive: false }, { ...mock, isLive: true }),
    ];
    expect(await announce(records)).toEqual(done);
    expect(calls()).toBe(before);
  });

  test('is done with a room that does not exist any more', async () => {
    const gone = 'arn:aws:ivschat:us-west-2:000000000000:room/AbCdef1G2hij';
    expect(await announce([goesLive(channel({ username: 'gone', chatRoomArn: gone }))])).toEqual(done);
    expect(logged).toContain('the chat room of an announcement does not exist any more');
  });

  test('waits while IVS throttles, and reports the first change that it could not tell in time', async () => {
    const [first, second] = [await newRoom('first'), await newRoom('second')];
    const records = [
      goesLive(channel({ username: 'first', chatRoomArn: first })),
      goesLive(channel({ username: 'second', chatRoomArn: second })),
    ] as const;
    ivs.simulator.faults.add({ operation: 'SendEvent', failure: 'throttled', times: 2 });
    expect(await announce(records)).toEqual(done);
    expect(sent.map(event => event.roomArn).sort()).toEqual([first, second].sort());

    sent.length = 0;
    ivs.simulator.faults.add({ operation: 'SendEvent', failure: 'throttled', times: 100 });
    expect(await announce(records, 300)).toEqual(failedAt(records[0]));
    expect(sent).toEqual([]);
  });

  test('tells a number of viewers, and after a throttled call no other of the batch, but everything else', async () => {
    const arn = await newRoom('numbers');
    const watched = (username: string, viewers: number) => {
      const owned = { ...live(channel({ username, chatRoomArn: arn })).channel, version: 3 };
      const counted = { viewers, viewersAt: '2026-01-15T10:05:00.000Z' };
      return record('channels', owned, { ...owned, ...counted });
    };
    expect(await announce([watched('one', 12)])).toEqual(done);
    expect(sent).toMatchObject([
      { name: 'stream:viewers', attributes: { channelId: 'one', viewers: '12', version: '3' } },
    ]);

    sent.length = 0;
    const before = calls();
    ivs.simulator.faults.add({ operation: 'SendEvent', failure: 'throttled', times: 2 });
    const many = Array.from({ length: 40 }, (_, n) => watched(`many${n}`, n + 1));
    const begun = performance.now();
    expect(await announce([...many, goesLive(channel({ username: 'first', chatRoomArn: arn }))])).toEqual(
      done,
    );
    expect(performance.now() - begun).toBeLessThan(1_500);
    expect(sent.map(event => (event.kind === 'event' ? event.name : ''))).toContain('stream:live');
    expect(calls() - before).toBeLessThanOrEqual(22);
  });

  test('tells all of 300 channels that change at once, at the rate of IVS', async () => {
    const limited = await startIvs({
      quota: tokenBuckets(() => performance.now()),
      onRoomEvent: event => sent.push(event),
    });
    const { createRoom } = rooms(
      limited.chat,
      { stackName: 'UGC-test', clock: () => new Date() },
      testAttachments,
    );
    const { arn } = await createRoom({ userId: 'user-many', name: 'many' });
    const receiver = roomReceiver({ database: database(), chat: chatControl(limited.chat), log: quiet });
    const tell = announcer({ tables: database().names, receivers: [receiver], log: quiet, budgetMs: 1_000 });
    const begun = performance.now();
    // Lambda runs up to four batches of a shard at the same time.
    await Promise.all(
      ['a', 'b', 'c', 'd'].map(async part => {
        let left: StreamRecord[] = Array.from({ length: 75 }, (_, n) =>
          goesLive(channel({ username: `${part}${n}`, chatRoomArn: arn })),
        );
        while (left.length > 0) {
          const [failure] = (await tell({ Records: left })).batchItemFailures;
          const next = left.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === failure?.itemIdentifier);
          left = next < 0 ? [] : left.slice(next);
        }
      }),
    );
    const seconds = (performance.now() - begun) / 1000;
    const told = new Set(sent.map(event => (event.kind === 'event' ? event.attributes['id'] : '')));
    expect(told.size).toBe(300);
    process.stdout.write(
      `announce: told 300 channels with ${sent.length} events in ${seconds.toFixed(1)} s\n`,
    );
    expect(sent.length).toBeLessThan(600);
    await limited.stop();
  });

  test('tells the changes around one that cannot be read, and reports that one', async () => {
    const arn = await newRoom('around');
    const good = (username: string) => goesLive(channel({ username, chatRoomArn: arn }));
    const bad = record('channels', { id: 'bad' }, { id: 'bad', isLive: true });
    const foreign = {
      ...good('x'),
      eventSourceARN: 'arn:aws:dynamodb:us-west-2:000000000000:table/Other/stream/1',
    };
    expect(await announce([good('a'), bad, good('b'), foreign])).toEqual(failedAt(bad));
    expect(sent).toHaveLength(2);
  });
});
