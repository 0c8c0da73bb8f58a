import { randomBytes, randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { answerOnce } from '../../domain/idempotency.ts';
import { movableClock } from '../support/accounts.ts';
import { useDatabase } from '../support/database.ts';

const database = useDatabase();
const { clock } = movableClock();
const once = (request: { key: string }, work: () => Promise<{ answer: string; isFinal: boolean }>) => {
  const whole = { operation: 'createUser', caller: 'guest', body: '{}', ...request };
  return answerOnce({ database: database(), clock, random: randomBytes, onLostAnswer: fail })(whole, work);
};
const fail = (error: unknown) => {
  throw error;
};
const done = async () => ({ answer: 'done', isFinal: true });

test('a request that throws releases its key: the next one does the work at once', async () => {
  const key = randomUUID();
  const broken = once({ key }, async () => fail(new Error('broken')));
  await expect(broken).rejects.toThrow('broken');
  expect(await once({ key }, done)).toEqual({ answer: 'done', isReplay: false });
  expect(await once({ key }, done)).toEqual({ answer: 'done', isReplay: true });
});

test('an answer that is not final releases its key', async () => {
  const key = randomUUID();
  const refused = async () => ({ answer: 'refused', isFinal: false });
  expect(await once({ key }, refused)).toEqual({ answer: 'refused', isReplay: false });
  expect(await once({ key }, done)).toEqual({ answer: 'done', isReplay: false });
});
