import { expect, test } from '@jest/globals';
import { browserOf, operatingSystemOf, qualityOf } from '../../domain/viewers/kinds.ts';
import { readCache } from '../../domain/viewers/readCache.ts';
import { movableClock } from '../support/accounts.ts';

test.each([
  ['Chrome', 'chrome'],
  ['Mobile Safari', 'safari'],
  ['Microsoft Edge', 'edge'],
  ['Samsung Internet', 'samsung'],
  ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0', 'edge'],
  ['Firefox', 'firefox'],
  ['Opera', 'opera'],
  ['Lynx', 'other'],
])('the browser %j is %s', (name, kind) => expect(browserOf(name)).toBe(kind));

test.each([
  ['iOS 18.1', 'ios'],
  ['iPadOS', 'ios'],
  ['Mac OS X', 'macos'],
  ['Windows 11', 'windows'],
  ['Linux; Android 15', 'android'],
  ['Ubuntu', 'linux'],
  ['Haiku', 'other'],
])('the operating system %j is %s', (name, kind) => expect(operatingSystemOf(name)).toBe(kind));

test.each([
  ['720p60', undefined, '720p'],
  [undefined, '1920x1080', '1080p'],
  [undefined, '1080x1920', '1080p'],
  ['480p', '1920x1080', '480p'],
  ['auto', undefined, 'other'],
  [undefined, '123x45', 'other'],
  [undefined, undefined, undefined],
])('the quality %j at %j is %s', (name, resolution, kind) => expect(qualityOf(name, resolution)).toBe(kind));

test('a cached value is read once for concurrent callers, read again after it expires, and evicted when the cache is full', async () => {
  const { clock, forward } = movableClock();
  const read: string[] = [];
  const values = readCache({ ms: 60_000, size: 2, clock }, async key => {
    read.push(key);
    if (key === 'broken' && read.length < 3) throw new Error('not now');
    return key === 'missing' ? undefined : key;
  });
  await Promise.all([values('a'), values('a')]);
  expect(read.splice(0)).toEqual(['a']);
  forward(60);
  await values('a');
  expect(read.splice(0)).toEqual(['a']);
  expect([await values('missing'), await values('missing')]).toEqual([undefined, undefined]);
  expect(read.splice(0)).toEqual(['missing', 'missing']);
  await expect(values('broken')).rejects.toThrow('not now');
  read.push('', '');
  expect(await values('broken')).toBe('broken');
  read.splice(0);
  for (const key of ['b', 'c', 'd', 'b']) await values(key);
  expect(read).toEqual(['b', 'c', 'd', 'b']);
});
