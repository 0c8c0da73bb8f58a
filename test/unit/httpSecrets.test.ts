import { describe, expect, test } from '@jest/globals';
import { once } from '../../lambdas/api/http/secrets.ts';

describe('a value that is made once', () => {
  test('is shared by concurrent and later callers', async () => {
    let calls = 0;
    const make = once(async () => ++calls);
    expect(await Promise.all([make(), make()])).toEqual([1, 1]);
    expect(await make()).toBe(1);
  });

  test('is made again after a failure', async () => {
    let calls = 0;
    const make = once(async () => {
      calls++;
      if (calls === 1) throw new Error('busy');
      return 'made';
    });
    await expect(make()).rejects.toThrow('busy');
    expect(await make()).toBe('made');
  });
});
