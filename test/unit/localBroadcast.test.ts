import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  broadcastEventNames,
  broadcastIds,
  lengthUntil,
  planBroadcast,
  SHORTEST_BROADCAST_MS,
} from '../../local/broadcastPlan.ts';
import { BroadcastError, readBroadcastSettings } from '../../local/broadcastSettings.ts';
import { slot } from '../../local/playBroadcast.ts';
import { parseIvsEvent } from '../../model/ivsEvent.ts';

const channelArn = 'arn:aws:ivs:us-west-2:000000000000:channel/mock-channel-1-1';

function plan(lengthMs: number) {
  let events = 0;
  return planBroadcast({
    channelArn,
    channelName: 'alice',
    account: '000000000000',
    region: 'us-west-2',
    startsAt: '2026-01-15T10:00:00.750Z',
    lengthMs,
    ids: broadcastIds(
      length => 'a'.repeat(length),
      () => `event-${++events}`,
    ),
  });
}

describe('the plan of a broadcast', () => {
  test('has events that the handler accepts, of one session, in order and within its length', () => {
    const lengths = fc.integer({ min: SHORTEST_BROADCAST_MS, max: 12 * 3_600_000 });
    fc.assert(
      fc.property(lengths, lengthMs => {
        const events = plan(lengthMs);
        const read = events.map(({ envelope }) => parseIvsEvent(envelope));
        const offsets = events.map(event => event.offsetMs);
        expect(read.map(event => ('name' in event ? event.name : ''))).toEqual(broadcastEventNames);
        expect(new Set(read.map(event => ('streamId' in event ? event.streamId : '')))).toEqual(
          new Set([`st-${'a'.repeat(23)}`]),
        );
        expect(new Set(offsets).size).toBe(offsets.length);
        expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
        expect(offsets.at(-1)).toBeLessThanOrEqual(lengthMs);
        expect(read.map(event => Date.parse(event.time))).toEqual(
          offsets.map(offset => Date.parse('2026-01-15T10:00:00Z') + offset),
        );
      }),
    );
  });

  test('ends later when it is made longer, with otherwise the same events', () => {
    const [short, long] = [plan(60_000), plan(90_000)];
    expect(long.map(({ envelope }) => envelope.id)).toEqual(short.map(({ envelope }) => envelope.id));
    expect(long.slice(0, 3)).toEqual(short.slice(0, 3));
    const end = parseIvsEvent(long.at(-1)?.envelope);
    expect(end).toMatchObject({ kind: 'recording', durationMs: 90_000 - 16_000 });
  });

  test('has a session that ends after all its other events', () => {
    const times = fc.integer({ min: 30_000, max: 3_600_000 });
    fc.assert(
      fc.property(times, ms => {
        const now = new Date(Date.parse('2026-01-15T10:00:00.750Z') + ms);
        const ended = plan(lengthUntil('2026-01-15T10:00:00.750Z', now)).find(
          ({ name }) => name === 'Session Ended',
        );
        const late = Date.parse(ended?.envelope.time ?? '') - now.getTime();
        expect([late >= 0, late <= 2_000]).toEqual([true, true]);
      }),
    );
  });

  test('has a recording as long as the stream', () => {
    const [end] = plan(3_600_000).slice(-1);
    expect(parseIvsEvent(end?.envelope)).toMatchObject({
      kind: 'recording',
      durationMs: 3_600_000 - 16_000,
      path: 'ivs/v1/000000000000/mock-channel-1-1/2026/1/15/10/0/aaaaaaaaaaaa',
      mergedStreamIds: [`st-${'a'.repeat(23)}`],
    });
  });
});

describe('the time of a broadcast', () => {
  const now = new Date('2026-01-15T12:00:00.000Z');

  test('is the last hour on a channel that has never been live', () => {
    expect(slot(now, undefined)).toEqual({ startsAt: '2026-01-15T11:00:00.000Z', lengthMs: 3_600_000 });
  });

  test('starts after the newest session', () => {
    const { startsAt, lengthMs } = slot(now, '2026-01-15T11:40:00.000Z');
    expect({ startsAt, lengthMs }).toEqual({ startsAt: '2026-01-15T11:40:01.000Z', lengthMs: 1_199_000 });
  });

  test('has the minimum length when there is no room before now, and ends in the future', () => {
    expect(slot(now, '2026-01-15T12:00:30.000Z')).toEqual({
      startsAt: '2026-01-15T12:00:31.000Z',
      lengthMs: SHORTEST_BROADCAST_MS,
    });
  });

  test('in real time has begun just now, after the newest session', () => {
    expect(slot(now, '2026-01-15T11:00:00.000Z', 600_000)).toEqual({
      startsAt: '2026-01-15T11:59:50.000Z',
      lengthMs: 600_000,
    });
    expect(slot(now, '2026-01-15T11:59:55.000Z', 600_000).startsAt).toBe('2026-01-15T11:59:56.000Z');
  });
});

describe('the settings of a broadcast', () => {
  test('are read from the environment', () => {
    const settings = readBroadcastSettings({
      CHANNEL: 'alice',
      SPEED: '2.5',
      LOSE: 'session ended, Stream End',
    });
    expect(settings).toEqual({
      username: 'alice',
      speed: 2.5,
      minutes: undefined,
      viewers: 20,
      lost: new Set(['Session Ended', 'Stream End']),
      stackName: 'UGC-dev',
    });
    expect(readBroadcastSettings({ CHANNEL: 'alice', STAGE: 'qa' })).toMatchObject({
      speed: undefined,
      lost: new Set(),
      stackName: 'UGC-qa',
    });
  });

  test.each([
    [{}, 'CHANNEL must name'],
    [{ CHANNEL: 'alice', SPEED: '0' }, 'SPEED must be a number above 0 (got "0")'],
    [{ CHANNEL: 'alice', VIEWERS: '1.5' }, 'VIEWERS must be a whole number from 0 to 250 (got "1.5")'],
    [{ CHANNEL: 'alice', MINUTES: '0.5' }, 'MINUTES must be a number from 1 to 720 (got "0.5")'],
    [{ CHANNEL: 'alice', MINUTES: '5', SPEED: '2' }, 'MINUTES and SPEED cannot be used together'],
    [{ CHANNEL: 'alice', SPEED: 'fast' }, 'SPEED must be a number above 0 (got "fast")'],
    [{ CHANNEL: 'alice', LOSE: 'Stream Paused' }, 'LOSE must be a comma-separated list of Session Created,'],
  ])('are refused by name: %j', (environment, message) => {
    expect(() => readBroadcastSettings(environment)).toThrow(BroadcastError);
    expect(() => readBroadcastSettings(environment)).toThrow(message);
  });
});
