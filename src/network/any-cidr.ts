import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ipaddr from 'ipaddr.js';
import { parseNetwork } from '../private/cidr';

/** What is wrong with an IPv4 or IPv6 CIDR, as the end of a sentence; a token is taken to be right. */
export function problemOf(cidr: string): string | undefined {
  if (Token.isUnresolved(cidr)) {
    return undefined;
  }
  if (!cidr.includes(':')) {
    const network = parseNetwork(cidr);
    return typeof network === 'string'
      ? network.replace('10.20.0.0/16', '198.51.100.0/24 or 2001:db8::/32')
      : undefined;
  }
  if (!ipaddr.IPv6.isValidCIDR(cidr)) {
    return 'must be a CIDR such as 198.51.100.0/24 or 2001:db8::/32';
  }
  const [address, prefix] = ipaddr.IPv6.parseCIDR(cidr);
  const canonical = ipaddr.IPv6.networkAddressFromCIDR(cidr);
  return canonical.toString() === address.toString()
    ? undefined
    : `has host bits set; did you mean ${canonical.toString()}/${prefix}`;
}

/** Bits of the prefix, which tell how wide a range is; undefined of a token. */
export function prefixOf(cidr: string): number | undefined {
  return Token.isUnresolved(cidr) ? undefined : Number(cidr.split('/')[1]);
}

export function isIpv6(cidr: string): boolean {
  return !Token.isUnresolved(cidr) && cidr.includes(':');
}

export function aclCidrOf(cidr: string): ec2.AclCidr {
  return isIpv6(cidr) ? ec2.AclCidr.ipv6(cidr) : ec2.AclCidr.ipv4(cidr);
}

/** What a route is named after: its range, or its position where only the deployment knows that. */
export function nameOf(cidr: string, index: number): string {
  return Token.isUnresolved(cidr) ? `${index + 1}` : cidr.replace('/', '-');
}
