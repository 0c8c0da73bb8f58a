import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { toItem } from '../../store/attributeValue.ts';
import { putItem, RowsLeftError, writeBatch } from '../../store/batchWrite.ts';
import { documentClient } from '../../store/database.ts';
import { inParallel } from '../../store/inParallel.ts';
import { isTransient, retry } from '../../store/retry.ts';
import { otherRuns, runMark } from '../../store/seedIndex.ts';
import { Tally } from '../../store/tally.ts';
import { localCredentials } from '../support/database.ts';
import { startFaultProxy } from '../support/faultProxy.ts';

describe('work in parallel', () => {
  /** Numbers, and a count of how many were taken. */
  function counted(count: number) {
    const taken = { count: 0 };
    function* numbers() {
      for (let n = 0; n < count; n++) {
        taken.count++;
        yield n;
      }
    }
    return { numbers: numbers(), taken };
  }

  test('is done once for every item, with limited concurrency, and takes no item before it can start', async () => {
    const { numbers, taken } = counted(100);
    const done: number[] = [];
    let most = 0;
    await inParallel(numbers, 4, undefined, async n => {
      most = Math.max(most, taken.count - done.length);
      await Promise.resolve();
      done.push(n);
    });
    expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, n) => n));
    expect(most).toBe(4);
  });

  test('stops at the first failure, and throws it after the running work has finished', async () => {
    const { numbers, taken } = counted(100);
    let finished = 0;
    const working = inParallel(numbers, 4, undefined, async n => {
      await new Promise(setImmediate);
      if (n === 5) throw new Error('five');
      finished++;
    });
    await expect(working).rejects.toThrow('five');
    expect(taken.count).toBeLessThanOrEqual(12);
    expect(finished).toBe(taken.count - 1);
  });

  test('stops without an error when it is told to', async () => {
    const { numbers, taken } = counted(100);
    const stop = new AbortController();
    await inParallel(numbers, 2, stop.signal, async n => {
      if (n === 10) stop.abort();
      await Promise.resolve();
    });
    expect(taken.count).toBeLessThanOrEqual(12);
  });
});

describe('retry', () => {
  const policy = { tries: 3, firstDelayMs: 1, longestDelayMs: 1 };
  const throttled = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });

  test('retries temporary errors, a limited number of times', async () => {
    let calls = 0;
    const answer = retry(async () => {
      if (++calls < 3) throw throttled;
      return 'done';
    }, policy);
    expect(await answer).toBe('done');
    calls = -100;
    await expect(retry(() => Promise.reject(throttled), policy)).rejects.toBe(throttled);
  });

  test('does not retry permanent errors', async () => {
    let calls = 0;
    const refused = Object.assign(new Error('no'), { $metadata: { httpStatusCode: 400 } });
    const asking = retry(async () => {
      calls++;
      throw refused;
    }, policy);
    await expect(asking).rejects.toBe(refused);
    expect(calls).toBe(1);
  });

  test.each([
    [throttled, true],
    [Object.assign(new Error(), { code: 'ECONNRESET' }), true],
    [Object.assign(new Error(), { $metadata: { httpStatusCode: 503 } }), true],
    [Object.assign(new Error(), { code: 'ECONNREFUSED' }), false],
    [new Error('anything else'), false],
    [undefined, false],
  ])('treats %p as temporary: %p', (error, expected) => {
    expect(isTransient(error)).toBe(expected);
  });
});

describe('a batch', () => {
  const batchOf = (count: number) =>
    Array.from({ length: count }, (_, n) => putItem('users', { id: `u${n}` }));
  const policy = { tries: 3, firstDelayMs: 1, longestDelayMs: 1 };
  const requestItems = z.object({ RequestItems: z.object({ users: z.array(z.unknown()) }) });

  /** Writes a batch to a table that accepts `taken()` of the items in each request. */
  async function writeTo(taken: () => number) {
    const proxy = await startFaultProxy('http://127.0.0.1:1', ({ body }) => {
      const left = requestItems.parse(body).RequestItems.users.slice(taken());
      return { kind: 'answer', body: { UnprocessedItems: left.length === 0 ? {} : { users: left } } };
    });
    const client = documentClient({ ...localCredentials, endpoint: proxy.endpoint });
    const tally = new Tally();
    const done = writeBatch({ client, names: { users: 'users' } }, batchOf(10), tally, { policy });
    const failure = await done.catch((error: unknown) => error);
    client.destroy();
    await proxy.stop();
    return { failure, written: tally.of('users'), requests: proxy.total() };
  }

  test('is written completely in as many requests as it takes, if each of them makes progress', async () => {
    expect(await writeTo(() => 1)).toEqual({ failure: undefined, written: 10, requests: 10 });
  });

  test('is given up after several requests in a row without progress', async () => {
    // Two requests fail, one succeeds, and so on, so the third failure in a row comes at the end.
    const taken = [0, 0, 1, 0, 0, 1, 0, 0, 0];
    const { failure, ...rest } = await writeTo(() => taken.shift() ?? 10);
    expect(failure).toBeInstanceOf(RowsLeftError);
    expect(rest).toEqual({ written: 2, requests: 9 });
  });
});

describe("a row in DynamoDB's JSON", () => {
  test('has every type of value, and leaves out undefined', () => {
    const row = {
      text: 'x',
      empty: '',
      number: -1.5,
      yes: true,
      list: ['a', 1],
      map: { a: 1, b: undefined },
      none: undefined,
    };
    expect(toItem(row)).toEqual({
      text: { S: 'x' },
      empty: { S: '' },
      number: { N: '-1.5' },
      yes: { BOOL: true },
      list: { L: [{ S: 'a' }, { N: '1' }] },
      map: { M: { a: { N: '1' } } },
    });
  });

  test.each([[null], [Number.NaN], [1n], [() => 1]])('cannot have %p', value => {
    expect(() => toItem({ value })).toThrow('a row cannot hold');
  });
});

describe('the marks of other runs of the same set', () => {
  const run = { set: 1, id: '2026-03-01T12:00:00.000Z-5e1f' };
  const isOther = (mark: string) => otherRuns(run).some(({ from, to }) => mark >= from && mark <= to);

  test.each([
    [runMark(run), false],
    ['1#2026-03-01T11:59:59.999Z-ffff', true],
    ['1#2026-03-01T12:00:00.001Z-0000', true],
    ['1#2026-03-01T12:00:00.000Z-0000', true],
    ['1#2026-03-01T12:00:00.000Z-ffff', true],
    ['12#2026-03-01T11:59:59.999Z-ffff', false],
    ['0#2026-03-01T12:00:00.001Z-0000', false],
    ['2#2026-03-01T12:00:00.001Z-0000', false],
  ])('%s: %p', (mark, expected) => {
    expect(isOther(mark)).toBe(expected);
  });
});
