import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Channel } from '../../model/channel.ts';
import { parseIvsEvent } from '../../model/ivsEvent.ts';
import { present } from '../../model/row.ts';
import { putLiveState } from '../../store/channels.ts';
import { documentClient } from '../../store/database.ts';
import { listEvents } from '../../store/streamEvents.ts';
import { listVods } from '../../store/streams.ts';
import { transact } from '../../store/transaction.ts';
import { localCredentials, useDatabase } from '../support/database.ts';
import { handling, putChannel, readChannelRow, readSessions } from '../support/eventHandling.ts';
import { injectFaults, KilledError } from '../support/faults.ts';
import {
  accountLimitEvent,
  type Envelope,
  healthEvent,
  limitEvent,
  recordingEvent,
  STAGE_ARN,
  second,
  stageEvent,
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

  // Stream and event ids are unique at IVS. Tests repeat them across channels, so they get the channel's id
  // as a prefix.
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

  test('a whole broadcast takes two requests per event, however long the history is', async () => {
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

  test('a session takes the title and category of its channel once, when it starts', async () => {
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

  test('a Session Created closes the older open session, which ends when the new one starts', async () => {
    await play(
      stateEvent('Session Created', 'st-a', second(0)),
      stateEvent('Stream Start', 'st-a', second(2)),
      stateEvent('Session Created', 'st-b', second(10)),
    );
    expect(await stream('st-a')).toMatchObject({ endedAt: '2026-01-15T10:00:10.000Z', isLive: false });
    expect(await stream('st-a')).not.toHaveProperty('isOpen');
    expect(await stream('st-b')).toMatchObject({ isOpen: expect.any(String) });
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

  test('a repeated event changes nothing', async () => {
    const event = stateEvent('Session Created', 'st-a', second(0));
    await play(event);
    const before = [await readChannelRow(database(), channel.id), await stream('st-a')];
    expect(await handling(database()).handle(ours(event))).toEqual({ result: 'duplicate' });
    expect([await readChannelRow(database(), channel.id), await stream('st-a')]).toEqual(before);
  });

  test('an event that another worker folds between the read and the write is a duplicate, without a retry', async () => {
    const event = stateEvent('Session Created', 'st-a', second(0));
    const client = documentClient({ ...localCredentials, endpoint: database().engine.endpoint });
    client.middlewareStack.add(
      (next, context) => async args => {
        if (context['commandName'] === 'TransactWriteItemsCommand') await play(event);
        return next(args);
      },
      { step: 'initialize', name: 'another worker' },
    );
    const { handle, counted } = handling({ ...database(), client });
    expect(await handle(ours(event))).toEqual({ result: 'duplicate' });
    expect(counted).toEqual(['EventHandled', 'EventDuplicate']);
    client.destroy();
  });

  test("a channel's live state is not written if the channel has changed since it was read", async () => {
    const read = await readChannelRow(database(), channel.id);
    const write = (isLive: boolean) =>
      transact(database(), [putLiveState(database(), read, { ...read, isLive, live: present }, second(0))]);
    expect(await write(true)).toEqual({ committed: true });
    expect(await write(false)).toEqual({ committed: false, failed: [0] });
    expect(await readChannelRow(database(), channel.id)).toMatchObject({ isLive: true });
  });

  test('failures and limit breaches are marked on their session, and a failed session has ended', async () => {
    await play(stateEvent('Session Created', 'st-a', second(0)), limitEvent('st-a', second(1)));
    expect(await stream('st-a')).toMatchObject({ hasErrorEvent: true, isOpen: expect.any(String) });
    await play(
      stateEvent('Session Created', 'st-b', second(5)),
      stateEvent('Stream Failure', 'st-b', second(6)),
    );
    expect(await stream('st-b')).toMatchObject({ hasErrorEvent: true, endedAt: '2026-01-15T10:00:06.000Z' });
    expect(await readChannelRow(database(), channel.id)).not.toHaveProperty('openStreamId');
  });

  test('a recording that could not start or end has the reason', async () => {
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

  test('a recording merged after reconnects is one VOD that starts with its first session', async () => {
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

  describe('the preview path of a channel', () => {
    const preview = async () => (await readChannelRow(database(), channel.id)).livePreviewPath;
    const begin = (id: string, path: string, at = 1) =>
      recordingEvent('Recording Start', id, second(at), { path });

    test("is that of its open session's recording, from Recording Start to Recording End", async () => {
      await play(stateEvent('Session Created', 'st-a', second(0)));
      expect(await preview()).toBeUndefined();
      await play(begin('st-a', 'path/a'));
      expect(await preview()).toBe('path/a');
      await play(recordingEvent('Recording End', 'st-a', second(5), { path: 'path/a' }));
      expect(await preview()).toBeUndefined();
    });

    test('is removed when the recording fails, and is not set when it ends after its session', async () => {
      await play(stateEvent('Session Created', 'st-a', second(0)), begin('st-a', 'path/a'));
      await play(recordingEvent('Recording End Failure', 'st-a', second(3), { path: 'path/a' }));
      expect(await preview()).toBeUndefined();
      await play(stateEvent('Session Created', 'st-b', second(10)), begin('st-b', 'path/b', 11));
      await play(stateEvent('Session Ended', 'st-b', second(20)));
      expect(await preview()).toBeUndefined();
      expect(await stream('st-b')).toMatchObject({ recordingStatus: 'recording', recordingPath: 'path/b' });
    });

    test("is removed by a Recording End of another session that includes the open session's recording", async () => {
      await play(stateEvent('Session Created', 'st-a', second(0)), begin('st-a', 'path/a'));
      await play(
        recordingEvent('Recording End', 'st-x', second(9), {
          durationMs: 20_000,
          streamIds: ['st-x', 'st-a'],
        }),
      );
      expect(await stream('st-a')).toMatchObject({ isOpen: expect.any(String), recordingStreamId: 'st-x' });
      expect(await preview()).toBeUndefined();
    });

    test('is set by a Recording Start that arrives before all other events of its session', async () => {
      await play(begin('st-a', 'path/a'));
      expect(await preview()).toBe('path/a');
      await play(stateEvent('Session Created', 'st-a', second(0)));
      expect(await preview()).toBe('path/a');
    });

    test('is removed by a Recording End that includes the recording and changes the order of its own session', async () => {
      const took = (id: string, durationMs: number) =>
        recordingEvent('Recording End', id, second(9), { durationMs, streamIds: [id, 'st-a'] });
      // The event moves the session that is the open one's neighbor, so the open session is read too.
      await play(recordingEvent('Recording End', 'st-x', second(8), { durationMs: 30_000 }));
      await play(stateEvent('Session Created', 'st-a', second(0)), begin('st-a', 'path/a'));
      await play(took('st-x', 20_000));
      expect(await stream('st-a')).toMatchObject({ isOpen: expect.any(String), recordingStreamId: 'st-x' });
      expect(await preview()).toBeUndefined();
    });

    test('is that of the newer session after it replaced the older one', async () => {
      await play(stateEvent('Session Created', 'st-a', second(0)), begin('st-a', 'path/a'));
      await play(stateEvent('Session Created', 'st-b', second(10)));
      expect(await preview()).toBeUndefined();
      await play(begin('st-b', 'path/b', 11));
      expect(await preview()).toBe('path/b');
      // An event of the older session writes that session, and not the channel.
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
        { step: 'initialize', name: 'conflict' },
      );
      const { handle, counted } = handling({ ...database(), client });
      await handle(ours(event));
      client.destroy();
      expect(counted).toEqual(['FoldConflict', 'EventHandled', 'EventFolded']);
      expect(await stream('st-a')).toMatchObject({ isOpen: expect.any(String) });
      expect(await preview()).toBe(expected);
    });

    /** A read with the channel from one moment and the sessions from another. */
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

  test('a recording is listed once as a VOD after its Recording End, at the start of its session', async () => {
    const vods = async () => {
      const { items } = await listVods(database(), channel.id, '1970-01-01T00:00:00.000Z', { limit: 100 });
      return items.map(({ id, vodStartedAt }) => [id, vodStartedAt]);
    };
    await play(recordingEvent('Recording Start', 'st-a', second(1)));
    await play(recordingEvent('Recording End', 'st-a', second(50), { durationMs: 40_000 }));
    expect(await vods()).toEqual([['st-a', '2026-01-15T10:00:01.000Z']]);
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

  test('a recording merged from more sessions than fit into a transaction is folded completely', async () => {
    const streamIds = Array.from({ length: 230 }, (_, n) => `st-${String(n).padStart(3, '0')}`);
    const last = streamIds.at(-1) ?? '';
    const end = recordingEvent('Recording End', last, second(50), { durationMs: 1, streamIds });
    await play(end);
    const rows = await readSessions(database(), channel.id);
    // A second delivery changes no row.
    await play(end);
    expect(await readSessions(database(), channel.id)).toEqual(rows);
    expect(rows.length).toBe(230);
    expect(rows.filter(row => row.recordingStreamId === last).length).toBe(229);
    expect(rows.find(row => row.id === last)).toMatchObject({ recordingStatus: 'ended' });
  });

  test('when that fold is interrupted, the preview path is still that of the open session', async () => {
    const merged = Array.from({ length: 120 }, (_, n) => `st-${String(n).padStart(3, '0')}`);
    const streamIds = [...merged, 'st-z'];
    await play(
      stateEvent('Session Created', 'st-119', second(0)),
      recordingEvent('Recording Start', 'st-119', second(1), { path: 'path/119' }),
      recordingEvent('Recording End', 'st-z', second(2), { durationMs: 30_000 }),
    );
    const client = documentClient({ ...localCredentials, endpoint: database().engine.endpoint });
    let transactions = 0;
    client.middlewareStack.add(
      (next, context) => async args => {
        const isSecond = context['commandName'] === 'TransactWriteItemsCommand' && ++transactions > 1;
        if (isSecond) throw new KilledError('between two transactions');
        return next(args);
      },
      { step: 'initialize', name: 'interruption' },
    );
    const end = recordingEvent('Recording End', 'st-z', second(3), { durationMs: 31_000, streamIds });
    await expect(handling({ ...database(), client }).handle(ours(end))).rejects.toThrow(KilledError);
    client.destroy();
    const previews = async () => [
      (await readChannelRow(database(), channel.id)).livePreviewPath,
      (await stream('st-119'))?.recordingPath,
    ];
    expect(await stream('st-118')).toMatchObject({ recordingStreamId: 'st-z' });
    expect(await previews()).toEqual(['path/119', 'path/119']);
    await play(end);
    expect(await previews()).toEqual([undefined, undefined]);
  });

  test("an account's limit breach is counted and logged, and changes no row", async () => {
    const { handle, counted, logged } = handling(database());
    expect(await handle(accountLimitEvent(second(0)))).toEqual({ result: 'counted' });
    expect(counted).toEqual(['EventHandled', 'AccountLimitBreached']);
    expect(logged).toMatchObject([{ level: 'warn', attributes: { limit: 'Concurrent Viewers' } }]);
    expect(await readSessions(database(), channel.id)).toEqual([]);
  });

  test("an event of another stack's channel or stage is dropped and logged once", async () => {
    const { handle, logged, counted } = handling(database());
    const arn = 'arn:aws:ivs:us-west-2:123456789012:channel/notOurs';
    const foreign = stateEvent('Session Created', 'st-a', second(0), { resources: [arn] });
    expect(await handle(foreign)).toEqual({
      result: 'dropped',
      reason: 'the channel does not belong to this stack',
    });
    expect(await handle(fixture('participant-published'))).toEqual({
      result: 'dropped',
      reason: 'the stage does not belong to this stack',
    });
    expect(logged.map(line => line.attributes['reason'])).toEqual([
      'the channel does not belong to this stack',
      'the stage does not belong to this stack',
    ]);
    expect(counted).toEqual(['EventHandled', 'EventDropped', 'EventHandled', 'EventDropped']);
  });

  test.each([
    ['not an object', 'hello', 'event: '],
    ['no id', { ...fixture('stream-start'), id: undefined }, 'id: '],
    ['another detail-type', fixture('cloudtrail-api-call'), 'detail-type: '],
    ['another source', { ...fixture('stream-start'), source: 'aws.s3' }, 'source: '],
    ['an invalid time', { ...fixture('stream-start'), time: 'yesterday' }, 'time: '],
    ['no channel', { ...fixture('stream-start'), resources: [] }, 'resources: '],
    [
      'another ARN',
      { ...fixture('stream-start'), resources: ['arn:aws:ivs:us-west-2:123456789012:stage/x'] },
      'resources: ',
    ],
    [
      'no stream id',
      { ...fixture('stream-start'), detail: { event_name: 'Stream Start' } },
      'detail.stream_id: ',
    ],
  ])('an event with %s is malformed: it is dropped, and the log names the place', async (_, event, place) => {
    const outcome = await handling(database()).handle(event);
    expect(outcome).toMatchObject({
      result: 'dropped',
      reason: expect.stringContaining(`malformed: ${place}`),
    });
  });

  test('an event with an unknown name is in the timeline and changes no state', async () => {
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

  test('an event of a channel that is deleted during the fold writes nothing', async () => {
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
      expect(await handle(ours(event))).toEqual({
        result: 'dropped',
        reason: 'the channel does not belong to this stack',
      });
    }
    expect(await readSessions(database(), channel.id)).toEqual([]);
    expect((await listEvents(database(), 'st-gone', { limit: 1 })).items).toEqual([]);
    client.destroy();
  });

  test('when DynamoDB keeps refusing, the handler throws, so that EventBridge delivers the event again', async () => {
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

  test('rows that events write for a seeded channel have its seed mark, so that deleteSeed finds them', async () => {
    await putChannel(database(), { ...channel, seedShard: '3', seedRun: '1#run' });
    await play(stateEvent('Session Created', 'st-seeded', second(0)));
    expect(await stream('st-seeded')).toMatchObject({ seedShard: '3', seedRun: '1#run' });
    const { items } = await listEvents(database(), 'st-seeded', { limit: 1 });
    expect(items).toMatchObject([{ seedShard: '3', seedRun: '1#run' }]);
  });

  describe('a session with recording events only', () => {
    const recorded = (status: string, at: number, durationMs = 0) =>
      recordingEvent(status, 'st-r', second(at), { path: 'path/r', durationMs });

    test('starts with its Recording Start, is open, and is not live', async () => {
      await play(recorded('Recording Start', 1));
      expect(await stream('st-r')).toMatchObject({
        startedAt: '2026-01-15T10:00:01.000Z',
        isOpen: expect.any(String),
        isLive: false,
        title: 'Hello',
      });
      expect(await readChannelRow(database(), channel.id)).toMatchObject({
        openStreamId: 'st-r',
        isLive: false,
      });
    });

    test('ends with its Recording End, and starts as long before that as the recording lasts', async () => {
      await play(recorded('Recording End', 50, 40_000));
      expect(await stream('st-r')).toMatchObject({
        startedAt: '2026-01-15T10:00:10.000Z',
        endedAt: '2026-01-15T10:00:50.000Z',
        vodStartedAt: '2026-01-15T10:00:10.000Z',
        isIncomplete: 'true',
      });
      expect(await readChannelRow(database(), channel.id)).not.toHaveProperty('openStreamId');
    });

    test('ends with its Session Ended, if that is the only other event', async () => {
      await play(recorded('Recording Start', 0));
      await play(stateEvent('Session Ended', 'st-r', second(30)), recorded('Recording End', 31, 30_000));
      expect(await stream('st-r')).toMatchObject({
        startedAt: '2026-01-15T10:00:00.000Z',
        endedAt: '2026-01-15T10:00:30.000Z',
      });
      const { items } = await listVods(database(), channel.id, '1970-01-01T00:00:00.000Z', { limit: 100 });
      expect(items.map(({ id }) => id)).toEqual(['st-r']);
    });

    test('gets its real start, and is complete, with any other event that implies a start', async () => {
      await play(recorded('Recording Start', 5));
      await play(stateEvent('Session Created', 'st-r', second(0)));
      expect(await stream('st-r')).toMatchObject({ startedAt: '2026-01-15T10:00:00.000Z' });
      expect(await stream('st-r')).not.toHaveProperty('isIncomplete');
    });
  });

  describe('null in an event', () => {
    const end = recordingEvent('Recording End', 'st-a', second(50), {
      durationMs: 40_000,
      streamIds: ['st-a'],
    });
    test.each([
      'recording_status_reason',
      'recording_session_stream_ids',
      'recording_s3_key_prefix',
      'recording_duration_ms',
      'channel_name',
    ])('as %s of a recording counts as absent', async member => {
      const { [member]: _, ...absent } = end.detail;
      await play({ ...end, detail: { ...absent, [member]: null } });
      const ofNull = await stream('st-a');
      // The event without the member is the same occurrence.
      const again = await handling(database()).handle(ours({ ...end, id: 'again', detail: absent }));
      expect(again).toEqual({ result: 'duplicate' });
      expect(ofNull).toMatchObject({ recordingStatus: 'ended' });
    });

    test('among the resources and in a list of streams is skipped', async () => {
      const detail = { ...end.detail, recording_session_stream_ids: [null, 'st-z', 'st-a'] };
      const resources: unknown[] = [null, channel.arn];
      const result = await handling(database()).handle({ ...ours({ ...end, detail }), resources });
      expect(result).toEqual({ result: 'folded' });
      expect(await stream('st-z')).toMatchObject({ recordingStreamId: 'st-a' });
    });

    test('as the event_time of a stage event counts as absent', () => {
      const event = stageEvent('Participant Published', 'p', second(3));
      const told = { ...event, detail: { ...event.detail, event_time: null } };
      expect(parseIvsEvent(told)).toMatchObject({ time: '2026-01-15T10:00:03.000Z' });
    });

    test('in a required member is malformed', async () => {
      const outcome = await handling(database()).handle(
        ours({ ...end, detail: { ...end.detail, stream_id: null } }),
      );
      expect(outcome).toMatchObject({ reason: expect.stringContaining('malformed: detail.stream_id: ') });
    });
  });

  test("the ARN of an event's channel is found at any place in its resources", async () => {
    const resources = [STAGE_ARN, 'arn:aws:s3:::bucket', channel.arn];
    const event = { ...ours(stateEvent('Session Created', 'st-a', second(0))), resources };
    expect(await handling(database()).handle(event)).toEqual({ result: 'folded' });
  });

  test.each([
    ['account', /:123456789012:/, ':210987654321:'],
    ['Region', /us-west-2/, 'eu-west-1'],
    ['partition', /^arn:aws:/, 'arn:aws-cn:'],
  ])('an event with one of our ids in another %s belongs to another stack', async (_, part, other) => {
    const { handle, counted } = handling(database());
    const foreign = channel.arn.replace(part, other);
    const event = ours(stateEvent('Session Created', 'st-a', second(0)));
    const ofChannel = { result: 'dropped', reason: 'the channel does not belong to this stack' };
    expect(await handle({ ...event, resources: [foreign] })).toEqual(ofChannel);
    const { stream_id, ...breach } = limitEvent('st-a', second(1)).detail;
    const limit = { ...ours(limitEvent('st-a', second(1))), detail: breach, resources: [foreign] };
    expect(await handle(limit)).toEqual(ofChannel);
    await putStage();
    const ofStage = stageEvent('Participant Published', 'p', second(0), {
      resources: [STAGE_ARN.replace(part, other)],
    });
    expect(await handle(ofStage)).toEqual({
      result: 'dropped',
      reason: 'the stage does not belong to this stack',
    });
    expect(counted.filter(name => name === 'EventDropped')).toHaveLength(3);
    expect(await readSessions(database(), channel.id)).toEqual([]);
  });

  describe('a limit breach with a channel and no session', () => {
    const { stream_id, ...detail } = limitEvent('st-a', second(1)).detail;
    const breach = () => ({ ...limitEvent('st-a', second(1)), detail });

    test("belongs to the channel's open session", async () => {
      await play(stateEvent('Session Created', 'st-a', second(0)), breach());
      expect(await stream('st-a')).toMatchObject({ hasErrorEvent: true });
      const { items } = await listEvents(database(), 'st-a', { limit: 100 });
      expect(items.filter(event => event.channelId === channel.id).map(event => event.name)).toEqual([
        'Session Created',
        'Ingest Bitrate',
      ]);
      expect(await handling(database()).handle(ours({ ...breach(), id: 'again' }))).toEqual({
        result: 'duplicate',
      });
    });

    test('is dropped and counted when no session is open', async () => {
      const { handle, counted } = handling(database());
      expect(await handle(ours(breach()))).toMatchObject({
        result: 'dropped',
        reason: 'it names no session, and the channel has no open session',
      });
      expect(counted).toEqual(['EventHandled', 'EventDropped']);
      expect(await readSessions(database(), channel.id)).toEqual([]);
    });
  });

  test('one occurrence with two event ids is one line of the timeline, and counts once', async () => {
    const told = stateEvent('Session Created', 'st-d', second(0));
    await play(told);
    expect(await handling(database()).handle(ours({ ...told, id: 'another' }))).toEqual({
      result: 'duplicate',
    });
    const { items } = await listEvents(database(), 'st-d', { limit: 100 });
    expect(items.filter(event => event.channelId === channel.id)).toHaveLength(1);
  });

  test('two occurrences of one instant are two lines if they differ', async () => {
    const end = (durationMs: number) =>
      recordingEvent('Recording End', 'st-e', second(9), { durationMs, streamIds: ['st-e'] });
    await play(end(1_000), end(2_000));
    const { items } = await listEvents(database(), 'st-e', { limit: 100 });
    expect(items.filter(event => event.channelId === channel.id)).toHaveLength(2);
    expect(await stream('st-e')).toMatchObject({ recordingDurationMs: 2_000 });
  });

  test.each([
    [60_000, { result: 'folded' }],
    [60_001, { result: 'dropped', reason: expect.stringContaining('more than a minute ahead of the clock') }],
    [
      86_400_000,
      { result: 'dropped', reason: expect.stringContaining('more than a minute ahead of the clock') },
    ],
  ])('an event with a time %d ms ahead of the clock gives %j', async (ahead, expected) => {
    const dropped: unknown[] = [];
    const { handle } = handling(database(), {
      clock: () => new Date(second(0)),
      count: (name, _, reason) => void (name === 'EventDropped' && dropped.push(reason)),
    });
    const time = new Date(Date.parse(second(0)) + ahead).toISOString();
    expect(await handle(ours(stateEvent('Session Created', 'st-a', time)))).toMatchObject(expected);
    expect(dropped).toEqual(expected.result === 'folded' ? [] : ['fromTheFuture']);
  });

  test('a stage event with an event_time in the future is dropped, whatever the time of its envelope', async () => {
    await putStage();
    const { handle } = handling(database(), { clock: () => new Date(second(0)) });
    const ahead = stageEvent('Participant Published', 'p', second(61), { time: second(0) });
    expect(await handle(ahead)).toMatchObject({ result: 'dropped' });
  });

  test('a session whose end has a time before its start ends when it starts', async () => {
    await play(
      stateEvent('Session Created', 'st-a', second(30)),
      stateEvent('Session Ended', 'st-a', second(10)),
      recordingEvent('Recording Start', 'st-a', second(40)),
      recordingEvent('Recording End', 'st-a', second(20), { durationMs: 5_000 }),
    );
    expect(await stream('st-a')).toMatchObject({
      startedAt: '2026-01-15T10:00:30.000Z',
      endedAt: '2026-01-15T10:00:30.000Z',
      recordingStartedAt: '2026-01-15T10:00:40.000Z',
      recordingEndedAt: '2026-01-15T10:00:40.000Z',
    });
  });

  test('a replaced session has ended, even if no other event ends it', async () => {
    await play(
      stateEvent('Session Created', 'st-b', second(10)),
      stateEvent('Stream Start', 'st-a', second(0)),
    );
    expect(await stream('st-a')).toMatchObject({ endedAt: '2026-01-15T10:00:10.000Z' });
  });

  async function putStage() {
    const stage = { id: 'oWXSOfbOLMte', arn: STAGE_ARN, name: 's', userId: 'u', isLive: false };
    const times = { createdAt: second(0), updatedAt: second(0) };
    const Item = { ...stage, publishedParticipants: [], version: 1, ...times };
    await database().client.send(new PutCommand({ TableName: database().names.stages, Item }));
  }

  test('every sample event is handled, or dropped for a reason', async () => {
    await putStage();
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
