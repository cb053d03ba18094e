import * as ipaddr from 'ipaddr.js';

/** An IPv4 network in canonical form: no host bits set. */
export interface Ipv4Network {
  readonly base: number;
  readonly prefix: number;
}

/** Reads `a.b.c.d/n`. Returns the problem, as the end of a sentence, when it is not a network. */
export function parseNetwork(text: string): Ipv4Network | string {
  if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(text)) {
    return 'must be an IPv4 CIDR such as 10.20.0.0/16';
  }
  const [address, prefix] = ipaddr.IPv4.parseCIDR(text);
  const base = toNumber(address);
  const canonical = maskedTo(base, prefix);
  return canonical === base
    ? { base, prefix }
    : `has host bits set; did you mean ${formatNetwork({ base: canonical, prefix })}`;
}

export function formatNetwork(network: Ipv4Network): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(network.base / 2 ** shift) % 256);
  return `${octets.join('.')}/${network.prefix}`;
}

export function sizeOf(network: Ipv4Network): number {
  return 2 ** (32 - network.prefix);
}

export function overlaps(a: Ipv4Network, b: Ipv4Network): boolean {
  return a.base < b.base + sizeOf(b) && b.base < a.base + sizeOf(a);
}

export function contains(outer: Ipv4Network, inner: Ipv4Network): boolean {
  return outer.base <= inner.base && inner.base + sizeOf(inner) <= outer.base + sizeOf(outer);
}

function toNumber(address: ipaddr.IPv4): number {
  return address.octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

function maskedTo(base: number, prefix: number): number {
  const size = 2 ** (32 - prefix);
  return Math.floor(base / size) * size;
}
