import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  PANEL_VIEWERS,
  SAMPLE_SECONDS,
  secondsToNextSample,
  weightOf,
  weightOfViewer,
} from '../../domain/viewers/panel.ts';
import { randomNumbers } from '../support/randomNumbers.ts';

/** Ids as they are handed out, but always the same. */
function idsOf(seed: number, count: number): string[] {
  const random = randomNumbers(seed);
  const id = () =>
    Buffer.from(Uint32Array.of(0, 0, 0, 0).map(() => random() * 2 ** 32).buffer).toString('base64url');
  return Array.from({ length: count }, id);
}
const ids = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map(bytes => Buffer.from(bytes).toString('base64url'));

describe('the panel of an audience', () => {
  test('is everybody, as long as they are not too many', () => {
    expect([0, 1, PANEL_VIEWERS].map(weightOf)).toEqual([1, 1, 1]);
    expect(weightOf(PANEL_VIEWERS + 1)).toBe(2);
    fc.assert(fc.property(ids, id => expect(weightOfViewer(id, 1)).toBe(1)));
  });

  test.each([20_000, 100_000])(
    'of %i stands for it: within 2 %%, to no side, and no larger than it is to be',
    viewers => {
      const weight = weightOf(viewers);
      const errors = [1, 2].map(seed => {
        const panel = idsOf(seed, viewers).filter(id => weightOfViewer(id, weight) > 0);
        // Four standard deviations of a draw of so many.
        expect(panel.length).toBeLessThan(PANEL_VIEWERS + 4 * Math.sqrt(PANEL_VIEWERS));
        return (panel.length * weight) / viewers - 1;
      });
      for (const error of errors) expect(Math.abs(error)).toBeLessThan(0.02);
      const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
      expect(Math.abs(mean)).toBeLessThan(0.012);
    },
  );

  test('has whoever is in it at a greater weight, so that nobody is drawn anew', () => {
    const weights = fc.integer({ min: 1, max: 100 });
    fc.assert(
      fc.property(ids, weights, weights, (id, a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        if (weightOfViewer(id, more) > 0) expect(weightOfViewer(id, less)).toBe(less);
      }),
    );
  });

  test('keeps its error below one in a hundred, whatever the audience', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000_000 }), viewers => {
        // Of each viewer the count has w with a chance of 1/w: its variance is w - 1.
        expect(Math.sqrt((weightOf(viewers) - 1) / viewers)).toBeLessThan(0.01);
      }),
    );
  });
});

describe('the moment of the next sample', () => {
  test('comes in every minute of the clock, and is the same for a viewer in each half of one', () => {
    const times = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(ids, times, (id, from) => {
        const first = secondsToNextSample(id, from);
        expect(first).toBeGreaterThanOrEqual(10);
        expect(first).toBeLessThanOrEqual(41);
        const next = secondsToNextSample(id, new Date(from.getTime() + first * 1000));
        expect(Math.abs(next - SAMPLE_SECONDS)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('is spread over all viewers of the panel', () => {
    const now = new Date('2026-01-15T10:00:00.000Z');
    const weight = 8;
    const seconds = idsOf(9, 20_000)
      .filter(id => weightOfViewer(id, weight) > 0)
      .map(id => secondsToNextSample(id, now));
    const perSecond = new Map<number, number>();
    for (const second of seconds) perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
    expect(perSecond.size).toBeGreaterThanOrEqual(SAMPLE_SECONDS);
    expect(Math.max(...perSecond.values())).toBeLessThan((1.5 * seconds.length) / SAMPLE_SECONDS);
  });
});
