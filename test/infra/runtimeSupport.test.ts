import { expect, test } from '@jest/globals';
import { daysOfSupport, RENEW_DAYS, supportedUntil } from '../../lib/config/runtimeSupport.ts';
import { functionsOf } from './support/functions.ts';
import { templateOf } from './support/templateOf.ts';

const runtimes = [...new Set(functionsOf(templateOf()).map(({ Runtime }) => Runtime))];

test('the days of support left are counted to the end date that AWS names', () => {
  const until = supportedUntil['nodejs24.x'] ?? '';
  expect(daysOfSupport('nodejs24.x', new Date(until))).toBe(0);
  expect(daysOfSupport('nodejs24.x', new Date(Date.parse(until) - RENEW_DAYS * 86_400_000))).toBe(RENEW_DAYS);
  expect(daysOfSupport('nodejs24.x', new Date(Date.parse(until) + 1))).toBe(-1);
  expect(() => daysOfSupport('nodejs0.x', new Date(0))).toThrow(
    'runtimeSupport.ts has no end of support for nodejs0.x',
  );
});

// This is the one test whose result depends on the date. It warns in time that a runtime is about to end.
test(`every function's runtime is supported for ${RENEW_DAYS} days from today`, () => {
  expect(runtimes.length).toBeGreaterThan(0);
  const ending = runtimes.flatMap(runtime => {
    const days = daysOfSupport(runtime, new Date());
    if (days >= RENEW_DAYS) return [];
    return [
      `AWS supports ${runtime} for ${days} days more. Take the next one in lib/constructs/nodeFunction.ts, its target ` +
        'in lib/bundling/bundle.ts, and add its date to lib/config/runtimeSupport.ts',
    ];
  });
  expect(ending).toEqual([]);
});
