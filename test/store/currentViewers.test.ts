import { TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { currentViewers } from '../../model/channel.ts';
import { isStarted } from '../../model/stream.ts';
import { addMs } from '../../model/time.ts';
import { viewersRecorder } from '../../store/currentViewers.ts';
import { documentClient } from '../../store/database.ts';
import { addToMinute } from '../../store/viewerMinutes.ts';
import { localCredentials, useDatabase } from '../support/database.ts';
import { handling, putChannel, readChannelRow, readSessions } from '../support/eventHandling.ts';
import { injectFaults } from '../support/faults.ts';
import { deliveries, history } from '../support/histories.ts';
import { CHANNEL_ID, stateEvent } from '../support/ivsEvents.ts';
import { recordRequests } from '../support/requests.ts';

const database = useDatabase();
const start = '2026-01-15T10:00:00.000Z';
const minuteAfter = (minutes: number) => addMs(start, minutes * 60_000);

let channels = 0;
let id = '';
let arn = '';
let [first, second] = ['', ''];
beforeEach(async () => {
  id = `shown${++channels}`;
  arn = `arn:aws:ivs:us-west-2:123456789012:channel/${id}`;
  [first, second] = [`st-${id}-1`, `st-${id}-2`];
  await putChannel(database(), { id, arn });
});

/** A client of its own, as another process has. */
const otherProcess = () => {
  const { endpoint } = database().engine;
  const client = documentClient({ ...localCredentials, endpoint, maxAttempts: 3 });
  return { client, names: database().names };
};

const eventOf = (name: string, streamId: string, time: string) =>
  stateEvent(name, streamId, time, { resources: [arn] });

async function goLive(streamId: string, time = start): Promise<void> {
  const { handle } = handling(database());
  for (const name of ['Session Created', 'Stream Start']) await handle(eventOf(name, streamId, time));
}

/** Counts viewers in a minute of a stream. */
const count = (streamId: string, minutes: number, viewers: number) =>
  addToMinute(database(), { streamId, minute: minuteAfter(minutes) }, { viewers }, {}, start);

/** Records, as the first sample in a minute does, and returns the requests. */
async function record(streamId: string, minutes: number, viewers = 1, where = otherProcess()) {
  const sent = recordRequests(where.client);
  await viewersRecorder(where)({ channelId: id, streamId, minute: minuteAfter(minutes), viewers });
  where.client.middlewareStack.remove('recordRequests');
  return sent();
}

const shown = async () => {
  const { viewers, viewersAt } = await readChannelRow(database(), id);
  return { viewers, viewersAt };
};
const nothing = { viewers: undefined, viewersAt: undefined };
const peaks = async () =>
  Object.fromEntries((await readSessions(database(), id)).map(row => [row.id, row.peakViewers]));

describe('the first sample of a minute', () => {
  test('records the viewers of the minute before, and those of the sample in the first minute', async () => {
    await goLive(first);
    expect(await record(first, 0)).toEqual(['BatchGetItem', 'UpdateItem', 'UpdateItem']);
    expect(await shown()).toEqual({ viewers: 1, viewersAt: minuteAfter(0) });
    await count(first, 0, 40);
    expect(await record(first, 1)).toEqual(['BatchGetItem', 'UpdateItem', 'UpdateItem']);
    expect(await shown()).toEqual({ viewers: 40, viewersAt: minuteAfter(1) });
    expect(await peaks()).toEqual({ [first]: 40 });
  });

  test.each([
    [100, 100, []],
    [100, 91, []],
    [100, 90, ['UpdateItem']],
    [1, 2, ['UpdateItem', 'UpdateItem']],
    // A higher peak is always recorded, also if the number on the channel stays.
    [100, 109, ['UpdateItem']],
    [100, 110, ['UpdateItem', 'UpdateItem']],
  ])('after a minute with %d viewers and one with %d writes %j', async (before, after, writes) => {
    await goLive(first);
    await count(first, 0, before);
    await record(first, 1);
    await count(first, 1, after);
    expect(await record(first, 2)).toEqual(['BatchGetItem', ...writes]);
    expect(await peaks()).toEqual({ [first]: Math.max(before, after) });
  });

  test('writes a number that stands still once in five minutes, so that it does not expire', async () => {
    await goLive(first);
    const writes: number[] = [];
    for (let minute = 0; minute <= 11; minute++) {
      await count(first, minute, 30);
      const requests = await record(first, minute, 30);
      if (requests.includes('UpdateItem')) writes.push(minute);
      const channel = await readChannelRow(database(), id);
      expect(currentViewers(channel, new Date(minuteAfter(minute)))).toBe(30);
    }
    expect(writes).toEqual([0, 5, 10]);
  });

  test('that is late changes nothing on the channel, and can raise the peak', async () => {
    await goLive(first);
    await count(first, 0, 90);
    await count(first, 1, 5);
    await record(first, 2);
    await record(first, 1);
    expect(await shown()).toEqual({ viewers: 5, viewersAt: minuteAfter(2) });
    expect(await peaks()).toEqual({ [first]: 90 });
  });

  test('never lowers the peak, in any order of many requests at the same time', async () => {
    await goLive(first);
    const viewers = [3, 70, 12, 5, 44, 69];
    for (const [minute, one] of viewers.entries()) await count(first, minute, one);
    await Promise.all(viewers.map((_, minute) => record(first, minute + 1)));
    expect(await peaks()).toEqual({ [first]: 70 });
    const { viewers: current, viewersAt = '' } = await shown();
    const written = viewers.map((one, minute) => ({ viewers: one, viewersAt: minuteAfter(minute + 1) }));
    expect(written).toContainEqual({ viewers: current, viewersAt });
  });

  test('creates no row for a channel or a stream that was deleted', async () => {
    id = 'deleted';
    await record('st-deleted', 1);
    const { client, names } = database();
    for (const [TableName, Key] of [
      [names.channels, { id }],
      [names.streams, { channelId: id, id: 'st-deleted' }],
    ] as const)
      expect((await client.send(new GetCommand({ TableName, Key }))).Item).toBeUndefined();
  });

  test('is accepted when DynamoDB throttles the writes, or when a transaction holds the rows', async () => {
    await goLive(first);
    const throttled = otherProcess();
    let command = '';
    throttled.client.middlewareStack.add(
      (next, context) => args => {
        command = String(context['commandName']);
        return next(args);
      },
      { step: 'initialize', name: 'whichCommand', priority: 'high' },
    );
    const chances = { throttle: 1 };
    const faults = injectFaults(throttled.client, chances, () => (command === 'UpdateItemCommand' ? 0 : 1));
    await record(first, 0, 1, throttled);
    expect(faults.injected.throttle).toBeGreaterThan(0);
    const conflicting = otherProcess();
    conflicting.client.middlewareStack.add(
      (next, context) => args => {
        if (context['commandName'] !== 'UpdateItemCommand') return next(args);
        throw new TransactionConflictException({ message: 'a transaction is ongoing', $metadata: {} });
      },
      { step: 'initialize' },
    );
    await record(first, 0, 1, conflicting);
    expect(await shown()).toEqual(nothing);
    await record(first, 1);
    expect(await shown()).toEqual({ viewers: 1, viewersAt: minuteAfter(1) });
  });
});

test('of many samples of a new minute in two processes, exactly one is the first', async () => {
  const processes = [otherProcess(), otherProcess()];
  const place = { streamId: first, minute: start };
  const counts = await Promise.all(
    [1, 2, 3, 1, 2, 3].flatMap(viewers =>
      processes.map(async one => ({
        viewers,
        counted: await addToMinute(one, place, { viewers }, {}, start),
      })),
    ),
  );
  expect(
    counts.filter(({ viewers, counted }) => counted !== 'throttled' && viewers === counted.viewers),
  ).toHaveLength(1);
});

describe('the viewers of a session', () => {
  test('are removed when it ends, and a sample after the end does not bring them back', async () => {
    await goLive(first);
    await count(first, 0, 8);
    await record(first, 1);
    await handling(database()).handle(eventOf('Session Ended', first, addMs(minuteAfter(1), 30_000)));
    expect(await shown()).toEqual(nothing);
    // The last minute of the stream counts towards its peak. The minutes after the end do not.
    await count(first, 1, 11);
    await record(first, 2, 50);
    expect(await peaks()).toEqual({ [first]: 8 });
    await record(first, 2);
    expect(await peaks()).toEqual({ [first]: 11 });
    await count(first, 2, 99);
    await record(first, 3);
    expect(await peaks()).toEqual({ [first]: 11 });
    expect(await shown()).toEqual(nothing);
  });

  test('are removed when the next one starts, and its own viewers are not replaced by late samples', async () => {
    await goLive(first);
    await count(first, 0, 8);
    await record(first, 1);
    await goLive(second, minuteAfter(1));
    expect(await shown()).toEqual(nothing);
    await record(second, 1);
    await count(first, 1, 80);
    // The channel is not written. The peak is, and its condition fails.
    expect(await record(first, 2)).toEqual(['BatchGetItem', 'UpdateItem']);
    expect(await shown()).toEqual({ viewers: 1, viewersAt: minuteAfter(1) });
  });

  test.each(['Session Ended', 'Session Created'])(
    'are removed by %s even if they were written after its fold had read the channel, without a conflict',
    async name => {
      await goLive(first);
      const fold = otherProcess();
      fold.client.middlewareStack.add(
        (next, context) => async args => {
          if (context['commandName'] === 'TransactWriteItemsCommand') {
            await record(first, 1);
            expect((await shown()).viewers).toBe(1);
          }
          return next(args);
        },
        { step: 'initialize' },
      );
      const { handle, counted } = handling(fold);
      const streamId = name === 'Session Ended' ? first : second;
      await handle(eventOf(name, streamId, minuteAfter(2)));
      expect(await shown()).toEqual(nothing);
      expect(counted).not.toContain('FoldConflict');
    },
  );

  test('are not written when it ends between the read and the write', async () => {
    await goLive(first);
    const late = otherProcess();
    const end = eventOf('Session Ended', first, minuteAfter(1));
    late.client.middlewareStack.add(
      (next, context) => async args => {
        if (context['commandName'] === 'UpdateItemCommand') await handling(database()).handle(end);
        return next(args);
      },
      { step: 'initialize' },
    );
    expect(await record(first, 1, 7, late)).toEqual(['BatchGetItem', 'UpdateItem', 'UpdateItem']);
    expect(await shown()).toEqual(nothing);
    expect(await peaks()).toEqual({ [first]: undefined });
  });

  test('stay when an event changes neither the session nor its end', async () => {
    await goLive(first);
    await record(first, 0);
    await handling(database()).handle(eventOf('Session Created', first, start));
    await handling(database()).handle(eventOf('Stream Start', first, addMs(start, 1_000)));
    expect((await shown()).viewers).toBe(1);
  });

  test('are always those of the open session, whatever events and samples meet', async () => {
    const deliverySets = history.chain(events => deliveries(events));
    await fc.assert(
      fc.asyncProperty(deliverySets, fc.infiniteStream(fc.nat(3)), async (events, draws) => {
        id = `any${++channels}`;
        arn = `arn:aws:ivs:us-west-2:123456789012:channel/${id}`;
        await putChannel(database(), { id, arn });
        const ids = [...new Set(events.map(({ detail }) => String(detail['stream_id'])))];
        // Each session has another number of viewers, so the number says whose it is.
        const numberOf = (streamId: string) => 1_000 + ids.indexOf(streamId);
        const { handle } = handling(database());
        let minute = 0;
        const work: Promise<unknown>[] = [];
        for (const event of events) {
          const to = { ...event, resources: event.resources.map(one => one.replace(CHANNEL_ID, id)) };
          work.push(handle(to));
          for (const streamId of ids) work.push(record(streamId, ++minute, numberOf(streamId)));
          if (Number(draws.next().value) === 0) await Promise.all(work.splice(0));
          const { viewers, openStreamId } = await readChannelRow(database(), id);
          expect([undefined, openStreamId === undefined ? undefined : numberOf(openStreamId)]).toContain(
            viewers,
          );
        }
        await Promise.all(work);
        const { viewers, openStreamId } = await readChannelRow(database(), id);
        expect([undefined, openStreamId === undefined ? undefined : numberOf(openStreamId)]).toContain(
          viewers,
        );
        for (const session of (await readSessions(database(), id)).filter(isStarted))
          expect([undefined, numberOf(session.id)]).toContain(session.peakViewers);
      }),
      { numRuns: 15 },
    );
  }, 60_000);
});

test.each([
  ['were written less than seven minutes ago', { viewers: 12, viewersAt: start }, 419_999, 12],
  ['were written seven minutes ago', { viewers: 12, viewersAt: start }, 420_000, 0],
  ['were never written', {}, 0, 0],
])('the viewers of a live channel that %s', (_, row, ms, expected) => {
  expect(currentViewers(row, new Date(Date.parse(start) + ms))).toBe(expected);
});
