import * as ipaddr from 'ipaddr.js';
import { formatNetwork, parseNetwork } from '../private/cidr';

/**
 * The reverse zone that holds a network's PTR records: of its whole octets (IPv4) or nibbles (IPv6), which for a mask between
 * them is the enclosing one. Returns the problem, as the end of a sentence, when there is none.
 */
export function reverseZoneName(cidr: string): { readonly zoneName: string } | { readonly problem: string } {
  return cidr.includes(':') ? reverseZoneOfIpv6(cidr) : reverseZoneOfIpv4(cidr);
}

/** Name of the PTR record of one address. */
export function pointerName(address: string): string {
  return isIpv6(address)
    ? `${nibblesOf(ipaddr.IPv6.parse(address)).reverse().join('.')}.ip6.arpa`
    : `${address.split('.').reverse().join('.')}.in-addr.arpa`;
}

export function isIpv4(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text);
}

export function isIpv6(text: string): boolean {
  return ipaddr.IPv6.isValid(text) && !text.includes('%');
}

function reverseZoneOfIpv4(cidr: string) {
  const network = parseNetwork(cidr);
  if (typeof network === 'string') {
    return { problem: network };
  }
  if (network.prefix < 8) {
    return { problem: 'must be /8 or smaller: a reverse zone has at least one whole octet' };
  }
  const octets = formatNetwork(network).split('/')[0].split('.');
  return { zoneName: zoneOf(octets, network.prefix / 8, 'in-addr.arpa') };
}

function reverseZoneOfIpv6(cidr: string) {
  if (!ipaddr.IPv6.isValidCIDR(cidr)) {
    return { problem: 'must be a CIDR such as 10.20.0.0/16 or 2001:db8:20::/48' };
  }
  const [address, prefix] = ipaddr.IPv6.parseCIDR(cidr);
  const network = ipaddr.IPv6.networkAddressFromCIDR(cidr);
  if (network.toNormalizedString() !== address.toNormalizedString()) {
    return { problem: `has host bits set; did you mean ${network.toString()}/${prefix}` };
  }
  if (prefix < 16) {
    return { problem: 'must be /16 or smaller: nobody holds a larger network of IPv6' };
  }
  return { zoneName: zoneOf(nibblesOf(network), prefix / 4, 'ip6.arpa') };
}

function zoneOf(digits: string[], count: number, suffix: string): string {
  return [...digits.slice(0, Math.floor(count)).reverse(), suffix].join('.');
}

function nibblesOf(address: ipaddr.IPv6): string[] {
  return address.parts.flatMap((part) => [...part.toString(16).padStart(4, '0')]);
}
