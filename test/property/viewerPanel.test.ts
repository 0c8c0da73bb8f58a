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

/** Random ids like those of viewers, the same in every run. */
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
  test('is the whole audience while that is small', () => {
    expect([0, 1, PANEL_VIEWERS].map(weightOf)).toEqual([1, 1, 1]);
    expect(weightOf(PANEL_VIEWERS + 1)).toBe(2);
    fc.assert(fc.property(ids, id => expect(weightOfViewer(id, 1)).toBe(1)));
  });

  test.each([20_000, 100_000])(
    'of %i estimates the audience within 2 %%, without bias, and stays within its size',
    viewers => {
      const weight = weightOf(viewers);
      const errors = [1, 2].map(seed => {
        const panel = idsOf(seed, viewers).filter(id => weightOfViewer(id, weight) > 0);
        // Four standard deviations of a binomial draw of this size.
        expect(panel.length).toBeLessThan(PANEL_VIEWERS + 4 * Math.sqrt(PANEL_VIEWERS));
        return (panel.length * weight) / viewers - 1;
      });
      for (const error of errors) expect(Math.abs(error)).toBeLessThan(0.02);
      const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
      expect(Math.abs(mean)).toBeLessThan(0.012);
    },
  );

  test('only shrinks as the weight grows: a viewer in it at some weight is in it at every smaller weight', () => {
    const weights = fc.integer({ min: 1, max: 100 });
    fc.assert(
      fc.property(ids, weights, weights, (id, a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        if (weightOfViewer(id, more) > 0) expect(weightOfViewer(id, less)).toBe(less);
      }),
    );
  });

  test('has a standard error below 1 %, whatever the audience', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000_000 }), viewers => {
        // A viewer counts as w with probability 1/w, so the variance per viewer is w - 1.
        expect(Math.sqrt((weightOf(viewers) - 1) / viewers)).toBeLessThan(0.01);
      }),
    );
  });
});

describe('the time of the next sample', () => {
  test('is in every minute of the clock, and is the same for a viewer in each half of a minute', () => {
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

  test('is spread evenly over all viewers of the panel', () => {
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
