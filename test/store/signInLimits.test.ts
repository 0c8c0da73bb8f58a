import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { limit } from '../../domain/accounts/rateLimit.ts';
import { TooManyRequestsError } from '../../domain/errors.ts';
import { rateLimitOf } from '../../model/rateLimit.ts';
import { movableClock } from '../support/accounts.ts';
import { useDatabase } from '../support/database.ts';

const database = useDatabase();

const refusal = (work: Promise<void>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a rate limit', () => {
  test('lets exactly its requests through, however many come at once', async () => {
    const { clock } = movableClock();
    const limited = limit({ database: database(), clock });
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => refusal(limited('createSession', 'ip#a'))),
    );
    expect(answers.filter(answer => answer === undefined)).toHaveLength(30);
    expect(answers.filter(answer => answer instanceof TooManyRequestsError)).toHaveLength(30);
  });

  test('says when the window ends, and lets through again then', async () => {
    const { clock, forward } = movableClock('2026-01-15T10:00:20.500Z');
    const limited = limit({ database: database(), clock });
    for (let i = 0; i < 30; i++) await limited('createSession', 'ip#b');
    expect(await refusal(limited('createSession', 'ip#b'))).toMatchObject({ retryAfterSeconds: 39.5 });
    forward(39.5);
    await limited('createSession', 'ip#b');
  });

  test('is of one caller and one kind of request', async () => {
    const { clock } = movableClock();
    const limited = limit({ database: database(), clock });
    for (let i = 0; i < 60; i++) await limited('createUser', 'ip#c');
    expect(await refusal(limited('createUser', 'ip#c'))).toBeInstanceOf(TooManyRequestsError);
    await limited('createUser', 'ip#d');
    await limited('createSession', 'ip#c');
    await limited('updateMe', 'ip#c');
  });

  test('of writes is one for all of them', async () => {
    const { clock } = movableClock();
    const limited = limit({ database: database(), clock });
    for (let i = 0; i < 60; i++)
      await Promise.all([limited('updateMe', 'user#e'), limited('followChannel', 'user#e')]);
    expect(await refusal(limited('deleteSession', 'user#e'))).toBeInstanceOf(TooManyRequestsError);
  });

  test('keeps no address, and no row for long', async () => {
    const { clock } = movableClock();
    await limit({ database: database(), clock })('createUser', 'ip#203.0.113.77');
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
