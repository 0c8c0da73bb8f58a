import { describe, expect, test } from '@jest/globals';
import { remedyOf, watchdog } from '../../web/player/recovery.ts';

describe('the recovery of the player', () => {
  test('never gives up, and never waits longer than five seconds', () => {
    for (const trouble of ['network', 'missing', 'media', 'stalled', 'slept', 'unknown'] as const)
      for (let attempt = 0; attempt < 200; attempt++)
        expect(remedyOf(trouble, attempt).afterMs).toBeLessThanOrEqual(5_000);
  });

  test('begins again from the playlist when loading on does not help', () => {
    expect(remedyOf('network', 0).act).toBe('load');
    expect(remedyOf('network', 3).act).toBe('restart');
    expect(remedyOf('media', 2).act).toBe('restart');
    expect(remedyOf('stalled', 2).act).toBe('restart');
  });

  test('finds a video that stands still', () => {
    const watch = watchdog();
    const found = [0, 1, 2, 3, 4].map(second => watch({ at: second * 1_000, time: 7, isPlaying: true }));
    expect(found).toEqual([undefined, undefined, undefined, undefined, 'stalled']);
  });

  test('leaves a paused video alone', () => {
    const watch = watchdog();
    const found = [0, 1, 2, 3, 4, 5].map(second => watch({ at: second * 1_000, time: 7, isPlaying: false }));
    expect(found.every(trouble => trouble === undefined)).toBe(true);
  });

  test('finds a computer that slept', () => {
    const watch = watchdog();
    watch({ at: 0, time: 1, isPlaying: true });
    expect(watch({ at: 3_600_000, time: 1, isPlaying: true })).toBe('slept');
    expect(watch({ at: 3_601_000, time: 2, isPlaying: true })).toBeUndefined();
  });
});
