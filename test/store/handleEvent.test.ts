import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Channel } from '../../model/channel.ts';
import { documentClient } from '../../store/database.ts';
import { listEvents } from '../../store/streamEvents.ts';
import { listVods } from '../../store/streams.ts';
import { localCredentials, useDatabase } from '../support/database.ts';
import { handling, putChannel, readChannelRow, readSessions } from '../support/eventHandling.ts';
import { injectFaults } from '../support/faults.ts';
import {
  accountLimitEvent,
  type Envelope,
  healthEvent,
  limitEvent,
  recordingEvent,
  second,
  stateEvent,
} from '../support/ivsEvents.ts';
import { recordRequests } from '../support/requests.ts';

const fixtures = join(process.cwd(), 'test/fixtures/events');
const fixture = (name: string): Envelope => JSON.parse(readFileSync(join(fixtures, `${name}.json`), 'utf8'));

describe('postStreamEvents', () => {
  const database = useDatabase();
  let channel: Channel;
  let channels = 0;
  beforeEach(async () => {
    const id = `channel${++channels}`;
    channel = await putChannel(database(), { id, arn: `arn:aws:ivs:us-west-2:123456789012:channel/${id}` });
  });

  // Stream and event ids are IVS's and unique; here, channels share them, so that they are made the channel's own.
  const ours = (event: Envelope): Envelope => ({
    ...event,
    id: `${channel.id}-${event.id}`,
    resources: [channel.arn],
  });
  const stream = async (id: string) =>
    (await readSessions(database(), channel.id)).find(row => row.id === id);
  async function play(...events: Envelope[]) {
    const { handle } = handling(database());
    for (const event of events) await handle(ours(event));
  }

  const broadcast = [
    'session-created',
    'recording-start',
    'stream-start',
    'starvation-start',
    'starvation-end',
    'session-ended',
    'stream-end',
    'recording-end',
  ];

  test('a whole broadcast leaves an ended session with its recording, and an offline channel', async () => {
    await play(...broadcast.slice(0, 3).map(fixture));
    expect(await readChannelRow(database(), channel.id)).toMatchObject({
      isLive: true,
      openStreamId: 'st-1A2b3c4D5e6F78ghij9Klmn',
      liveStartedAt: '2026-01-15T10:00:00.000Z',
    });
    await play(...broadcast.slice(3).map(fixture));
    const after = await readChannelRow(database(), channel.id);
    expect(after).toMatchObject({ isLive: false, newestStreamId: 'st-1A2b3c4D5e6F78ghij9Klmn' });
    expect(after).not.toHaveProperty('openStreamId');
    expect(after).not.toHaveProperty('live');
    const session = await stream('st-1A2b3c4D5e6F78ghij9Klmn');
    expect(session).toMatchObject({
      title: 'Hello',
      username: 'Alice',
      startedAt: '2026-01-15T10:00:00.000Z',
      endedAt: '2026-01-15T11:00:00.000Z',
      isLive: false,
      isHealthy: true,
      recordingStatus: 'ended',
      recordingStartedAt: '2026-01-15T10:00:06.000Z',
      recordingEndedAt: '2026-01-15T11:01:10.000Z',
      recordingDurationMs: 3_597_000,
      recordingPath: 'ivs/v1/123456789012/AbCdef1G2hij/2026/1/15/10/0/j8Z9O91ndcVs',
    });
    expect(session).not.toHaveProperty('isOpen');
    const timeline = await listEvents(database(), 'st-1A2b3c4D5e6F78ghij9Klmn', { limit: 100 });
    expect(timeline.items.filter(event => event.channelId === channel.id).map(event => event.name)).toEqual([
      'Session Created',
      'Recording Start',
      'Stream Start',
      'Starvation Start',
      'Starvation End',
      'Session Ended',
      'Stream End',
      'Recording End',
    ]);
  });

  test('a whole broadcast takes two requests an event, whatever the length of the history', async () => {
    for (let n = 0; n < 30; n++) {
      await play(
        stateEvent('Session Created', `st-old${n}`, second(n * 3 - 600)),
        stateEvent('Stream Start', `st-old${n}`, second(n * 3 - 599)),
        stateEvent('Session Ended', `st-old${n}`, second(n * 3 - 598)),
      );
    }
    const client = documentClient({ ...localCredentials, endpoint: database().engine.endpoint });
    const requests = recordRequests(client);
    const { handle } = handling({ ...database(), client });
    for (const name of broadcast) await handle(ours(fixture(name)));
    expect(requests()).toEqual(broadcast.flatMap(() => ['BatchGetItem', 'TransactWriteItems']));
    client.destroy();
  });

  test('a session takes the title and category that the channel has when it starts, once', async () => {
    await putChannel(database(), { ...channel, title: 'First', categoryId: 'gaming' });
    await play(stateEvent('Stream Start', 'st-a', second(5)));
    await putChannel(database(), { ...(await readChannelRow(database(), channel.id)), title: 'Second' });
    await play(
      stateEvent('Session Created', 'st-a', second(1)),
      stateEvent('Session Created', 'st-b', second(9)),
    );
    expect(await stream('st-a')).toMatchObject({ title: 'First', categoryId: 'gaming' });
    expect(await stream('st-b')).toMatchObject({ title: 'Second' });
  });

  test('a Session Created takes isOpen from the older session, which ends when the new one starts', async () => {
    await play(
      stateEvent('Session Created', 'st-a', second(0)),
      stateEvent('Stream Start', 'st-a', second(2)),
      stateEvent('Session Created', 'st-b', second(10)),
    );
    expect(await stream('st-a')).toMatchObject({ endedAt: '2026-01-15T10:00:10.000Z', isLive: false });
    expect(await stream('st-a')).not.toHaveProperty('isOpen');
    expect(await stream('st-b')).toMatchObject({ isOpen: 'true' });
    expect(await readChannelRow(database(), channel.id)).toMatchObject({
      openStreamId: 'st-b',
      isLive: false,
    });
  });

  test('a late Session Created of an older session opens nothing', async () => {
    await play(
      stateEvent('Session Created', 'st-b', second(10)),
      stateEvent('Stream Start', 'st-b', second(11)),
      stateEvent('Session Created', 'st-a', second(0)),
    );
    expect(await readChannelRow(database(), channel.id)).toMatchObject({
      openStreamId: 'st-b',
      isLive: true,
    });
    expect(await stream('st-a')).toMatchObject({ endedAt: '2026-01-15T10:00:10.000Z' });
  });

  test('an event seen before changes nothing at all', async () => {
    const event = stateEvent('Session Created', 'st-a', second(0));
    await play(event);
    const before = [await readChannelRow(database(), channel.id), await stream('st-a')];
    expect(await handling(database()).handle(ours(event))).toEqual({ result: 'duplicate' });
    expect([await readChannelRow(database(), channel.id), await stream('st-a')]).toEqual(before);
  });

  test('failures and limit breaches of a session are marked on it, and a failed one is over', async () => {
    await play(stateEvent('Session Created', 'st-a', second(0)), limitEvent('st-a', second(1)));
    expect(await stream('st-a')).toMatchObject({ hasErrorEvent: true, isOpen: 'true' });
    await play(
      stateEvent('Session Created', 'st-b', second(5)),
      stateEvent('Stream Failure', 'st-b', second(6)),
    );
    expect(await stream('st-b')).toMatchObject({ hasErrorEvent: true, endedAt: '2026-01-15T10:00:06.000Z' });
    expect(await readChannelRow(database(), channel.id)).not.toHaveProperty('openStreamId');
  });

  test('a recording that could not start or end says so and why', async () => {
    await play(
      stateEvent('Session Created', 'st-a', second(0)),
      recordingEvent('Recording Start Failure', 'st-a', second(1), {
        path: '',
        reason: 'ValidationException',
      }),
    );
    expect(await stream('st-a')).toMatchObject({
      recordingStatus: 'failed',
      recordingFailureReason: 'ValidationException',
      hasErrorEvent: true,
    });
  });

  test('a recording merged over reconnects is one VOD, with the time its first session began to record', async () => {
    await play(
      stateEvent('Session Created', 'st-a', second(0)),
      recordingEvent('Recording Start', 'st-a', second(1)),
      stateEvent('Session Created', 'st-b', second(10)),
      recordingEvent('Recording Start', 'st-b', second(11)),
      recordingEvent('Recording End', 'st-b', second(50), {
        durationMs: 40_000,
        streamIds: ['st-a', 'st-b'],
      }),
    );
    expect(await stream('st-b')).toMatchObject({
      recordingStatus: 'ended',
      recordingStartedAt: '2026-01-15T10:00:01.000Z',
      recordingDurationMs: 40_000,
    });
    const merged = await stream('st-a');
    expect(merged).toMatchObject({ recordingStreamId: 'st-b' });
    expect(merged).not.toHaveProperty('recordingStatus');
    expect(merged).not.toHaveProperty('recordingPath');
  });

  describe("the channel's preview", () => {
    const preview = async () => (await readChannelRow(database(), channel.id)).livePreviewPath;
    const begin = (id: string, path: string, at = 1) =>
      recordingEvent('Recording Start', id, second(at), { path });

    test('is where the recording of its open session is written, from Recording Start to Recording End', async () => {
      await play(stateEvent('Session Created', 'st-a', second(0)));
      expect(await preview()).toBeUndefined();
      await play(begin('st-a', 'path/a'));
      expect(await preview()).toBe('path/a');
      await play(recordingEvent('Recording End', 'st-a', second(5), { path: 'path/a' }));
      expect(await preview()).toBeUndefined();
    });

    test('goes when the recording fails, and is none where it ends after its session', async () => {
      await play(stateEvent('Session Created', 'st-a', second(0)), begin('st-a', 'path/a'));
      await play(recordingEvent('Recording End Failure', 'st-a', second(3), { path: 'path/a' }));
      expect(await preview()).toBeUndefined();
      await play(stateEvent('Session Created', 'st-b', second(10)), begin('st-b', 'path/b', 11));
      await play(stateEvent('Session Ended', 'st-b', second(20)));
      expect(await preview()).toBeUndefined();
      expect(await stream('st-b')).toMatchObject({ recordingStatus: 'recording', recordingPath: 'path/b' });
    });

    test("goes with a Recording End of another session that took the open one's recording in", async () => {
      await play(stateEvent('Session Created', 'st-a', second(0)), begin('st-a', 'path/a'));
      await play(recordingEvent('Recording End', 'st-x', second(9), { streamIds: ['st-a', 'st-x'] }));
      expect(await stream('st-a')).toMatchObject({ isOpen: 'true', recordingStreamId: 'st-x' });
      expect(await preview()).toBeUndefined();
    });

    test('is there when the recording was heard of before the session', async () => {
      await play(begin('st-a', 'path/a'));
      expect(await preview()).toBeUndefined();
      await play(stateEvent('Session Created', 'st-a', second(0)));
      expect(await preview()).toBe('path/a');
    });

    test('is that of the session that supersedes another', async () => {
      await play(stateEvent('Session Created', 'st-a', second(0)), begin('st-a', 'path/a'));
      await play(stateEvent('Session Created', 'st-b', second(10)));
      expect(await preview()).toBeUndefined();
      await play(begin('st-b', 'path/b', 11));
      expect(await preview()).toBe('path/b');
      // Of the older one, which no longer matters: it is written, and the channel is not.
      const before = await readChannelRow(database(), channel.id);
      await play(recordingEvent('Recording End', 'st-a', second(12), { path: 'path/a' }));
      expect(await readChannelRow(database(), channel.id)).toEqual(before);
    });

    const end = recordingEvent('Recording End', 'st-a', second(5), { path: 'path/a' });
    test.each([
      ['Recording Start', begin('st-a', 'path/earlier', 0), 'path/earlier'],
      ['Recording End', end, undefined],
    ])('is right when the session opens between the two reads of a %s', async (_, event, expected) => {
      await play(begin('st-a', 'path/a'));
      const client = documentClient({ ...localCredentials, endpoint: database().engine.endpoint });
      let reads = 0;
      client.middlewareStack.add(
        (next, context) => async args => {
          if (context['commandName'] !== 'BatchGetItemCommand' || reads++ > 0) return next(args);
          const first = await next(args);
          await play(stateEvent('Session Created', 'st-a', second(0)));
          const then = await next(args);
          Object.assign(then.output, torn(first.output, then.output));
          return then;
        },
        { step: 'initialize', name: 'torn' },
      );
      const { handle, counted } = handling({ ...database(), client });
      await handle(ours(event));
      client.destroy();
      expect(counted).toEqual(['FoldConflict', 'EventHandled', 'EventFolded']);
      expect(await stream('st-a')).toMatchObject({ isOpen: 'true' });
      expect(await preview()).toBe(expected);
    });

    /** What a read gives that has the channel of one instant and its sessions of another. */
    function torn(first: object, then: object): object {
      const rows = (output: object, table: 'channels' | 'streams') =>
        'Responses' in output ? Object(output.Responses)[database().names[table]] : undefined;
      return {
        Responses: {
          [database().names.channels]: rows(first, 'channels'),
          [database().names.streams]: rows(then, 'streams'),
        },
      };
    }
  });

  test('a recording is among the VODs from its Recording End on, at the start of its session, and once', async () => {
    const vods = async () => {
      const { items } = await listVods(database(), channel.id, { limit: 100 });
      return items.map(({ id, vodStartedAt }) => [id, vodStartedAt]);
    };
    await play(recordingEvent('Recording Start', 'st-a', second(1)));
    await play(recordingEvent('Recording End', 'st-a', second(50), { durationMs: 40_000 }));
    // Nothing says that the session has started.
    expect(await vods()).toEqual([]);
    await play(stateEvent('Session Created', 'st-a', second(0)));
    expect(await vods()).toEqual([['st-a', '2026-01-15T10:00:00.000Z']]);
    await play(
      stateEvent('Session Created', 'st-b', second(30)),
      recordingEvent('Recording End', 'st-b', second(55), { streamIds: ['st-a', 'st-b'] }),
    );
    expect(await vods()).toEqual([['st-b', '2026-01-15T10:00:30.000Z']]);
    await play(recordingEvent('Recording End Failure', 'st-b', second(56)));
    expect(await vods()).toEqual([]);
  });

  test('a recording merged over more sessions than a transaction takes is folded whole', async () => {
    const streamIds = Array.from({ length: 230 }, (_, n) => `st-${String(n).padStart(3, '0')}`);
    const last = streamIds.at(-1) ?? '';
    const end = recordingEvent('Recording End', last, second(50), { durationMs: 1, streamIds });
    await play(end);
    const rows = await readSessions(database(), channel.id);
    // Once more, and every row is as it was.
    await play(end);
    expect(await readSessions(database(), channel.id)).toEqual(rows);
    expect(rows.length).toBe(230);
    expect(rows.filter(row => row.recordingStreamId === last).length).toBe(229);
    expect(rows.find(row => row.id === last)).toMatchObject({ recordingStatus: 'ended' });
  });

  test("an account's limit breach is counted and logged and changes no row", async () => {
    const { handle, counted, logged } = handling(database());
    expect(await handle(accountLimitEvent(second(0)))).toEqual({ result: 'counted' });
    expect(counted).toEqual(['EventHandled', 'AccountLimitBreached']);
    expect(logged).toMatchObject([{ level: 'warn', attributes: { limit: 'Concurrent Viewers' } }]);
    expect(await readSessions(database(), channel.id)).toEqual([]);
  });

  test('an event of a channel or stage that is not ours is dropped and logged once', async () => {
    const { handle, logged, counted } = handling(database());
    const arn = 'arn:aws:ivs:us-west-2:123456789012:channel/notOurs';
    const foreign = stateEvent('Session Created', 'st-a', second(0), { resources: [arn] });
    expect(await handle(foreign)).toEqual({ result: 'dropped', reason: 'the channel is not ours' });
    expect(await handle(fixture('participant-published'))).toEqual({
      result: 'dropped',
      reason: 'the stage is not ours',
    });
    expect(logged.map(line => line.attributes['reason'])).toEqual([
      'the channel is not ours',
      'the stage is not ours',
    ]);
    expect(counted).toEqual(['EventHandled', 'EventDropped', 'EventHandled', 'EventDropped']);
  });

  test.each([
    ['not an object', 'hello', 'event: '],
    ['no id', { ...fixture('stream-start'), id: undefined }, 'id: '],
    ['a detail-type that is not handled', fixture('cloudtrail-api-call'), 'detail-type: '],
    ['another source', { ...fixture('stream-start'), source: 'aws.s3' }, 'source: '],
    ['a time that is none', { ...fixture('stream-start'), time: 'yesterday' }, 'time: '],
    ['no channel', { ...fixture('stream-start'), resources: [] }, 'resources[0]: '],
    [
      'an ARN of something else',
      { ...fixture('stream-start'), resources: ['arn:aws:ivs:us-west-2:123456789012:stage/x'] },
      'resources[0]: ',
    ],
    [
      'no stream id',
      { ...fixture('stream-start'), detail: { event_name: 'Stream Start' } },
      'detail.stream_id: ',
    ],
  ])('an event with %s is malformed: dropped, with the place named', async (_, event, place) => {
    const outcome = await handling(database()).handle(event);
    expect(outcome).toMatchObject({
      result: 'dropped',
      reason: expect.stringContaining(`malformed: ${place}`),
    });
  });

  test('an event whose name is not known is in the timeline and changes no state', async () => {
    await play(stateEvent('Session Created', 'st-a', second(0)));
    const before = await readChannelRow(database(), channel.id);
    await play(
      stateEvent('Stream Takeover', 'st-a', second(1)),
      stateEvent('Something New', 'st-a', second(2)),
    );
    expect(await readChannelRow(database(), channel.id)).toEqual(before);
    const { items } = await listEvents(database(), 'st-a', { limit: 100 });
    expect(items.filter(event => event.channelId === channel.id).map(event => event.name)).toEqual([
      'Session Created',
      'Stream Takeover',
      'Something New',
    ]);
  });

  test('an event of a channel that is deleted while it is folded leaves nothing behind', async () => {
    const client = documentClient({ ...localCredentials, endpoint: database().engine.endpoint });
    const { handle } = handling({ ...database(), client });
    const key = { TableName: database().names.channels, Key: { id: channel.id } };
    client.middlewareStack.add(
      (next, context) => async args => {
        if (context['commandName'] === 'TransactWriteItemsCommand') {
          await database().client.send(new DeleteCommand(key));
        }
        return next(args);
      },
      { step: 'initialize', name: 'deletion' },
    );
    const events = [
      healthEvent('Starvation Start', 'st-gone', second(0)),
      stateEvent('Session Created', 'st-gone', second(1)),
    ];
    for (const event of events) {
      await putChannel(database(), channel);
      expect(await handle(ours(event))).toEqual({ result: 'dropped', reason: 'the channel is not ours' });
    }
    expect(await readSessions(database(), channel.id)).toEqual([]);
    expect((await listEvents(database(), 'st-gone', { limit: 1 })).items).toEqual([]);
    client.destroy();
  });

  test('when DynamoDB goes on refusing, the event is thrown for EventBridge to deliver again', async () => {
    const client = documentClient({
      ...localCredentials,
      endpoint: database().engine.endpoint,
      maxAttempts: 1,
    });
    injectFaults(client, { throttle: 1 }, Math.random);
    const { handle } = handling({ ...database(), client });
    await expect(handle(ours(fixture('stream-start')))).rejects.toThrow('Throttled');
    client.destroy();
  });

  test('what is written for a seeded channel is seeded too, so that deleteSeed finds it', async () => {
    await putChannel(database(), { ...channel, seedShard: '3', seedRun: '1#run' });
    await play(stateEvent('Session Created', 'st-seeded', second(0)));
    expect(await stream('st-seeded')).toMatchObject({ seedShard: '3', seedRun: '1#run' });
    const { items } = await listEvents(database(), 'st-seeded', { limit: 1 });
    expect(items).toMatchObject([{ seedShard: '3', seedRun: '1#run' }]);
  });

  test('every sample event is handled or dropped for a reason', async () => {
    const stage = {
      id: 'oWXSOfbOLMte',
      arn: 'arn',
      name: 's',
      userId: 'u',
      isLive: false,
      publishedParticipants: [],
      version: 1,
    };
    const Item = { ...stage, createdAt: second(0), updatedAt: second(0) };
    await database().client.send(new PutCommand({ TableName: database().names.stages, Item }));
    await putChannel(database());
    const { handle } = handling(database());
    const outcomes = [];
    for (const file of readdirSync(fixtures)) {
      const sample = fixture(file.replace('.json', ''));
      outcomes.push([file, (await handle({ ...sample, id: `sample-${sample.id}` })).result]);
    }
    const odd = outcomes.filter(([, result]) => result !== 'folded');
    expect(odd).toEqual([
      ['cloudtrail-api-call.json', 'dropped'],
      ['limit-concurrent-broadcasts.json', 'counted'],
      ['limit-concurrent-viewers.json', 'counted'],
    ]);
  });
});
