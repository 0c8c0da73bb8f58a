import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { documentClient } from '../../store/database.ts';
import { stateOf } from '../support/channelState.ts';
import { localCredentials, useDatabase } from '../support/database.ts';
import { handling, putChannel, readChannelRow, readSessions } from '../support/eventHandling.ts';
import { type FaultChances, injectFaults } from '../support/faults.ts';
import { deliveries, history } from '../support/histories.ts';
import type { Envelope } from '../support/ivsEvents.ts';
import { oracle } from '../support/oracle.ts';

const WORKERS = 4;
const faulty: FaultChances = { transactionConflict: 0.1, throttle: 0.03, killBefore: 0.05, killAfter: 0.05 };
const runs = Number(process.env['CONCURRENT_RUNS'] ?? 16);
// The SDK's waiting after throttled requests makes these tests slow.
const faultyRuns = Math.ceil(runs / 2);

describe('postStreamEvents, concurrently on one channel', () => {
  const database = useDatabase();
  let channels = 0;

  /**
   * Handles `delivered` with several workers that share only the tables, and checks what readers see
   * meanwhile.
   */
  async function play(delivered: readonly Envelope[], chances: FaultChances, seed: number) {
    const id = `channel${++channels}`;
    const arn = `arn:aws:ivs:us-west-2:123456789012:channel/${id}`;
    await putChannel(database(), { id, arn });
    const queue = delivered.map(event => ({ ...event, id: `${id}-${event.id}`, resources: [arn] }));
    const random = numbers(seed);
    const workers = Array.from({ length: WORKERS }, async () => {
      const client = documentClient({
        ...localCredentials,
        endpoint: database().engine.endpoint,
        maxAttempts: 3,
      });
      const faults = injectFaults(client, chances, random);
      const { handle } = handling({ client, names: database().names });
      for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
        try {
          await handle(event);
        } catch {
          // EventBridge delivers the event again.
          queue.push(event);
        }
      }
      client.destroy();
      return faults.injected;
    });
    let done = false;
    const seenOpen: number[] = [];
    const reader = (async () => {
      while (!done) {
        const sessions = await readSessions(database(), id);
        seenOpen.push(sessions.filter(session => session.isOpen !== undefined).length);
      }
    })();
    const injected = await Promise.all(workers).finally(() => {
      done = true;
    });
    await reader;
    const sessions = await readSessions(database(), id);
    return { state: stateOf(await readChannelRow(database(), id), sessions), seenOpen, injected };
  }

  async function agrees(chances: FaultChances, numRuns: number) {
    const totals = { transactionConflict: 0, throttle: 0, killBefore: 0, killAfter: 0 };
    await fc.assert(
      fc.asyncProperty(
        history.chain(events => fc.tuple(fc.constant(events), deliveries(events))),
        fc.nat(),
        async ([events, delivered], seed) => {
          const { state, seenOpen, injected } = await play(delivered, chances, seed);
          expect(state).toEqual(oracle(events));
          expect(Math.max(...seenOpen)).toBeLessThanOrEqual(1);
          for (const one of injected) for (const fault of keys(totals)) totals[fault] += one[fault];
        },
      ),
      { numRuns },
    );
    return totals;
  }

  test('leaves the state of the set of events, and no reader sees two open sessions', async () => {
    await agrees({}, runs);
  });

  test('does so despite conflicts, throttling and workers killed before and after a request was carried out', async () => {
    const totals = await agrees(faulty, faultyRuns);
    for (const fault of keys(totals)) expect(totals[fault]).toBeGreaterThan(0);
  });
});

function keys<T extends object>(record: T): (keyof T)[] {
  return Object.keys(record) as (keyof T)[];
}

/** Mulberry32: numbers in [0, 1), so that the same seed gives the same faults. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
