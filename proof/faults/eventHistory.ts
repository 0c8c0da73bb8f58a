import fc from 'fast-check';
import { deliveries, history } from '../../test/support/histories.ts';
import { type Envelope, stateEvent } from '../../test/support/ivsEvents.ts';
import type { FaultChances } from './trouble.ts';

/** What one run of `postStreamEvents` is put through. */
export interface EventHistory {
  /** A set of events of one channel. */
  readonly events: readonly Envelope[];
  /** Events that nothing can be made of, and those of a channel that is not ours. */
  readonly noise: readonly Envelope[];
  /** All of them, each at least once, in the order in which they arrive. */
  readonly delivered: readonly Envelope[];
  /** How many workers handle them at once. */
  readonly workers: number;
  readonly chances: FaultChances;
  /** Which faults are met where. */
  readonly seed: number;
}

/** Each alone, some at once, none: a fault that is rare must not hide behind one that is common. */
export const chancesOfEvents: fc.Arbitrary<FaultChances> = fc.record({
  throttled: fc.constantFrom(0, 0.01, 0.03),
  conflict: fc.constantFrom(0, 0.05, 0.15),
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

export const eventHistory: fc.Arbitrary<EventHistory> = fc.tuple(history, noise).chain(([events, noise]) =>
  fc.record({
    events: fc.constant(events),
    noise: fc.constant(noise),
    delivered: deliveries([...events, ...noise]),
    workers: fc.integer({ min: 1, max: 4 }),
    chances: chancesOfEvents,
    seed: fc.nat(),
  }),
);

/** The history as it happens on one channel: sessions and events have ids that no other history's have. */
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
