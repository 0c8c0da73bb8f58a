import { expect, test } from '@jest/globals';
import { networksOf } from '../../lambdas/api/http/address.ts';

test.each([
  ['203.0.113.7', { address: '203.0.113.7', subnet: '203.0.113.0/24' }],
  ['::ffff:203.0.113.7', { address: '203.0.113.7', subnet: '203.0.113.0/24' }],
  [
    '2001:db8:1:2fe:3:4:5:6',
    { address: '2001:db8:1:2fe::/64', subnet: '2001:db8:1:200::/56', site: '2001:db8:1::/48' },
  ],
  [
    '2001:0DB8:0001:0002::1',
    { address: '2001:db8:1:2::/64', subnet: '2001:db8:1:0::/56', site: '2001:db8:1::/48' },
  ],
  ['2001:db8::1', { address: '2001:db8:0:0::/64', subnet: '2001:db8:0:0::/56', site: '2001:db8:0::/48' }],
  ['::1', { address: '0:0:0:0::/64', subnet: '0:0:0:0::/56', site: '0:0:0::/48' }],
  ['fe80::1%eth0', { address: 'fe80::1%eth0', subnet: 'fe80::1%eth0' }],
  ['nowhere', { address: 'nowhere', subnet: 'nowhere' }],
])('%s is in the networks %j', (address, networks) => {
  expect(networksOf(address)).toEqual(networks);
});

test('all addresses of one subscriber count as one network, and those of the next subscriber as another', () => {
  const of = (prefix: string) =>
    ['::1', '::2', ':aaaa:bbbb:cccc:dddd'].map(rest => networksOf(`${prefix}${rest}`).address);
  expect(new Set(of('2001:db8:1:2')).size).toBe(1);
  expect(new Set([...of('2001:db8:1:2'), ...of('2001:db8:1:3')]).size).toBe(2);
});
