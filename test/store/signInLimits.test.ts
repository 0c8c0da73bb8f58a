import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { limit } from '../../domain/accounts/rateLimit.ts';
import { TooManyRequestsError } from '../../domain/errors.ts';
import { defaultLimits, type Networks, type RateLimitRow, rateLimitOf } from '../../model/rateLimit.ts';
import { getCount, putCount } from '../../store/rateLimits.ts';
import { movableClock } from '../support/accounts.ts';
import { useDatabase } from '../support/database.ts';

const database = useDatabase();

const refusal = (work: Promise<void>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

/** A guest in a network that no other test uses. */
const from = (address: string) => ({ networks: { address, subnet: `subnet of ${address}` } });

describe('a rate limit', () => {
  test('accepts exactly its number of requests, however many are sent at once', async () => {
    const { clock } = movableClock();
    const limited = limit({ database: database(), clock, settings: defaultLimits });
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => refusal(limited('createSession', from('a')))),
    );
    expect(answers.filter(answer => answer === undefined)).toHaveLength(30);
    expect(answers.filter(answer => answer instanceof TooManyRequestsError)).toHaveLength(30);
  });

  test('says when its window ends, and accepts requests again then', async () => {
    const { clock, forward } = movableClock('2026-01-15T10:00:20.500Z');
    const limited = limit({ database: database(), clock, settings: defaultLimits });
    for (let i = 0; i < 30; i++) await limited('createSession', from('b'));
    expect(await refusal(limited('createSession', from('b')))).toMatchObject({ retryAfterSeconds: 39.5 });
    forward(39.5);
    await limited('createSession', from('b'));
  });

  test('counts one caller and one kind of request', async () => {
    const { clock } = movableClock();
    const limited = limit({ database: database(), clock, settings: defaultLimits });
    for (let i = 0; i < 60; i++) await limited('createUser', from('c'));
    expect(await refusal(limited('createUser', from('c')))).toBeInstanceOf(TooManyRequestsError);
    await limited('createUser', from('d'));
    await limited('createSession', from('c'));
    await limited('updateMe', from('c'));
  });

  test('of writes is one for all writes', async () => {
    const { clock } = movableClock();
    const limited = limit({ database: database(), clock, settings: defaultLimits });
    for (let i = 0; i < 60; i++)
      await Promise.all([limited('updateMe', { userId: 'e' }), limited('followChannel', { userId: 'e' })]);
    expect(await refusal(limited('deleteSession', { userId: 'e' }))).toBeInstanceOf(TooManyRequestsError);
  });

  describe('of guests', () => {
    const settings = {
      ...defaultLimits,
      signUpsPerHour: { address: 2, subnet: 3, site: 4, stack: 6 },
    };
    /** The reason of each refusal, for sign-ups from these networks in order. */
    async function refusals(...callers: readonly Networks[]): Promise<unknown[]> {
      // Each test has a day of its own, because the stack's count is shared.
      const { clock } = movableClock(`2026-01-${String(++day).padStart(2, '0')}T10:00:00.000Z`);
      const limited = limit({ database: database(), clock, settings });
      const reasons: unknown[] = [];
      for (const networks of callers) {
        const error = await refusal(limited('createUser', { networks }));
        reasons.push(Object(error).reason);
      }
      return reasons;
    }
    let day = 0;
    const v6 = (site: number, subnet: number, address: number) => ({
      address: `address ${site}.${subnet}.${address}`,
      subnet: `subnet ${site}.${subnet}`,
      site: `site ${site}`,
    });

    test('counts an address, its subnet, its site and the whole stack', async () => {
      expect(
        await refusals(
          v6(1, 1, 1),
          v6(1, 1, 1),
          v6(1, 1, 1),
          v6(1, 1, 2),
          v6(1, 1, 3),
          v6(1, 2, 4),
          v6(1, 3, 5),
        ),
      ).toEqual([undefined, undefined, 'rate-limit', undefined, 'rate-limit', undefined, 'rate-limit']);
      expect(await refusals(...Array.from({ length: 7 }, (_, site) => v6(10 + site, 1, 1)))).toEqual([
        ...Array(6).fill(undefined),
        'stack-limit',
      ]);
    });

    test('does not add a refused request of one network to the shared counts', async () => {
      const flood = Array(20).fill(v6(1, 1, 1));
      const others = [v6(2, 1, 1), v6(3, 1, 1), v6(4, 1, 1), v6(5, 1, 1)];
      expect((await refusals(...flood, ...others)).slice(20)).toEqual(Array(4).fill(undefined));
    });
  });

  test('stores no address, and no row for long', async () => {
    const { clock } = movableClock();
    await limit({ database: database(), clock, settings: defaultLimits })('createUser', from('203.0.113.77'));
    const { Items = [] } = await database().client.send(
      new ScanCommand({ TableName: database().names.rateLimits }),
    );
    expect(JSON.stringify(Items)).not.toContain('203.0.113.77');
    const end = clock().getTime() / 1000 + 2 * 3600;
    for (const { expiresAt } of Items) expect(expiresAt).toBeLessThan(end);
  });

  test('is 60 sign-ups an hour, 30 sign-ins, 60 refreshes and 120 other writes a minute', () => {
    const shown = ['createUser', 'createSession', 'refreshSession', 'updateMe'].map(operation => {
      const { requests, windowSeconds } = rateLimitOf(operation);
      return [requests, windowSeconds];
    });
    expect(shown).toEqual([
      [60, 3600],
      [30, 60],
      [60, 60],
      [120, 60],
    ]);
  });
});

describe('a count that is computed from a read', () => {
  test.each([
    ['another count', { count: 2, until: '2026-01-15T11:00:00.000Z' }],
    ['another end', { count: 1, until: '2026-01-15T12:00:00.000Z' }],
    ['nothing else', undefined],
  ])('replaces the row that was read, and not one in which %s has changed', async (what, now) => {
    const id = `count ${what}`;
    const at = new Date('2026-01-15T10:00:00.000Z');
    const put = (before: RateLimitRow | undefined, count: number, until: string) =>
      putCount(database(), id, before, { count, until: new Date(until) }, at);
    expect(await put(undefined, 1, '2026-01-15T11:00:00.000Z')).toBe(true);
    const read = await getCount(database(), id);
    if (now !== undefined) expect(await put(read, now.count, now.until)).toBe(true);
    const isWritten = now === undefined;
    expect(await put(read, 5, '2026-01-15T13:00:00.000Z')).toBe(isWritten);
    expect((await getCount(database(), id))?.count).toBe(isWritten ? 5 : now.count);
  });
});
