import { describe, expect, test } from '@jest/globals';
import type { Envelope } from '../../local/eventBus/envelope.ts';
import { type DeadLetter, eventBus } from '../../local/eventBus/eventBus.ts';
import { ivsRule } from '../../local/eventBus/pattern.ts';
import { eventRetry } from '../../model/eventPattern.ts';

const event: Envelope = {
  id: 'e1',
  'detail-type': 'IVS Stream State Change',
  source: 'aws.ivs',
  time: '2026-01-15T10:00:00Z',
  resources: [],
  detail: {},
};

/** A bus whose target fails as often as `failures` says, without delays between attempts. */
function busThatFails(failures: number) {
  const letters: DeadLetter[] = [];
  const waits: number[] = [];
  let calls = 0;
  const bus = eventBus({
    pattern: ivsRule,
    target: async () => {
      calls += 1;
      if (calls <= failures) throw new RangeError(`no ${calls}`);
      return { result: 'folded' as const };
    },
    onDeadLetter: letter => letters.push(letter),
    wait: async ms => waits.push(ms),
  });
  return { bus, letters, waits, calls: () => calls };
}

describe('the local event bus', () => {
  test('returns the result of the handler', async () => {
    const { bus, calls } = busThatFails(0);
    expect(await bus.deliver(event)).toEqual({ result: 'folded' });
    expect(calls()).toBe(1);
  });

  test('does not call the handler for an event that the rule does not match', async () => {
    const { bus, calls } = busThatFails(0);
    expect(await bus.deliver({ ...event, 'detail-type': 'Other' })).toEqual({ result: 'unmatched' });
    expect(calls()).toBe(0);
  });

  test('retries with growing delays until the handler succeeds', async () => {
    const { bus, waits, letters } = busThatFails(2);
    expect(await bus.deliver(event)).toEqual({ result: 'folded' });
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waits).toHaveLength(2);
    expect(letters).toEqual([]);
  });

  test('gives up an event after as many attempts as Lambda', async () => {
    const { bus, letters, calls } = busThatFails(Number.POSITIVE_INFINITY);
    const attempts = eventRetry.functionRetries + 1;
    expect(await bus.deliver(event)).toEqual({ result: 'failed', reason: `RangeError: no ${attempts}` });
    expect(calls()).toBe(attempts);
    expect(letters).toMatchObject([{ event, attempts, reason: `RangeError: no ${attempts}` }]);
  });

  test('is idle only when no delivery is in progress', async () => {
    let finish = () => {};
    const bus = eventBus({
      pattern: ivsRule,
      target: () =>
        new Promise<{ result: 'folded' }>(resolve => {
          finish = () => resolve({ result: 'folded' });
        }),
      onDeadLetter: () => {},
    });
    const delivery = bus.deliver(event);
    const first = await Promise.race([
      bus.idle().then(() => 'idle'),
      new Promise(done => setImmediate(done, 'busy')),
    ]);
    expect(first).toBe('busy');
    finish();
    await bus.idle();
    expect(await delivery).toEqual({ result: 'folded' });
  });
});
