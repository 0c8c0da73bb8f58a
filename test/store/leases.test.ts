import { beforeEach, describe, expect, test } from '@jest/globals';
import { withLease } from '../../store/leases.ts';
import { useDatabase } from '../support/database.ts';
import { second } from '../support/ivsEvents.ts';

function latch() {
  let resolve = () => {};
  const promise = new Promise<void>(done => {
    resolve = done;
  });
  return { promise, resolve };
}

describe('a lease', () => {
  const database = useDatabase();
  let now: Date;
  let leases = 0;
  beforeEach(() => {
    now = new Date(second(0));
    leases++;
  });
  const run = <T>(work: () => Promise<T>) => withLease(database(), `work${leases}`, 60_000, () => now, work);
  const done = async () => 'done';

  test('lets one process work at a time', async () => {
    expect(await run(() => run(done))).toBe('busy');
    expect(await run(done)).toBe('done');
  });

  test('ends when the work fails', async () => {
    await expect(run(() => Promise.reject(new Error('no list')))).rejects.toThrow('no list');
    expect(await run(done)).toBe('done');
  });

  test('expires when its process does not finish, and a late end does not end the lease of the next', async () => {
    const [begun, end] = [latch(), latch()];
    const stuck = run(() => {
      begun.resolve();
      return end.promise;
    });
    await begun.promise;
    expect(await run(done)).toBe('busy');
    now = new Date(second(60));
    const next = await run(async () => {
      end.resolve();
      await stuck;
      return run(done);
    });
    expect(next).toBe('busy');
  });
});
