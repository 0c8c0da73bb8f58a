import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { next } from '../../domain/accounts/lockout.ts';

const WINDOW = 15 * 60;
const start = Date.parse('2026-01-15T10:00:00.000Z');

/** Plays failed sign-ins at these seconds, in order. Returns those whose password was checked. */
function lookedAt(seconds: readonly number[]): number[] {
  let row: { count: number; until: string } | undefined;
  return seconds.filter(second => {
    const after = next(row, new Date(start + second * 1000));
    if (after === 'locked') return false;
    row = { count: after.count, until: after.until.toISOString() };
    return true;
  });
}

const times = fc
  .array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 60 })
  .map(gaps => gaps.map((_, index) => gaps.slice(0, index + 1).reduce((sum, gap) => sum + gap, 0)));

test('no more than five guesses are checked in any 15 minutes', () => {
  fc.assert(
    fc.property(times, seconds => {
      const seen = lookedAt(seconds);
      for (const from of seen)
        expect(seen.filter(at => at >= from && at < from + WINDOW).length).toBeLessThanOrEqual(5);
    }),
  );
});

test('the first five guesses are checked, and the next one 15 minutes after the last', () => {
  fc.assert(
    fc.property(times, seconds => {
      const seen = lookedAt(seconds);
      expect(seen.slice(0, 5)).toEqual(seconds.slice(0, 5));
      const later = (seen.at(-1) ?? 0) + Math.max(WINDOW, (seconds.at(-1) ?? 0) - (seen.at(-1) ?? 0));
      expect(lookedAt([...seconds, later])).toContain(later);
    }),
  );
});
