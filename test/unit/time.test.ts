import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { timestamp } from '../../model/time.ts';

test.each([
  ['2026-01-15T10:00:00Z', '2026-01-15T10:00:00.000Z'],
  ['2026-01-15T10:00:00+02:00', '2026-01-15T08:00:00.000Z'],
  ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
  ['9999-12-31T23:59:59+23:59', '9999-12-31T00:00:59.000Z'],
])('the time %s is stored as %s', (text, stored) => {
  expect(timestamp.parse(text)).toBe(stored);
});

test.each(['9999-12-31T23:59:59-23:59', '0000-01-01T00:00:00+00:01'])(
  'a time outside the years 0000 to 9999 in UTC is refused: %s',
  text => {
    const issues = timestamp.safeParse(text).error?.issues ?? [];
    expect(issues.map(({ message }) => message)).toEqual(['must be in the years 0000 to 9999 in UTC']);
  },
);

test('stored times sort in the order of their instants', () => {
  const offset = fc.integer({ min: -14 * 60, max: 14 * 60 }).map(minutes => {
    const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
    return `${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
  });
  const year = fc.constantFrom('0000', '0001', '1969', '2026', '9998', '9999');
  const written = fc.tuple(year, fc.constantFrom('01-01T00:00:00', '12-31T23:59:59.9'), offset);
  const times = written.map(([at, rest, zone]) => `${at}-${rest}${zone}`);
  fc.assert(
    fc.property(times, times, (one, other) => {
      const [a, b] = [timestamp.safeParse(one).data, timestamp.safeParse(other).data];
      if (a === undefined || b === undefined) return;
      expect(a < b).toBe(new Date(one) < new Date(other));
    }),
  );
});
