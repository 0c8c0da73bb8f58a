import fc from 'fast-check';
import {
  CHANNEL_ARN,
  type Envelope,
  healthEvent,
  limitEvent,
  recordingEvent,
  second,
  stateEvent,
} from './ivsEvents.ts';
import type { OracleFinding } from './oracle.ts';

const streamIds = ['st-a', 'st-b', 'st-c', 'st-d'] as const;
// There are few different times, so that many events have the same one: IVS's times have no fractions of a second.
const at = (from: number, to: number) => fc.integer({ min: from, max: to }).map(second);

const stateNames = ['Session Created', 'Session Ended', 'Stream Start', 'Stream End', 'Stream Failure'];
const oddNames = ['Stream Takeover', 'Stream Takeover Failure', 'Something New'];

const recording = fc.record({
  path: fc.constantFrom('', 'ivs/v1/p', 'ivs/v1/q'),
  durationMs: fc.constantFrom(0, 10_000, 99_370_264),
});

/** Any event of a few sessions, also in combinations that IVS would hardly send. */
const anyEvent: fc.Arbitrary<Envelope> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom(...stateNames, ...oddNames), fc.constantFrom(...streamIds), at(0, 12))
      .map(([name, id, time]) => stateEvent(name, id, time)),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('Starvation Start', 'Starvation End'), fc.constantFrom(...streamIds), at(0, 12))
      .map(([name, id, time]) => healthEvent(name, id, time)),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.constantFrom(
          'Recording Start',
          'Recording End',
          'Recording Start Failure',
          'Recording End Failure',
        ),
        fc.constantFrom(...streamIds),
        at(0, 12),
        recording,
        fc.option(fc.shuffledSubarray([...streamIds]), { nil: undefined }),
      )
      .map(([status, id, time, rest, merged]) =>
        recordingEvent(status, id, time, {
          ...rest,
          ...(status === 'Recording End' && merged !== undefined
            ? { streamIds: [...new Set([...merged, id])] }
            : {}),
        }),
      ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...streamIds), at(0, 12)).map(([id, time]) => limitEvent(id, time)),
  },
);

/** The events of a session as IVS sends them, from second `from` on. Some may never be sent. */
function credible(id: string, from: number): fc.Arbitrary<Envelope[]> {
  const recorded = { path: 'ivs/v1/p', durationMs: 20_000 };
  const whole = [
    stateEvent('Session Created', id, second(from)),
    recordingEvent('Recording Start', id, second(from + 1), { path: 'ivs/v1/p' }),
    stateEvent('Stream Start', id, second(from + 2)),
    healthEvent('Starvation Start', id, second(from + 5)),
    healthEvent('Starvation End', id, second(from + 6)),
    stateEvent('Session Ended', id, second(from + 8)),
    stateEvent('Stream End', id, second(from + 9)),
    recordingEvent('Recording End', id, second(from + 12), { ...recorded, streamIds: [id] }),
  ];
  return fc
    .tuple(fc.subarray(whole, { minLength: 1 }), fc.boolean())
    .map(([events, failed]) =>
      failed ? [...events, stateEvent('Stream Failure', id, second(from + 7))] : events,
    );
}

/** Several sessions of one channel, one after another or overlapping. */
const credibleHistory: fc.Arbitrary<Envelope[]> = fc
  .array(fc.integer({ min: 0, max: 15 }), { minLength: 1, maxLength: 4 })
  .chain(gaps => {
    let from = 0;
    return fc.tuple(
      ...gaps.map((gap, index) => {
        from += gap;
        return credible(`st-${index}`, from);
      }),
    );
  })
  .map(sessions => sessions.flat());

const wildHistory = fc.array(anyEvent, { minLength: 1, maxLength: 14 });

/** Errors of a sender's clock in seconds: within a minute, hours, or whole days. */
export const clockErrors = fc.oneof(
  fc.integer({ min: -60, max: 60 }),
  fc.constantFrom(-7_200, -3_600, 3_600),
  fc.integer({ min: -40, max: 40 }).map(days => days * 86_400),
);

/** A plausible history in which some events have wrong times. */
const misdatedHistory: fc.Arbitrary<Envelope[]> = credibleHistory.chain(events =>
  fc
    .array(fc.option(clockErrors, { nil: 0 }), { minLength: events.length, maxLength: events.length })
    .map(errors => events.map((event, index) => misdated(event, errors[index] ?? 0))),
);

/** The event as sent by a clock that is `seconds` ahead. */
export function misdated(event: Envelope, seconds: number): Envelope {
  return { ...event, time: new Date(Date.parse(event.time) + seconds * 1_000).toISOString() };
}

/** Removes events that report the same occurrence as an earlier one. */
export function occurrences(events: readonly Envelope[]): Envelope[] {
  return [...new Map(events.map(event => [JSON.stringify({ ...event, id: '' }), event])).values()];
}

/**
 * A set of occurrences on one channel. Ids are assigned afterwards, so that a shrunk history is still a set.
 */
export const history: fc.Arbitrary<Envelope[]> = fc
  .oneof(wildHistory, credibleHistory, misdatedHistory)
  .map(occurrences)
  .map(events =>
    events.map((event, index) => ({
      ...event,
      id: `e${String(index).padStart(3, '0')}`,
      resources: [CHANNEL_ARN],
    })),
  );

/** What the reconciler might learn from IVS about a few sessions. */
export const findings: fc.Arbitrary<OracleFinding[]> = fc.array(
  fc.record({
    streamId: fc.constantFrom(...streamIds),
    at: at(0, 12).map(time => new Date(time).toISOString()),
    startedAt: at(0, 12).map(time => new Date(time).toISOString()),
    isStreaming: fc.boolean(),
  }),
  { maxLength: 3 },
);

/** The deliveries of a set of events: each at least once, some several times, in any order. */
export function deliveries(events: readonly Envelope[]): fc.Arbitrary<Envelope[]> {
  return fc.tuple(fc.subarray([...events]), fc.subarray([...events])).chain(([again, andAgain]) => {
    const all = [...events, ...again, ...andAgain];
    return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
  });
}
