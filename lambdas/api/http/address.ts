import type { Networks } from '../../../model/rateLimit.ts';

const IPV4 = /^(?:::ffff:)?((\d+\.\d+\.\d+)\.\d+)$/i;

/**
 * Returns the networks that contain an address, by width. A text that is not an address counts as its own
 * network.
 */
export function networksOf(address: string): Networks {
  const [, ipv4, first3] = IPV4.exec(address) ?? [];
  if (ipv4 !== undefined) return { address: ipv4, subnet: `${first3}.0/24` };
  const groups = groupsOf(address);
  if (groups === undefined) return { address, subnet: address };
  const [, , , fourth = 0] = groups;
  const prefix = (bits: 48 | 56 | 64, last: readonly number[]) =>
    `${[...groups.slice(0, 3), ...last].map(group => group.toString(16)).join(':')}::/${bits}`;
  return { address: prefix(64, [fourth]), subnet: prefix(56, [fourth & 0xff00]), site: prefix(48, []) };
}

/**
 * Returns the network that users recognize in their list of sign-ins, and that identifies no subscriber: an IPv4 /16 or
 * an IPv6 /32. Undefined for a text that is not an address.
 */
export function coarseNetworkOf({ address }: Networks): string | undefined {
  const [, first2] = /^(\d+\.\d+)\.\d+\.\d+$/.exec(address) ?? [];
  if (first2 !== undefined) return `${first2}.0.0/16`;
  const [, groups] = /^([\da-f]+:[\da-f]+):.*\/64$/.exec(address) ?? [];
  // Addresses that begin like `::1` belong to no network.
  return groups === undefined || groups === '0:0' ? undefined : `${groups}::/32`;
}

/** Returns the eight numbers of an IPv6 address in any notation. */
function groupsOf(address: string): readonly number[] | undefined {
  if (!address.includes(':') || !URL.canParse(`http://[${address}]`)) return undefined;
  // The URL parser normalizes the address to one notation with at most one `::`: `[2001:db8::1]`.
  const [before = '', after] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (part: string | undefined) => (part ? part.split(':') : []);
  const missing = after === undefined ? 0 : 8 - groups(before).length - groups(after).length;
  const all = [...groups(before), ...Array.from({ length: missing }, () => '0'), ...groups(after)];
  return all.map(group => Number.parseInt(group, 16));
}
