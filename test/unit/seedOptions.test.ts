import { describe, expect, test } from '@jest/globals';
import { offlineCount, readOptions } from '../../seed/options.ts';

describe('the options of seeding', () => {
  test('have defaults', () => {
    expect(readOptions({})).toEqual({
      count: 50,
      offline: undefined,
      pastStreams: 0,
      file: undefined,
      set: undefined,
    });
  });

  test('are read from the environment', () => {
    const environment = {
      SEED_COUNT: '12',
      OFFLINE_SESSION_COUNT: '3',
      JSON: 'mine.json',
      SEED: '7',
      PAST_STREAMS: '2',
    };
    expect(readOptions(environment)).toEqual({
      count: 12,
      offline: 3,
      pastStreams: 2,
      file: 'mine.json',
      set: 7,
    });
  });

  test.each(['SEED_COUNT', 'OFFLINE_SESSION_COUNT', 'SEED'])('%s must be a whole number', name => {
    for (const value of ['', ' ', 'abc', '1.5', '-1', '+1', '1e3', '0x10', '99999999999']) {
      expect(() => readOptions({ [name]: value })).toThrow(
        new RegExp(
          `^${name} must be a whole number from 0 to \\d+ \\(got ${JSON.stringify(value).replace(/[+.]/g, '\\$&')}\\)$`,
        ),
      );
    }
  });

  test('more channels in the file than in all are refused', () => {
    expect(() => offlineCount(readOptions({ SEED_COUNT: '2' }), 3)).toThrow(
      'JSON has 3 channels, which is more than SEED_COUNT (2)',
    );
  });

  test('more offline channels than the file leaves are refused', () => {
    const options = readOptions({ SEED_COUNT: '5', OFFLINE_SESSION_COUNT: '3' });
    expect(offlineCount(options, 2)).toBe(3);
    expect(() => offlineCount(options, 3)).toThrow(
      'OFFLINE_SESSION_COUNT (3) is more than SEED_COUNT (5) less the 3 channels of JSON leaves: 2',
    );
  });

  test('one channel is offline unless the file leaves none', () => {
    expect(offlineCount(readOptions({ SEED_COUNT: '3' }), 2)).toBe(1);
    expect(offlineCount(readOptions({ SEED_COUNT: '3' }), 3)).toBe(0);
    expect(offlineCount(readOptions({ SEED_COUNT: '0' }), 0)).toBe(0);
  });
});
