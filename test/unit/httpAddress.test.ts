import { expect, test } from '@jest/globals';
import { networkOf } from '../../lambdas/http/address.ts';

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:db8:1:2:3:4:5::', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80::1%eth0'],
  ['nowhere', 'nowhere'],
])('%s is counted as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test('all addresses of one subscriber count as one, and those of the next as another', () => {
  const of = (prefix: string) =>
    ['::1', '::2', ':aaaa:bbbb:cccc:dddd'].map(rest => networkOf(`${prefix}${rest}`));
  expect(new Set(of('2001:db8:1:2')).size).toBe(1);
  expect(new Set([...of('2001:db8:1:2'), ...of('2001:db8:1:3')]).size).toBe(2);
});
