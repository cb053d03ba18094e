import { formatNetwork, parseNetwork } from '../private/cidr';

/**
 * The reverse zone that holds a network's PTR records: the zone of its whole octets, which for a mask between octets is
 * the enclosing one. Returns the problem, as the end of a sentence, when there is none.
 */
export function reverseZoneName(cidr: string): { readonly zoneName: string } | { readonly problem: string } {
  const network = parseNetwork(cidr);
  if (typeof network === 'string') {
    return { problem: network };
  }
  if (network.prefix < 8) {
    return { problem: 'must be /8 or smaller: a reverse zone has at least one whole octet' };
  }
  const octets = formatNetwork(network).split('/')[0].split('.');
  return {
    zoneName: `${octets
      .slice(0, Math.floor(network.prefix / 8))
      .reverse()
      .join('.')}.in-addr.arpa`,
  };
}

/** Name of the PTR record of one address. */
export function pointerName(address: string): string {
  return `${address.split('.').reverse().join('.')}.in-addr.arpa`;
}

export function isIpv4(text: string): boolean {
  return typeof parseNetwork(`${text}/32`) !== 'string';
}
