import fc from 'fast-check';
import { deliveries, history, occurrences } from '../support/histories.ts';
import { type Envelope, healthEvent, recordingEvent, second, stateEvent } from '../support/ivsEvents.ts';
import { type Drawn, withFewerFaults, withOtherSeeds, without } from './campaign.ts';
import { type FaultChances, noFaults } from './trouble.ts';

/** The events and the faults of one history of `postStreamEvents`. */
export interface EventHistory {
  /** Events of one channel. */
  readonly events: readonly Envelope[];
  /** Malformed events, and events of another stack's channel. */
  readonly noise: readonly Envelope[];
  /** All events, each at least once, in the order of delivery. */
  readonly delivered: readonly Envelope[];
  /** How many workers handle events concurrently. */
  readonly workers: number;
  readonly chances: FaultChances;
  /** The seed of the faults. */
  readonly seed: number;
}

/** Single faults, combinations and none, so that a frequent fault does not hide a rare one. */
export const chancesOfEvents: fc.Arbitrary<FaultChances> = fc.record({
  throttled: fc.constantFrom(0, 0.01, 0.03),
  conflict: fc.constantFrom(0, 0.05, 0.15),
  unprocessed: fc.constantFrom(0, 0.3),
  lostRequest: fc.constantFrom(0, 0.02),
  lostAnswer: fc.constantFrom(0, 0.02, 0.08),
  killedBefore: fc.constantFrom(0, 0.03),
  killedAfter: fc.constantFrom(0, 0.05, 0.15),
});

const noise: fc.Arbitrary<Envelope[]> = fc.subarray([
  { ...stateEvent('Stream Start', 'st-a', 'yesterday'), id: 'noise-time' },
  { ...stateEvent('Stream Start', 'st-a', '2026-01-15T10:00:00Z'), detail: {}, id: 'noise-detail' },
  {
    ...stateEvent('Session Created', 'st-a', '2026-01-15T10:00:00Z'),
    id: 'noise-channel',
    resources: ['arn:aws:ivs:us-west-2:123456789012:channel/SomebodyElse'],
  },
]);

const long: fc.Arbitrary<EventHistory> = fc.tuple(history, noise).chain(([events, noise]) =>
  fc.record({
    events: fc.constant(events),
    noise: fc.constant(noise),
    delivered: deliveries([...events, ...noise]),
    workers: fc.integer({ min: 1, max: 4 }),
    chances: chancesOfEvents,
    seed: fc.nat(),
  }),
);

const ids = fc.constantFrom('st-a', 'st-b', 'st-c');
const time = fc.integer({ min: 0, max: 6 }).map(second);
const paths = fc.constantFrom('ivs/v1/p', 'ivs/v1/q');
/** Events that change which session is open, whether it is live, and its thumbnail. */
const decisive: fc.Arbitrary<Envelope> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom('Session Created', 'Session Created', 'Stream Start'), ids, time)
      .map(([name, id, at]) => stateEvent(name, id, at)),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom('Session Ended', 'Stream End', 'Stream Failure'), ids, time)
      .map(([name, id, at]) => stateEvent(name, id, at)),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('Starvation Start', 'Starvation End'), ids, time)
      .map(([name, id, at]) => healthEvent(name, id, at)),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.constantFrom('Recording Start', 'Recording End'),
        ids,
        time,
        paths,
        fc.subarray(['st-a', 'st-b', 'st-c']),
      )
      .map(([status, id, at, path, others]) => {
        const streamIds = [...new Set([id, ...others])];
        return recordingEvent(status, id, at, { path, ...(status === 'Recording End' ? { streamIds } : {}) });
      }),
  },
);

/** Few events, some of them concurrent, because a later event would repair a wrong state. */
const short: fc.Arbitrary<EventHistory> = fc
  .array(decisive, { minLength: 2, maxLength: 5 })
  .map(all => occurrences(all).map((event, index) => ({ ...event, id: `e${index}` })))
  .chain(events =>
    fc.record({
      events: fc.constant(events),
      noise: fc.constant([]),
      delivered: fc.oneof(
        { weight: 3, arbitrary: fc.constant(events) },
        { weight: 1, arbitrary: deliveries(events) },
      ),
      workers: fc.integer({ min: 2, max: 4 }),
      chances: fc.oneof(
        { weight: 3, arbitrary: fc.constant(noFaults) },
        { weight: 1, arbitrary: chancesOfEvents },
      ),
      seed: fc.nat(),
    }),
  );

const eventHistory: fc.Arbitrary<EventHistory> = fc.oneof(
  { weight: 1, arbitrary: long },
  { weight: 4, arbitrary: short },
);

function* withFewerEvents(history: EventHistory): Generator<EventHistory> {
  const among = (kept: readonly Envelope[], all: readonly Envelope[]) =>
    all.filter(({ id }) => kept.some(one => one.id === id));
  if (history.noise.length > 0)
    yield { ...history, noise: [], delivered: among(history.events, history.delivered) };
  for (const fewer of without(history, 'events'))
    yield { ...fewer, delivered: among([...fewer.events, ...fewer.noise], history.delivered) };
  for (const fewer of without(history, 'delivered'))
    if (among(fewer.delivered, history.events).length === history.events.length) yield fewer;
  for (let workers = 1; workers < history.workers; workers++) yield { ...history, workers };
}

const named = ({ id, time, detail, 'detail-type': type }: Envelope) =>
  [id, detail['event_name'] ?? detail['recording_status'] ?? type, detail['stream_id'], time].join(' ');

/** Histories of events. Shorter ones have fewer events, deliveries, workers and faults. */
export const eventHistories: Drawn<EventHistory> = {
  histories: eventHistory,
  *shorter(history) {
    yield* withOtherSeeds([...withFewerFaults(history), ...withFewerEvents(history)]);
  },
  text: ({ events, noise, delivered, workers, chances, seed }) =>
    [
      `${workers} workers handle these events from one queue (faults ${JSON.stringify(chances)}, seed ${seed}):`,
      ...delivered.map(named),
      ...(delivered.length > events.length + noise.length ? ['(a repeated id is a repeated delivery)'] : []),
    ].join('\n    '),
};

/** The history on a channel of its own, with unique ids of sessions and events. */
export function onChannel(
  { events, noise, delivered }: Pick<EventHistory, 'events' | 'noise' | 'delivered'>,
  channelId: string,
): { events: Envelope[]; noise: Envelope[]; delivered: Envelope[]; arn: string; streamIds: string[] } {
  const arn = `arn:aws:ivs:us-west-2:123456789012:channel/${channelId}`;
  const mark = (id: unknown) => `${channelId}-${String(id)}`;
  const noiseIds = new Set(noise.map(({ id }) => id));
  const moved = (event: Envelope): Envelope => {
    const id = mark(event.id);
    if (noiseIds.has(event.id)) return { ...event, id };
    const merged = event.detail['recording_session_stream_ids'];
    const detail = {
      ...event.detail,
      stream_id: mark(event.detail['stream_id']),
      ...(Array.isArray(merged) ? { recording_session_stream_ids: merged.map(mark) } : {}),
    };
    return { ...event, id, detail, resources: [arn] };
  };
  const ours = events.map(moved);
  const streamIds = [...new Set(ours.map(({ detail }) => String(detail['stream_id'])))];
  return { events: ours, noise: noise.map(moved), delivered: delivered.map(moved), arn, streamIds };
}
