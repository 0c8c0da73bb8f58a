import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { localQueue } from '../../local/awsEndpoint/queue.ts';
import { secretVersions } from '../../local/awsEndpoint/secretVersions.ts';
import { chatLog } from '../../local/chat/chatLog.ts';
import type { RoomPush } from '../../local/chat/pushes.ts';
import { createTable } from '../../local/dynamo/createTables.ts';
import { eventBus } from '../../local/eventBus/eventBus.ts';
import { ivsRule } from '../../local/eventBus/pattern.ts';
import { unlimited } from '../../local/ivs/quotas.ts';
import { type IvsSimulator, ivsSimulator } from '../../local/ivs/simulator.ts';
import { eventReceiver } from '../../local/receiveEvent.ts';
import { openStateStore, type StateStore, stateTable } from '../../local/stateStore.ts';
import { CommandError } from '../../model/variables.ts';
import type { EventOutcome } from '../../streamEventsApi/handleEvent.ts';
import { localCredentials, useDatabase } from '../support/database.ts';
import { ivsEvent, STREAM } from '../unit/localIvsEndpoint.ts';

const database = useDatabase();
let client: DynamoDBClient;
beforeAll(async () => {
  client = new DynamoDBClient({ ...localCredentials, endpoint: database().engine.endpoint });
  await createTable(client, stateTable, stateTable.name);
});
afterAll(() => client.destroy());

let stacks = 0;
let stackName = '';
/** The state that the next process reads, after all acknowledged writes. */
const restarted = async (stateStore: StateStore) => {
  await stateStore.saved();
  return openStateStore(client, stackName);
};
const newStack = () => {
  stackName = `UGC-${++stacks}`;
  return openStateStore(client, stackName);
};
const texts = (stateStore: StateStore) => stateStore.read('text', z.string()).map(({ value }) => value);

describe('stored local state', () => {
  test('is there for the next process, in the order of its ids, with the latest values', async () => {
    const stateStore = await newStack();
    for (const text of ['a', 'b', 'c']) stateStore.put('text', stateStore.newId(), text);
    stateStore.put('text', 'z', 'first');
    stateStore.put('text', 'z', 'last');
    stateStore.put('text', 'gone', 'gone');
    stateStore.remove('text', 'gone');
    stateStore.put('other', 'a', 1);
    expect(texts(await restarted(stateStore))).toEqual(['a', 'b', 'c', 'last']);
  });

  test('may need more than one transaction', async () => {
    const stateStore = await newStack();
    const long = 'x'.repeat(90_000);
    const ids = Array.from({ length: 250 }, () => stateStore.newId());
    for (const id of ids) stateStore.put('text', id, `${id} ${long}`);
    await stateStore.saved();
    for (const id of ids.slice(0, 120)) stateStore.remove('text', id);
    const left = texts(await restarted(stateStore));
    expect(left.map(text => text.split(' ')[0])).toEqual(ids.slice(120));
  });

  test('belongs to one stack', async () => {
    const stateStore = await newStack();
    stateStore.put('text', 'a', 'ours');
    await stateStore.saved();
    expect(texts(await newStack())).toEqual([]);
  });

  test('refuses a value that is too large, and stores the others', async () => {
    const stateStore = await newStack();
    expect(() => stateStore.put('text', 'large', 'x'.repeat(400_000))).toThrow('cannot be stored');
    stateStore.put('text', 'small', 'small');
    expect(texts(await restarted(stateStore))).toEqual(['small']);
  });

  test('in an unknown format keeps the stack from starting', async () => {
    const stateStore = await newStack();
    stateStore.put('text', 'a', 3);
    const next = await restarted(stateStore);
    expect(() => texts(next)).toThrow(CommandError);
    expect(() => texts(next)).toThrow('this version of local mode cannot read a text');
  });
});

describe('an IVS simulator that continues from the state of an earlier one', () => {
  const simulator = (stateStore: StateStore) =>
    ivsSimulator({ emit: () => {}, quota: unlimited, stateStore });
  const call = (ivs: IvsSimulator, operation: string, input: object): unknown => {
    const answer = ivs.call(operation, input);
    if (answer.kind !== 'done') throw new Error(`${operation} failed: ${JSON.stringify(answer)}`);
    return answer.body;
  };
  const arn = z.object({ arn: z.string() });
  const made = {
    CreateChannel: z.object({ channel: arn, streamKey: arn }),
    CreateStage: z.object({ stage: arn }),
    CreateParticipantToken: z.object({ participantToken: z.object({ participantId: z.string() }) }),
    CreateChatToken: z.object({ token: z.string() }),
  };

  test('answers every read as the earlier one did, after any changes', async () => {
    const stateStore = await newStack();
    const ivs = simulator(stateStore);
    const create = (name: string) => made.CreateChannel.parse(call(ivs, 'CreateChannel', { name }));
    const [alice, deleted, rekeyed] = [create('alice'), create('deleted'), create('rekeyed')];
    const room = arn.parse(call(ivs, 'CreateRoom', { name: 'alice' })).arn;
    const goneRoom = arn.parse(call(ivs, 'CreateRoom', {})).arn;
    const stage = made.CreateStage.parse(call(ivs, 'CreateStage', { name: 'alice' })).stage.arn;
    const goneStage = made.CreateStage.parse(call(ivs, 'CreateStage', {})).stage.arn;
    const changes: [string, object][] = [
      ['UpdateChannel', { arn: alice.channel.arn, type: 'BASIC' }],
      ['DeleteChannel', { arn: deleted.channel.arn }],
      ['DeleteStreamKey', { arn: rekeyed.streamKey.arn }],
      ['CreateStreamKey', { channelArn: rekeyed.channel.arn, tags: { new: 'key' } }],
      ['UpdateRoom', { identifier: room, maximumMessageLength: 100 }],
      ['DeleteRoom', { identifier: goneRoom }],
      ['UpdateStage', { arn: stage, name: 'bob' }],
      ['DeleteStage', { arn: goneStage }],
    ];
    for (const [operation, input] of changes) call(ivs, operation, input);
    for (const resourceArn of [alice.channel.arn, room, stage]) {
      call(ivs, 'TagResource', { resourceArn, tags: { a: 'b', c: 'd' } });
      call(ivs, 'UntagResource', { resourceArn, tagKeys: ['a'] });
    }
    const request = { stageArn: stage, userId: 'u-1' };
    const guest = made.CreateParticipantToken.parse(call(ivs, 'CreateParticipantToken', request));
    const { participantId } = guest.participantToken;
    ivs.applyEvent(ivsEvent('Session Created', '10:00:00', { channel: alice.channel.arn }));
    ivs.applyEvent(ivsEvent('Stream Start', '10:00:08', { channel: alice.channel.arn }));
    ivs.applyEvent(ivsEvent('Stream Start', '10:00:00', { streamId: STREAM }));
    ivs.applyEvent({
      ...ivsEvent('', '10:00:00', { channel: stage }),
      'detail-type': 'IVS Stage Update',
      detail: { event_name: 'Participant Published', participant_id: participantId, session_id: 'st-1' },
    });

    const next = simulator(await restarted(stateStore));
    const reads: [string, object][] = [
      ['ListChannels', {}],
      ['GetChannel', { arn: alice.channel.arn }],
      ['ListStreamKeys', { channelArn: rekeyed.channel.arn }],
      ['ListStreams', {}],
      ['GetStreamSession', { channelArn: alice.channel.arn }],
      ['ListRooms', {}],
      ['GetRoom', { identifier: room }],
      ['ListStages', {}],
      ['GetStage', { arn: stage }],
      ['ListStageSessions', { stageArn: stage }],
      ['ListTagsForResource', { resourceArn: stage }],
    ];
    for (const [operation, input] of reads)
      expect([operation, call(next, operation, input)]).toEqual([operation, call(ivs, operation, input)]);
    expect(next.resources()).toEqual(ivs.resources());
    expect(next.resources()).toMatchObject({ rooms: [{ name: 'alice' }], stages: [{ name: 'bob' }] });
    expect(call(next, 'DisconnectParticipant', { stageArn: stage, participantId })).toEqual({});
  });

  test('accepts a chat token once, whichever of them issued it', async () => {
    const stateStore = await newStack();
    const ivs = simulator(stateStore);
    const roomIdentifier = arn.parse(call(ivs, 'CreateRoom', {})).arn;
    const token = () =>
      made.CreateChatToken.parse(call(ivs, 'CreateChatToken', { roomIdentifier, userId: 'u-1' })).token;
    const [used, unused] = [token(), token()];
    const grant = ivs.redeem(used);
    const next = simulator(await restarted(stateStore));
    expect(next.redeem(used)).toBeUndefined();
    expect(next.redeem(unused)).toMatchObject({ roomArn: roomIdentifier, userId: grant?.userId });
    expect(next.redeem(unused)).toBeUndefined();
  });

  test('ends a stream that was being stopped', async () => {
    const stateStore = await newStack();
    const slow = { quota: unlimited, stopDelayMs: 60_000 };
    const ivs = ivsSimulator({ emit: () => {}, stateStore, ...slow });
    const { channel } = made.CreateChannel.parse(call(ivs, 'CreateChannel', { name: 'alice' }));
    ivs.applyEvent(ivsEvent('Stream Start', '10:00:00', { channel: channel.arn }));
    call(ivs, 'StopStream', { channelArn: channel.arn });

    const emitted: unknown[] = [];
    const left = await restarted(stateStore);
    const next = ivsSimulator({ emit: event => emitted.push(event), stateStore: left, ...slow });
    expect(next.resources().channels).toMatchObject([{ isLive: true }]);
    next.finishStops();
    expect(next.resources().channels).toMatchObject([{ isLive: false }]);
    expect(emitted).toHaveLength(2);
    expect(await restarted(left).then(again => again.read('streamStop', z.unknown()))).toEqual([]);
  });
});

describe('work in progress when the process ended', () => {
  const never = () => new Promise<never>(() => {});
  const event = ivsEvent('Stream Start', '10:00:00');

  test('delivers an accepted event in the next process, once', async () => {
    const delivered: unknown[] = [];
    const receiver = (stateStore: StateStore, target: (event: unknown) => Promise<EventOutcome>) =>
      eventReceiver({
        ivs: ivsSimulator({ emit: () => {}, stateStore }),
        bus: eventBus({ pattern: ivsRule, target, onDeadLetter: () => {} }),
        log: () => {},
        stateStore,
      });
    const stateStore = await newStack();
    receiver(stateStore, never).accept(event);
    const next = await restarted(stateStore);
    const done = new Promise<void>(resolve => {
      receiver(next, async given => {
        delivered.push(given);
        resolve();
        return { result: 'folded' };
      }).deliverPending();
    });
    await done;
    await new Promise(setImmediate);
    expect(delivered).toEqual([{ ...event }]);
    receiver(await restarted(next), never).deliverPending();
    expect(delivered).toHaveLength(1);
    expect((await restarted(next)).read('event', z.unknown())).toEqual([]);
  });

  test('archives a line of chat in the next process, once', async () => {
    const push: RoomPush = {
      Type: 'EVENT',
      Id: 'AbCdEf012345',
      RequestId: '',
      EventName: 'hello',
      Attributes: {},
      SendTime: '2026-01-15T10:00:00Z',
    };
    const batches: unknown[] = [];
    const log = (stateStore: StateStore, subscriber: (batch: unknown) => Promise<unknown>) =>
      chatLog({ account: '000000000000', subscriber, onDeadLetter: () => {}, stateStore });
    const archive = async (batch: unknown) => batches.push(batch);
    const stateStore = await newStack();
    log(stateStore, never).write('arn:aws:ivschat:us-west-2:000000000000:room/AbCdEf012345', push);
    const next = await restarted(stateStore);
    await log(next, archive).flush();
    expect(batches).toHaveLength(1);
    await log(await restarted(next), archive).flush();
    expect(batches).toHaveLength(1);
  });
});

test('a secret keeps its versions and labels', async () => {
  const stateStore = await newStack();
  const at = new Date('2026-01-15T10:00:00Z');
  const first = { name: 'TokenSecret', arn: 'arn', value: 'first', createdAt: at };
  const secret = secretVersions(first, () => at, stateStore);
  const { id } = secret.get(undefined, undefined);
  secret.put('second', 'new', ['AWSPENDING']);
  secret.moveStage('AWSCURRENT', 'second', id);
  secret.moveStage('AWSPENDING', undefined, 'second');
  const again = secretVersions({ ...first, value: 'another' }, () => at, await restarted(stateStore));
  expect(again.labelled()).toEqual(secret.labelled());
  expect(again.get(undefined, 'AWSPREVIOUS')).toMatchObject({ id, value: 'first' });
  expect(again.get(undefined, undefined)).toMatchObject({ id: 'second', value: 'new' });
});

test('a queue keeps its messages that were not deleted, and all of them can be received again', async () => {
  const stateStore = await newStack();
  const queue = (from: StateStore) =>
    localQueue({ name: 'queue', item: z.string(), bodyOf: item => `<${item}>`, stateStore: from });
  const before = queue(stateStore);
  for (const item of ['a', 'b', 'c']) before.send(item);
  const [received] = before.receive(2, 60_000);
  before.delete(received?.receipt ?? '');
  const after = queue(await restarted(stateStore));
  expect(after.items()).toEqual(['b', 'c']);
  expect(after.receive(10, 60_000).map(({ body }) => body)).toEqual(['<b>', '<c>']);
});
