import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { unlimited } from '../../local/ivs/quotas.ts';
import { LOCAL_ACCOUNT } from '../../model/localEndpoint.ts';
import type { Count } from '../../model/metrics.ts';
import { documentClient } from '../../store/database.ts';
import { listEvents } from '../../store/streamEvents.ts';
import { ivsSessions } from '../../streamEventsApi/ivsSessions.ts';
import { readEncoders, readNewEncoders } from '../../streamEventsApi/readEncoders.ts';
import { reconciler } from '../../streamEventsApi/reconcile.ts';
import { localCredentials, startDatabase, type TestDatabase } from '../support/database.ts';
import { handling, putChannel, readChannelRow, readSessions } from '../support/eventHandling.ts';
import { injectFaults } from '../support/faults.ts';
import { misdated } from '../support/histories.ts';
import { type Envelope, recordingEvent, second, stateEvent } from '../support/ivsEvents.ts';
import { putRows } from '../support/rows.ts';
import { startIvs, type TestIvs } from '../unit/localIvsEndpoint.ts';

const arnOf = (id: string) => `arn:aws:ivs:us-west-2:${LOCAL_ACCOUNT}:channel/${id}`;
const A = `st-A${'0'.repeat(22)}`;
const B = `st-B${'0'.repeat(22)}`;
const C = `st-C${'0'.repeat(22)}`;
const at = (seconds: number) => new Date(second(seconds)).toISOString();

describe('the reconciler', () => {
  let database: TestDatabase;
  let ivs: TestIvs;
  let now: Date;
  beforeEach(async () => {
    [database, ivs] = [await startDatabase(), await startIvs({ quota: unlimited })];
    now = new Date(second(3_600));
    await putChannel(database, { id: 'ours', arn: arnOf('ours') });
  });
  afterEach(async () => {
    await ivs.stop();
    await database.stop();
  });

  const on = (event: Envelope, channel = 'ours'): Envelope => ({ ...event, resources: [arnOf(channel)] });
  /** An event that IVS has and that was delivered. */
  async function delivered(event: Envelope, channel = 'ours') {
    ivs.simulator.applyEvent(on(event, channel));
    await handling(database).handle(on(event, channel));
  }
  /** An event that IVS has and that was lost. */
  const lost = (event: Envelope, channel = 'ours') => ivs.simulator.applyEvent(on(event, channel));

  const dependencies = (overrides = {}) => ({
    ...handling(database).dependencies,
    ivs: ivsSessions(ivs.client, 0),
    clock: () => now,
    graceMs: 120_000,
    ...overrides,
  });
  const run = (overrides = {}) => reconciler(dependencies(overrides))();
  const session = async (id: string) => (await readSessions(database, 'ours')).find(row => row.id === id);

  test('closes a session whose Session Ended was lost, at the time that IVS has', async () => {
    await delivered(stateEvent('Session Created', A, second(0)));
    await delivered(stateEvent('Stream Start', A, second(5)));
    lost(stateEvent('Session Ended', A, second(600)));
    lost(stateEvent('Stream End', A, second(603)));
    expect(await run()).toEqual({ live: 0, open: 1, opened: [], closed: [A], completed: [], failed: [] });
    expect(await session(A)).toMatchObject({ endedAt: at(600), isLive: false });
    expect(await readChannelRow(database, 'ours')).toMatchObject({ isLive: false });
    expect(await readChannelRow(database, 'ours')).not.toHaveProperty('openStreamId');
  });

  describe('of an encoder', () => {
    const live = async (id: string, start: number) => {
      await delivered(stateEvent('Session Created', id, second(start)));
      await delivered(stateEvent('Stream Start', id, second(start + 5)));
    };
    const calls = () => ivs.simulator.calls()['GetStreamSession'] ?? 0;

    test('reads the configuration of a stream once, and does not change its version', async () => {
      await live(A, 3_000);
      const before = await session(A);
      await run();
      const found = await session(A);
      expect(found?.encoder).toEqual({
        video: {
          codec: 'avc1.64002A',
          width: expect.any(Number),
          height: expect.any(Number),
          framerate: expect.any(Number),
          bitrate: expect.any(Number),
        },
        audio: { codec: 'mp4a.40.2', bitrate: 160_000, sampleRate: 48_000, channels: 2 },
      });
      expect({ ...found, encoder: undefined }).toEqual({ ...before, encoder: undefined });
      const asked = calls();
      await run();
      expect(calls()).toBe(asked);
      // The fold keeps it.
      await delivered(stateEvent('Stream End', A, second(3_500)));
      expect((await session(A))?.encoder).toEqual(found?.encoder);
    });

    test('asks for no stream that started more than half an hour ago, or that is not ours', async () => {
      await live(A, 600);
      lost(stateEvent('Session Created', B, second(3_000)), 'other');
      lost(stateEvent('Stream Start', B, second(3_001)), 'other');
      // Another account's channel with the id of one of ours.
      lost(stateEvent('Session Created', C, second(3_000)), 'twin');
      lost(stateEvent('Stream Start', C, second(3_001)), 'twin');
      const twin = {
        channelId: 'twin',
        id: C,
        channelArn: 'arn:aws:ivs:us-west-2:999999999999:channel/twin',
      };
      await putRows(database, 'streams', [twin]);
      await run();
      expect([calls(), (await session(A))?.encoder]).toEqual([0, undefined]);
    });

    test('is also read between the runs, for new live streams only, with at most the given number of calls', async () => {
      const starts = { old: [C, 600], ours: [A, 3_300], newest: [B, 3_400] } as const;
      for (const [name, [id, start]] of Object.entries(starts)) {
        if (name !== 'ours') await putChannel(database, { id: name, arn: arnOf(name) });
        await delivered(stateEvent('Session Created', id, second(start)), name);
        await delivered(stateEvent('Stream Start', id, second(start + 5)), name);
      }
      expect(await readNewEncoders(dependencies(), 1)).toBe(1);
      expect([calls(), (await session(A))?.encoder]).toEqual([1, undefined]);
      expect(await readNewEncoders(dependencies(), 1)).toBe(1);
      expect((await session(A))?.encoder).toBeDefined();
      expect((await readSessions(database, 'old'))[0]).not.toHaveProperty('encoder');
      expect([await readNewEncoders(dependencies(), 40), calls()]).toEqual([0, 2]);
    });

    test('repairs all sessions also when the configuration cannot be read, and reads it in the next run', async () => {
      await live(A, 3_000);
      ivs.simulator.faults.add({ operation: 'GetStreamSession', failure: 'throttled', times: 1 });
      expect(await run()).toMatchObject({ failed: [] });
      expect((await session(A))?.encoder).toBeUndefined();
      await run();
      expect((await session(A))?.encoder).toBeDefined();
    });

    test('asks for at most the given number of streams, newest first', async () => {
      const ids = Array.from({ length: 4 }, (_, n) => `st-${n}${'0'.repeat(22)}`);
      for (const [n, id] of ids.entries()) {
        await putChannel(database, { id: `c${n}`, arn: arnOf(`c${n}`) });
        await delivered(stateEvent('Session Created', id, second(3_000 + n)), `c${n}`);
        await delivered(stateEvent('Stream Start', id, second(3_005 + n)), `c${n}`);
      }
      const reader = dependencies();
      const listed = await reader.ivs.listLive();
      const known = async () =>
        (await Promise.all(ids.map((_, n) => readSessions(database, `c${n}`)))).map(
          ([row]) => row?.encoder !== undefined,
        );
      expect(await readEncoders(reader, listed, 3)).toBe(3);
      expect(await known()).toEqual([false, true, true, true]);
      expect(await readEncoders(reader, listed, 3)).toBe(1);
      expect(await known()).toEqual([true, true, true, true]);
    });
  });

  test('removes the preview path of a session that it closes', async () => {
    await delivered(stateEvent('Session Created', A, second(0)));
    await delivered(recordingEvent('Recording Start', A, second(5), { path: 'path/a' }));
    expect(await readChannelRow(database, 'ours')).toMatchObject({ livePreviewPath: 'path/a' });
    lost(stateEvent('Session Ended', A, second(600)));
    expect(await run()).toMatchObject({ closed: [A] });
    expect(await readChannelRow(database, 'ours')).not.toHaveProperty('livePreviewPath');
  });

  test('closes a session that IVS no longer has, at the current time; its Session Ended corrects that', async () => {
    await handling(database).handle(on(stateEvent('Stream Start', A, second(0))));
    expect(await run()).toMatchObject({ closed: [A] });
    expect(await session(A)).toMatchObject({ endedAt: now.toISOString() });
    await handling(database).handle(on(stateEvent('Session Ended', A, second(900))));
    expect(await session(A)).toMatchObject({ endedAt: at(900) });
  });

  test('opens a session whose events were all lost, and closes the one before', async () => {
    await delivered(stateEvent('Session Created', A, second(0)));
    await delivered(stateEvent('Stream Start', A, second(5)));
    lost(stateEvent('Session Ended', A, second(600)));
    lost(stateEvent('Session Created', B, second(700)));
    lost(stateEvent('Stream Start', B, second(706)));
    expect(await run()).toMatchObject({ live: 1, opened: [B], closed: [A], failed: [] });
    expect(await session(A)).toMatchObject({ endedAt: at(600) });
    expect(await session(B)).toMatchObject({ startedAt: at(700), isOpen: expect.any(String), isLive: true });
    expect(await readChannelRow(database, 'ours')).toMatchObject({ openStreamId: B, isLive: true });
  });

  test('makes a channel live when only its Stream Start was lost', async () => {
    await delivered(stateEvent('Session Created', A, second(0)));
    lost(stateEvent('Stream Start', A, second(5)));
    expect(await run()).toMatchObject({ opened: [A], closed: [] });
    expect(await readChannelRow(database, 'ours')).toMatchObject({ isLive: true });
  });

  test('makes a channel live again when its second Stream Start was lost', async () => {
    await delivered(stateEvent('Session Created', A, second(0)));
    await delivered(stateEvent('Stream Start', A, second(5)));
    await delivered(stateEvent('Stream End', A, second(50)));
    lost(stateEvent('Stream Start', A, second(60)));
    expect(await run()).toMatchObject({ opened: [A] });
    expect(await readChannelRow(database, 'ours')).toMatchObject({ isLive: true, openStreamId: A });
  });

  test('has nothing to do in a second run', async () => {
    await delivered(stateEvent('Stream Start', A, second(5)));
    lost(stateEvent('Session Ended', A, second(600)));
    await putChannel(database, { id: 'other', arn: arnOf('other') });
    lost(stateEvent('Stream Start', B, second(6)), 'other');
    expect(await run()).toMatchObject({ opened: [B], closed: [A] });
    const rows = await readSessions(database, 'ours');
    expect(await run()).toEqual({ live: 1, open: 1, opened: [], closed: [], completed: [], failed: [] });
    expect(await readSessions(database, 'ours')).toEqual(rows);
  });

  test('adds only the lost events to the timeline', async () => {
    await delivered(stateEvent('Session Created', A, second(0)));
    await delivered(stateEvent('Stream Start', A, second(5)));
    lost(stateEvent('Session Ended', A, second(600)));
    await run();
    const { items } = await listEvents(database, A, { limit: 100 });
    expect(items.map(({ name, time }) => [name, time])).toEqual([
      ['Session Created', at(0)],
      ['Stream Start', at(5)],
      ['Session Ended', at(600)],
    ]);
    expect(items[2]?.detail).toMatchObject({ reconciled: true });
  });

  test('ignores a session within the grace period, and one that IVS has not ended', async () => {
    now = new Date(second(60));
    await handling(database).handle(on(stateEvent('Session Created', A, second(0))));
    expect(await run()).toMatchObject({ open: 1, closed: [] });
    // Created and not started. IVS does not list such a session and has not ended it.
    lost(stateEvent('Session Created', A, second(0)));
    now = new Date(second(3_600));
    expect(await run()).toMatchObject({ open: 1, closed: [], failed: [] });
    expect(await readChannelRow(database, 'ours')).toMatchObject({ openStreamId: A });
  });

  test('does not reopen an ended session when the list of IVS is out of date', async () => {
    await delivered(stateEvent('Stream Start', A, second(0)));
    const ivsNow = ivsSessions(ivs.client, 0);
    const behind = await ivsNow.listLive();
    await delivered(stateEvent('Session Ended', A, second(60)));
    expect(await run({ ivs: { ...ivsNow, listLive: async () => behind } })).toEqual({
      live: 1,
      open: 0,
      opened: [],
      closed: [],
      completed: [],
      failed: [],
    });
  });

  describe('while IVS lists its live streams', () => {
    /** The list as IVS gives it, and what happens before it is complete. */
    const listing = (during: () => Promise<void>) => {
      const ivsNow = ivsSessions(ivs.client, 0);
      const listLive = async () => {
        const live = await ivsNow.listLive();
        now = new Date(second(3_800));
        await during();
        return live;
      };
      return { ivs: { ...ivsNow, listLive } };
    };
    const asked = () => ivs.simulator.calls()['GetStreamSession'] ?? 0;

    test('sessions can start and end, and IVS is not asked about them', async () => {
      await putChannel(database, { id: 'other', arn: arnOf('other') });
      await delivered(stateEvent('Session Created', A, second(0)));
      await delivered(stateEvent('Stream Start', A, second(5)));
      const during = async () => {
        await delivered(stateEvent('Session Ended', A, second(3_650)));
        await delivered(stateEvent('Session Created', B, second(3_650)), 'other');
        await delivered(stateEvent('Stream Start', B, second(3_655)), 'other');
      };
      const expected = { live: 1, open: 1, opened: [], closed: [], completed: [], failed: [] };
      expect(await run(listing(during))).toEqual(expected);
      expect(asked()).toBe(0);
      expect(await run()).toEqual(expected);
    });

    test('a false end is repaired by the next run', async () => {
      await delivered(stateEvent('Session Created', A, second(0)));
      await delivered(stateEvent('Stream Start', A, second(5)));
      const falseEnd = on(stateEvent('Session Ended', A, second(3_650)));
      expect(await run(listing(async () => void (await handling(database).handle(falseEnd))))).toMatchObject({
        live: 1,
        opened: [],
      });
      expect(await run()).toMatchObject({ opened: [A], failed: [] });
      expect(await readChannelRow(database, 'ours')).toMatchObject({ isLive: true, openStreamId: A });
    });
  });

  describe('after events with wrong times', () => {
    const hour = 3_600;
    /** An event whose time is `seconds` off when it is delivered. IVS has the right time. */
    const misdelivered = async (event: Envelope, seconds: number) => {
      lost(event);
      await handling(database, { clock: () => now }).handle(on(misdated(event, seconds)));
    };
    const shown = async () => {
      const { isLive, openStreamId } = await readChannelRow(database, 'ours');
      return { isLive, openStreamId };
    };

    test.each([
      ['an hour', -hour],
      ['two days', -48 * hour],
    ])('opens the session that IVS streams if its start is %s too early', async (_, error) => {
      await delivered(stateEvent('Session Created', B, second(-600)));
      await delivered(stateEvent('Session Ended', B, second(-300)));
      await misdelivered(stateEvent('Session Created', A, second(0)), error);
      await misdelivered(stateEvent('Stream Start', A, second(5)), error);
      expect(await shown()).toMatchObject({ isLive: false });
      expect(await run()).toMatchObject({ opened: [A], failed: [] });
      expect(await shown()).toEqual({ isLive: true, openStreamId: A });
      expect(await session(A)).toMatchObject({ startedAt: at(0) });
      expect(await run()).toMatchObject({ opened: [], closed: [], failed: [] });
    });

    test('opens the session that IVS streams if an ended session has a later time', async () => {
      now = new Date(second(60));
      await delivered(stateEvent('Session Created', A, second(0)));
      await delivered(stateEvent('Stream Start', A, second(5)));
      // A session that IVS does not have.
      const ghost = stateEvent('Session Created', B, second(119));
      await handling(database, { clock: () => now }).handle(on(ghost));
      expect(await shown()).toEqual({ isLive: false, openStreamId: B });
      expect(await run()).toMatchObject({ opened: [A], failed: [] });
      expect(await shown()).toEqual({ isLive: true, openStreamId: A });
      expect(await session(B)).not.toHaveProperty('isOpen');
      // Later events of the session are handled normally.
      await delivered(stateEvent('Session Ended', A, second(90)));
      expect(await shown()).toEqual({ isLive: false, openStreamId: undefined });
    });

    test.each(['Session Ended', 'Stream Failure', 'Stream End'])(
      'opens the session that IVS streams after a false %s',
      async name => {
        now = new Date(second(600));
        await delivered(stateEvent('Session Created', A, second(0)));
        await delivered(stateEvent('Stream Start', A, second(5)));
        const { handle } = handling(database, { clock: () => now });
        await handle(on(stateEvent(name, A, second(650))));
        expect(await shown()).toMatchObject({ isLive: false });
        expect(await run()).toMatchObject({ opened: [A], failed: [] });
        expect(await shown()).toEqual({ isLive: true, openStreamId: A });
        now = new Date(second(1_000));
        await delivered(stateEvent('Session Ended', A, second(900)));
        expect(await session(A)).toMatchObject({ endedAt: at(900) });
      },
    );

    test.each([
      ['delivered', true],
      ['lost', false],
    ])(
      'opens the session that IVS streams, with its Stream Start %s, if a completed session started later',
      async (_, isLive) => {
        await misdelivered(stateEvent('Session Created', B, second(1_800)), -48 * hour);
        await (isLive ? delivered : lost)(stateEvent('Stream Start', B, second(1_805)));
        lost(stateEvent('Session Created', A, second(0)));
        lost(stateEvent('Session Ended', A, second(600)));
        await misdelivered(recordingEvent('Recording Start', A, second(4)), -72 * hour);
        expect(await shown()).toEqual({ isLive, openStreamId: B });
        expect(await run()).toMatchObject({ completed: [A], opened: [B], failed: [] });
        expect(await shown()).toEqual({ isLive: true, openStreamId: B });
        expect(await run()).toMatchObject({ opened: [], closed: [], completed: [], failed: [] });
      },
    );

    test('keeps a newer session that is in progress and not in the list yet', async () => {
      await delivered(stateEvent('Session Created', A, second(0)));
      await delivered(stateEvent('Stream Start', A, second(5)));
      const ivsNow = ivsSessions(ivs.client, 0);
      const behind = await ivsNow.listLive();
      await delivered(stateEvent('Session Created', B, second(3_590)));
      const findings = { ...ivsNow, listLive: async () => behind };
      expect(await run({ ivs: findings })).toMatchObject({ live: 1, closed: [], failed: [] });
      expect(await shown()).toMatchObject({ openStreamId: B });
    });

    test('closes a session whose start is far in the future', async () => {
      await handling(database, { clock: () => new Date(second(90_000)) }).handle(
        on(stateEvent('Session Created', B, second(90_000))),
      );
      expect(await run()).toMatchObject({ closed: [B] });
      expect(await session(B)).toMatchObject({ startedAt: at(90_000), endedAt: at(90_000) });
    });
  });

  describe('a session with recording events only', () => {
    test('gets its lost events from IVS', async () => {
      lost(stateEvent('Session Created', A, second(0)));
      lost(stateEvent('Stream Start', A, second(5)));
      lost(stateEvent('Session Ended', A, second(600)));
      const end = recordingEvent('Recording End', A, second(610), { durationMs: 590_000 });
      await handling(database).handle(on(end));
      expect(await run()).toMatchObject({ completed: [A], failed: [] });
      expect(await session(A)).toMatchObject({
        startedAt: at(0),
        endedAt: at(600),
        recordingStatus: 'ended',
      });
      expect(await session(A)).not.toHaveProperty('isIncomplete');
      expect(await run()).toMatchObject({ completed: [] });
    });

    test('is not changed if IVS no longer has it, and is not looked up again', async () => {
      const end = recordingEvent('Recording End', A, second(610), { durationMs: 590_000 });
      await handling(database).handle(on(end));
      const before = await session(A);
      expect(await run()).toMatchObject({ completed: [A], failed: [] });
      expect(await session(A)).toMatchObject({ startedAt: before?.startedAt, endedAt: before?.endedAt });
      expect(await run()).toMatchObject({ completed: [] });
    });

    test('has a grace period too, because its events may be late', async () => {
      now = new Date(second(60));
      await handling(database).handle(on(recordingEvent('Recording Start', A, second(0))));
      expect(await run()).toMatchObject({ closed: [], completed: [] });
      expect(await session(A)).toMatchObject({ isOpen: expect.any(String), isIncomplete: 'true' });
    });
  });

  test("ignores other stacks' channels in the account, and sessions of mock channels", async () => {
    lost(stateEvent('Stream Start', B, second(0)), 'notOurs');
    await handling(database).handle(on(stateEvent('Stream Start', 'mock-stream-1', second(0))));
    expect(await run()).toEqual({ live: 1, open: 0, opened: [], closed: [], completed: [], failed: [] });
    expect(await readChannelRow(database, 'ours')).toMatchObject({ isLive: true });
  });

  test('changes nothing if a list fails in the middle', async () => {
    await delivered(stateEvent('Stream Start', A, second(0)));
    lost(stateEvent('Session Ended', A, second(60)));
    for (let n = 0; n < 150; n++) {
      const id = `many${n}`;
      await putChannel(database, { id, arn: arnOf(id) });
      lost(stateEvent('Stream Start', `st-${String(n).padStart(23, '0')}`, second(0)), id);
    }
    ivs.simulator.faults.add({ operation: 'ListStreams', failure: 'failed', page: 2 });
    await expect(run()).rejects.toThrow();
    expect(await session(A)).toMatchObject({ isOpen: expect.any(String) });
    expect(await readSessions(database, 'many0')).toEqual([]);
    const { live, opened, closed } = await run();
    expect([live, opened.length, closed]).toEqual([150, 150, [A]]);
  });

  test('names what it could not repair, repairs the rest, and retries in the next run', async () => {
    await putChannel(database, { id: 'other', arn: arnOf('other') });
    await delivered(stateEvent('Stream Start', A, second(0)));
    await delivered(stateEvent('Stream Start', B, second(1)), 'other');
    lost(stateEvent('Session Ended', A, second(60)));
    lost(stateEvent('Session Ended', B, second(60)), 'other');
    ivs.simulator.faults.add({ operation: 'GetStreamSession', failure: 'failed' });
    const stale: (number | undefined)[] = [];
    const count: Count = (name, by) => void (name === 'StaleOpenSessions' && stale.push(by));
    const first = await run({ count });
    expect([first.closed.length, first.failed.length]).toEqual([1, 1]);
    expect(await run({ count })).toMatchObject({ closed: first.failed, failed: [] });
    // The gauge behind an alarm is also written when nothing is wrong.
    expect(stale).toEqual([1, 0]);
  });

  test('retries after conflicts with events that arrive meanwhile', async () => {
    await delivered(stateEvent('Session Created', A, second(0)));
    await delivered(stateEvent('Stream Start', A, second(5)));
    lost(stateEvent('Session Ended', A, second(600)));
    const client = documentClient({ ...localCredentials, endpoint: database.engine.endpoint });
    const conflicts = () => (faults.injected.transactionConflict < 2 ? 0 : 1);
    const faults = injectFaults(client, { transactionConflict: 0.5 }, () => conflicts());
    const conflicted = { ...database, client };
    await run({ database: conflicted });
    client.destroy();
    expect(await session(A)).toMatchObject({ endedAt: at(600) });
    expect(faults.injected.transactionConflict).toBe(2);
  });

  test('stays below the rate of calls that IVS allows', async () => {
    await ivs.stop();
    ivs = await startIvs();
    for (let n = 0; n < 8; n++) {
      const id = `paced${n}`;
      await putChannel(database, { id, arn: arnOf(id) });
      lost(stateEvent('Stream Start', `st-${String(n).padStart(23, '0')}`, second(0)), id);
    }
    const { opened, failed } = await run({ ivs: ivsSessions(ivs.client) });
    expect([opened.length, failed]).toEqual([8, []]);
  });
});
