import { describe, expect, test } from '@jest/globals';
import { isUserId, username } from '../../model/username.ts';

describe('a username', () => {
  test.each([
    'ann',
    'Ann_2',
    'mod-squad',
    'modern',
    'rootbeer',
    'teamwork',
    'stafford',
    'sound-system',
    'b0b',
    '1337',
    'barn-owl',
  ])('may be %s', name => {
    expect(username.parse(name)).toBe(name);
  });

  test.each([
    'admin',
    'Admin',
    'adm1n',
    'ADMlN',
    '4dm1n',
    'ad_min',
    'adrnin',
    'mod',
    'm0d',
    'M-O-D',
    'official',
    '0fficia1',
    'ann-official',
    'official_ann',
    'the-admin',
    'staff_1',
    'supp0rt',
    'me_',
    'null',
    'mock-otter',
    'a'.repeat(32),
  ])('may not be %s, which looks like a name or an id of the platform', name => {
    expect(username.safeParse(name).success).toBe(false);
  });

  test('is never the same as a user id', () => {
    expect(isUserId('0123456789abcdef0123456789ABCDEF')).toBe(true);
    expect(isUserId('mock-user-1-1')).toBe(true);
    expect(isUserId('ann')).toBe(false);
  });
});
