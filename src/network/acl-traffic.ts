import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { contains, type Ipv4Network, parseNetwork } from '../private/cidr';
import { invalid } from '../private/errors';
import type { AddressPlan } from './address-plan';
import { problemOf } from './any-cidr';
import { NetworkAclProtocol, type NetworkAclRuleOptions } from './network-acl-rule';
import { NetworkTier } from './network-tier';

/** Numbers that the tier's own rules and those of neighbours have, between which the user's stand. */
export const FIRST_USER_RULE = 100;
export const FIRST_TIER_RULE = 1000;
export const FIRST_NEIGHBOUR_RULE = 2000;
const FIRST_LATE_RULE = 3000;
/** @see https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html */
const LAST_RULE = 32766;

/** The CDK's words for what a rule matches. */
export function trafficOf(options: NetworkAclRuleOptions): ec2.AclTraffic {
  const from = options.fromPort as number;
  const to = options.toPort ?? from;
  switch (options.protocol) {
    case NetworkAclProtocol.TCP:
      return ec2.AclTraffic.tcpPortRange(from, to);
    case NetworkAclProtocol.UDP:
      return ec2.AclTraffic.udpPortRange(from, to);
    case NetworkAclProtocol.ICMP:
      return options.cidr.includes(':')
        ? ec2.AclTraffic.icmpv6({ type: -1, code: -1 })
        : ec2.AclTraffic.icmp({ type: -1, code: -1 });
    default:
      return ec2.AclTraffic.allTraffic();
  }
}

export function validateAclRule(scope: Construct, options: NetworkAclRuleOptions, plan: AddressPlan): void {
  validateNumber(scope, options.ruleNumber);
  validatePorts(scope, options);
  const problem = problemOf(options.cidr);
  if (problem) {
    throw invalid(scope, `'cidr' ${problem}, got ${options.cidr}`);
  }
  if (options.tier === NetworkTier.DATA && options.ruleAction !== ec2.Action.DENY) {
    validateDataCidr(scope, options.cidr, plan);
  }
}

function validateDataCidr(scope: Construct, cidr: string, plan: AddressPlan): void {
  if (Token.isUnresolved(cidr)) {
    throw invalid(
      scope,
      "'cidr' must be written out where the data tier is allowed to talk to it, because it must lie in the VPC, got a token",
    );
  }
  if (!isWithin(plan, cidr)) {
    throw invalid(
      scope,
      `'cidr' must lie in the VPC, ${plan.cidr}, where the data tier is allowed to talk to it, got ${cidr}; machines of the private or public tier ask the database for others`,
    );
  }
}

function validateNumber(scope: Construct, number: number): void {
  const early = number >= FIRST_USER_RULE && number < FIRST_TIER_RULE;
  const late = number >= FIRST_LATE_RULE && number <= LAST_RULE;
  if (!Token.isUnresolved(number) && !(Number.isInteger(number) && (early || late))) {
    throw invalid(
      scope,
      `'ruleNumber' must be an integer from ${FIRST_USER_RULE} to ${FIRST_TIER_RULE - 1}, before the tier's own rules, or from ${FIRST_LATE_RULE} to ${LAST_RULE}, after them, got ${number}`,
    );
  }
}

function validatePorts(scope: Construct, { protocol, fromPort, toPort }: NetworkAclRuleOptions): void {
  const hasPorts = protocol === NetworkAclProtocol.TCP || protocol === NetworkAclProtocol.UDP;
  const given = fromPort ?? toPort;
  if (!hasPorts && given !== undefined) {
    throw invalid(scope, `'fromPort' and 'toPort' must be left out for protocol ${protocol}, got ${given}`);
  }
  if (!hasPorts) {
    return;
  }
  if (fromPort === undefined) {
    throw invalid(
      scope,
      `'fromPort' must be given for protocol ${protocol}, got none, which AWS refuses; 0 with 'toPort' 65535 means every port`,
    );
  }
  const wrong = [fromPort, toPort ?? fromPort].find(
    (port) => !Token.isUnresolved(port) && (!Number.isInteger(port) || port < 0 || port > 65535),
  );
  if (wrong !== undefined) {
    throw invalid(scope, `'fromPort' and 'toPort' must be integers from 0 to 65535, got ${wrong}`);
  }
  if (toPort !== undefined && !Token.isUnresolved(fromPort) && !Token.isUnresolved(toPort) && toPort < fromPort) {
    throw invalid(scope, `'toPort' must be 'fromPort', ${fromPort}, or more, got ${toPort}`);
  }
}

function isWithin(plan: AddressPlan, cidr: string): boolean {
  const network = parseNetwork(cidr);
  return typeof network !== 'string' && contains(parseNetwork(plan.cidr) as Ipv4Network, network);
}
