import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { unlimited } from '../../local/ivs/quotas.ts';
import { LOCAL_ACCOUNT } from '../../model/localEndpoint.ts';
import { ivsSessions } from '../../streamEventsApi/ivsSessions.ts';
import { reconciler } from '../../streamEventsApi/reconcile.ts';
import { stateOf } from '../support/channelState.ts';
import { useDatabase } from '../support/database.ts';
import { handling, putChannel, readChannelRow, readSessions } from '../support/eventHandling.ts';
import { clockErrors, misdated } from '../support/histories.ts';
import { type Envelope, recordingEvent, second, stateEvent } from '../support/ivsEvents.ts';
import { impossibilities } from '../support/oracle.ts';
import { startIvs, type TestIvs } from '../unit/localIvsEndpoint.ts';

const runs = Number(process.env['RECONCILE_RUNS'] ?? 12);
const now = 3_600;

/** A session at IVS, in seconds from the start of the day. A session without an end is live. */
interface Session {
  readonly from: number;
  readonly to: number | undefined;
}

/** One or two sessions of a channel, one after the other; the last may be live. */
const sessions: fc.Arbitrary<Session[]> = fc
  .tuple(fc.integer({ min: 0, max: 900 }), fc.boolean(), fc.boolean())
  .map(([from, isLive, isSecond]) => {
    const last = { from: from + 1_800, to: isLive ? undefined : from + 2_400 };
    return isSecond ? [{ from, to: from + 1_200 }, last] : [last];
  });

const delivery = fc.record({
  isLost: fc.boolean(),
  error: fc.option(clockErrors, { nil: 0 }),
  order: fc.nat(),
});

/** Events of a session that IVS never had, or no longer has. */
const stray = fc.record({
  name: fc.constantFrom('Session Created', 'Stream Start', 'Stream End', 'Session Ended', 'Stream Failure'),
  of: fc.constantFrom('own', 'other'),
  ahead: clockErrors,
  order: fc.nat(),
});

describe('the reconciler', () => {
  const database = useDatabase();
  let ivs: TestIvs;
  beforeAll(async () => {
    ivs = await startIvs({ quota: unlimited });
  });
  afterAll(() => ivs.stop());

  let channels = 0;

  /**
   * Two lists: events with the times that IVS has, and events in the order and with the times of their
   * arrival.
   */
  function play(id: string, truth: readonly Session[]) {
    const resources = [`arn:aws:ivs:us-west-2:${LOCAL_ACCOUNT}:channel/${id}`];
    const streamId = (n: number | string) => `st-${`${id}x${n}`.padStart(23, '0')}`;
    const events: Envelope[] = truth.flatMap(({ from, to }, n) => [
      stateEvent('Session Created', streamId(n), second(from), { resources }),
      recordingEvent('Recording Start', streamId(n), second(from + 4), {}, { resources }),
      stateEvent('Stream Start', streamId(n), second(from + 5), { resources }),
      ...(to === undefined
        ? []
        : [
            stateEvent('Session Ended', streamId(n), second(to), { resources }),
            stateEvent('Stream End', streamId(n), second(to + 3), { resources }),
            recordingEvent(
              'Recording End',
              streamId(n),
              second(to + 9),
              { durationMs: 500_000 },
              { resources },
            ),
          ]),
    ]);
    return { resources, streamId, events };
  }

  // Promise 3 of the design.
  test('shows what IVS streams and nothing else after one run, whatever times the events had', async () => {
    await fc.assert(
      fc.asyncProperty(
        sessions,
        fc.array(delivery, { minLength: 12, maxLength: 12 }),
        fc.array(stray, { maxLength: 4 }),
        async (truth, deliveries, strays) => {
          const id = `ch${++channels}`;
          const { resources, streamId, events } = play(id, truth);
          await putChannel(database(), { id, arn: resources[0] ?? '' });
          for (const event of events) ivs.simulator.applyEvent(event);
          const told = events.flatMap((event, index) => {
            const { isLost, error, order } = deliveries[index] ?? { isLost: false, error: 0, order: 0 };
            return isLost ? [] : [{ event: misdated(event, error), order }];
          });
          const odd = strays.map(({ name, of, ahead, order }) => {
            const session = of === 'own' ? truth.length - 1 : 'stray';
            return {
              event: misdated(stateEvent(name, streamId(session), second(now), { resources }), ahead),
              order,
            };
          });
          const clock = () => new Date(second(now));
          const { handle, dependencies } = handling(database(), { clock });
          const read = async () =>
            stateOf(await readChannelRow(database(), id), await readSessions(database(), id));
          for (const { event } of [...told, ...odd].sort((a, b) => a.order - b.order)) {
            await handle(event);
            expect(impossibilities(await read())).toEqual([]);
          }
          const run = reconciler({ ...dependencies, ivs: ivsSessions(ivs.client, 0), graceMs: 120_000 });
          expect((await run()).failed).toEqual([]);
          const live = truth.findIndex(({ to }) => to === undefined);
          const state = await read();
          expect(impossibilities(state)).toEqual([]);
          if (live !== -1) expect(state).toMatchObject({ isLive: true, open: streamId(live) });
          // After the grace period, every session that is not live has ended, and another run changes
          // nothing.
          const later = reconciler({
            ...dependencies,
            clock: () => new Date(second(now + 300)),
            ivs: ivsSessions(ivs.client, 0),
            graceMs: 120_000,
          });
          await later();
          const settled = await read();
          expect(impossibilities(settled)).toEqual([]);
          expect(settled.open).toBe(live === -1 ? undefined : streamId(live));
          expect(await later()).toMatchObject({ opened: [], closed: [], completed: [], failed: [] });
          // The simulator keeps all sessions. This run's channel is ended so that the next run has one live
          // channel.
          if (live !== -1) {
            const end = stateEvent('Session Ended', streamId(live), second(now + 301), { resources });
            ivs.simulator.applyEvent(end);
            await handling(database()).handle(end);
          }
        },
      ),
      // Shrinking takes minutes with a real engine, so the whole history is reported.
      { numRuns: runs, endOnFailure: true },
    );
  });
});
