import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { username } from '../../model/newUsername.ts';
import { routes } from '../../model/routes.ts';
import { isUserId } from '../../model/username.ts';
import { webPages } from '../../model/webApp.ts';

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

  test.each([
    'recordings',
    'Stream-Key',
    'stream_key',
    'StreamKey',
    'st4ges',
    'password-resets',
    'f0ll0wing',
    'LostPassword',
    'l09in',
    'ann-adm1ns',
  ])('may not be %s, which is a part of a path or looks like one', name => {
    expect(username.safeParse(name).success).toBe(false);
  });

  test('may not be a part of any path of the API or of a page of the web app', () => {
    const app = readFileSync('web/app.tsx', 'utf8');
    const pages = [...app.matchAll(/<Route path="([^"]+)"/g)].map(([, path = '']) => path);
    expect(pages.toSorted()).toEqual([...webPages].toSorted());
    const parts = [...Object.values(routes).map(({ path }) => path), ...pages].flatMap(path =>
      path.split('/'),
    );
    const names = parts.filter(part => /^[a-z][a-z0-9_-]{2,}$/.test(part));
    expect(names.length).toBeGreaterThan(40);
    expect(names.filter(name => username.safeParse(name).success)).toEqual([]);
  });

  test('is never the same as a user id', () => {
    expect(isUserId('0123456789abcdef0123456789ABCDEF')).toBe(true);
    expect(isUserId('mock-user-1-1')).toBe(true);
    expect(isUserId('ann')).toBe(false);
  });
});
