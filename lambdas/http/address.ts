const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * The network that stands for one subscriber: an IPv4 address itself, and the first 64 bits of an IPv6 one, of which
 * a subscriber has all the rest (RFC 6177). What is no address is taken as it is.
 */
export function networkOf(address: string): string {
  const [, ipv4] = MAPPED_IPV4.exec(address) ?? [];
  if (ipv4 !== undefined) return ipv4;
  if (!address.includes(':') || !URL.canParse(`http://[${address}]`)) return address;
  // In one spelling, with at most one gap: `[2001:db8::1]`.
  const [before = '', after] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (part: string | undefined) => (part ? part.split(':') : []);
  const missing = after === undefined ? 0 : 8 - groups(before).length - groups(after).length;
  const all = [...groups(before), ...Array.from({ length: missing }, () => '0'), ...groups(after)];
  return `${all.slice(0, 4).join(':')}::/64`;
}
