import { describe, expect, test } from '@jest/globals';
import { partnershipOf } from '../../domain/partner.ts';
import { partnerFollowersFrom } from '../../lambdas/http/environment.ts';

describe('the number of followers that makes a partner', () => {
  test('is read from the environment', () => {
    expect(partnerFollowersFrom({ PARTNER_FOLLOWERS: '100' })).toBe(100);
    expect(partnerFollowersFrom({ PARTNER_FOLLOWERS: '1' })).toBe(1);
  });

  test.each([undefined, '', '0', '-1', '1.5', '1e3', ' 7', 'many'])('%j is refused, by name', value => {
    expect(() => partnerFollowersFrom({ PARTNER_FOLLOWERS: value })).toThrow('PARTNER_FOLLOWERS');
  });
});

describe('what a partner gets', () => {
  test('is a channel that transcodes for every viewer', () => {
    expect(partnershipOf('AbCdEf1gHiJk', 100)).toEqual({ followers: 100, raiseTo: 'ADVANCED_HD' });
  });

  test('is the mark alone, where IVS has no channel', () => {
    expect(partnershipOf('mock-channel-1-1', 100)).toEqual({ followers: 100, raiseTo: undefined });
  });
});
