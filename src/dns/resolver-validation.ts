import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { contains, formatNetwork, type Ipv4Network, parseNetwork, sizeOf } from '../private/cidr';
import { invalid } from '../private/errors';
import type { ForwardingRule } from './forwarding-rule';
import type { PlatformDnsProps } from './platform-dns-props';
import { isIpv4 } from './reverse';

export function validateInboundFrom(scope: Construct, cidrs: string[]): void {
  if (cidrs.length === 0) {
    throw invalid(
      scope,
      "'inboundFrom' must name at least one network, got none; leave it out for no inbound endpoint",
    );
  }
  for (const cidr of cidrs) {
    const network = Token.isUnresolved(cidr) ? undefined : parseNetwork(cidr);
    if (typeof network === 'string') {
      throw invalid(scope, `'inboundFrom' ${network}, got '${cidr}'`);
    }
    if (network?.prefix === 0) {
      throw invalid(scope, `'inboundFrom' must name the networks that may ask, got '${cidr}', which is everybody`);
    }
  }
}

export function validateResolverSubnets(scope: Construct, zones: string[]): void {
  if (zones.length < 2 || zones.length > 6) {
    throw invalid(
      scope,
      `'resolverSubnets' must select 2 to 6 subnets, one address in each, got ${zones.length}; an endpoint has at least two addresses`,
    );
  }
  if (new Set(zones).size < 2) {
    throw invalid(scope, `'resolverSubnets' must span two availability zones, got only '${zones[0]}'`);
  }
}

/** Between a rule and a zone of the same name Route 53 Resolver takes the rule, and the zone is never read. */
export function validateNotAnsweredHere(
  scope: Construct,
  rules: ForwardingRule[],
  zones: { readonly zoneName: string }[],
): void {
  const rule = rules.find(({ domainName }) => zones.some(({ zoneName }) => zoneName === domainName));
  if (rule) {
    throw invalid(
      scope,
      `'forwardingRules' must not forward '${rule.domainName}', a private zone of this construct that would then never be read`,
    );
  }
}

/** A question forwarded to the VPC's own resolver, or to the inbound endpoint before it, comes back until it times out. */
export function validateNoLoop(
  scope: Construct,
  rules: ForwardingRule[],
  { vpc, inboundFrom, inboundAddresses, resolverSubnets }: PlatformDnsProps & { readonly vpc: ec2.IVpc },
): void {
  const targets = rules.flatMap(({ targets }) => targets).filter((target) => isIpv4(target));
  const resolver = resolverOf(vpc);
  const loop = targets.find((target) => target === resolver || inboundAddresses?.includes(target));
  if (loop) {
    const what = loop === resolver ? "the VPC's own resolver" : 'an address of the inbound endpoint';
    throw invalid(scope, `'forwardingRules' must not forward to '${loop}', ${what}: the question would come back`);
  }
  if (!inboundFrom || inboundAddresses) {
    return;
  }
  const cidrs = vpc.selectSubnets(resolverSubnets ?? { onePerAz: true }).subnets.map(cidrOf);
  const risk = targets.find((target) => cidrs.some((cidr) => cidr && isInside(target, cidr)));
  if (risk) {
    throw invalid(
      scope,
      `'forwardingRules' must not forward to '${risk}', which AWS may give to the inbound endpoint and so make a loop; ` +
        "name the endpoint's own in 'inboundAddresses'",
    );
  }
}

/** The second address of a VPC; undefined of an imported one, whose network may be unknown. */
function resolverOf(vpc: ec2.IVpc): string | undefined {
  const resource = vpc.node.defaultChild;
  const network = resource instanceof ec2.CfnVPC ? networkOf(resource.cidrBlock) : undefined;
  return network && formatNetwork({ base: network.base + 2, prefix: 32 }).split('/')[0];
}

/** Undefined of an imported subnet, whose network may be unknown. */
function cidrOf(subnet: ec2.ISubnet): Ipv4Network | undefined {
  return subnet instanceof ec2.Subnet ? networkOf(subnet.ipv4CidrBlock) : undefined;
}

function networkOf(cidr: string | undefined): Ipv4Network | undefined {
  const network = cidr === undefined || Token.isUnresolved(cidr) ? undefined : parseNetwork(cidr);
  return typeof network === 'string' ? undefined : network;
}

function isInside(address: string, network: Ipv4Network): boolean {
  return contains(network, parseNetwork(`${address}/32`) as Ipv4Network);
}

/** AWS keeps the first four addresses of a subnet and the last. */
export function validateInboundAddresses(
  scope: Construct,
  addresses: string[] | undefined,
  subnets: ec2.ISubnet[],
): void {
  if (!addresses) {
    return;
  }
  if (addresses.length !== subnets.length) {
    throw invalid(
      scope,
      `'inboundAddresses' must hold one address for each of the ${subnets.length} subnets, got ${addresses.length}`,
    );
  }
  for (const [index, address] of addresses.entries()) {
    if (Token.isUnresolved(address)) {
      continue;
    }
    if (!isIpv4(address)) {
      throw invalid(scope, `'inboundAddresses' must be IPv4 addresses, got '${address}'`);
    }
    const network = cidrOf(subnets[index]);
    if (network && !isUsable(address, network)) {
      throw invalid(
        scope,
        `'inboundAddresses' must be usable in their subnets, without the first four addresses and the last: got '${address}' for ${formatNetwork(network)}`,
      );
    }
  }
}

function isUsable(address: string, network: Ipv4Network): boolean {
  const { base } = parseNetwork(`${address}/32`) as Ipv4Network;
  return base >= network.base + 4 && base < network.base + sizeOf(network) - 1;
}
