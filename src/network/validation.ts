import { type Duration, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { invalid } from '../private/errors';
import type { AddressPlan } from './address-plan';
import { isIpv6, prefixOf, problemOf } from './any-cidr';
import { NetworkTier } from './network-tier';

export function validateDataPorts(scope: Construct, ports: readonly number[]): void {
  if (ports.some((port) => Token.isUnresolved(port))) {
    throw invalid(scope, "'dataPorts' must be written out, because rules are named after them, got a token");
  }
  const wrong = ports.find((port) => !Number.isInteger(port) || port < 1 || port > 65535);
  if (wrong !== undefined) {
    throw invalid(scope, `'dataPorts' must be integers from 1 to 65535, got ${wrong}`);
  }
  if (ports.length < 1 || ports.length > 5) {
    throw invalid(scope, `'dataPorts' must be 1 to 5 ports, got ${ports.length}; each takes one rule of a network ACL`);
  }
  const twice = ports.find((port, index) => ports.indexOf(port) !== index);
  if (twice !== undefined) {
    throw invalid(scope, `'dataPorts' must name each port once, got ${twice} twice`);
  }
}

/** @see https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
export function validateNetworkAclQuota(scope: Construct, quota: number): void {
  if (!Number.isInteger(quota) || quota < 20 || quota > 40) {
    throw invalid(scope, `'networkAclQuota' must be an integer from 20 to 40, got ${quota}; AWS raises it no further`);
  }
}

export function validateDeniedCidrs(scope: Construct, cidrs: readonly string[], plan: AddressPlan): void {
  for (const cidr of cidrs) {
    const problem = problemOf(cidr);
    if (problem) {
      throw invalid(scope, `'deniedCidrs' ${problem}, got ${cidr}`);
    }
    if (prefixOf(cidr) === 0) {
      throw invalid(scope, `'deniedCidrs' must not be everything, got ${cidr}; nothing would reach the platform`);
    }
    if (!Token.isUnresolved(cidr) && !isIpv6(cidr) && plan.overlaps(cidr)) {
      throw invalid(
        scope,
        `'deniedCidrs' must not overlap the network's own ${plan.cidr}, got ${cidr}; it would cut the tiers from each other`,
      );
    }
  }
}

export function validateFlowLogRetention(scope: Construct, retention: Duration): void {
  if (retention.isUnresolved()) {
    return;
  }
  const days = retention.toDays({ integral: false });
  if (!Number.isInteger(days)) {
    throw invalid(
      scope,
      `'flowLogRetention' must be whole days, got ${retention.toHumanString()}; S3 deletes objects by the day`,
    );
  }
  if (days < 1) {
    throw invalid(scope, `'flowLogRetention' must be 1 day or more, got ${days} days`);
  }
}

/** Tiers that a VPN or peering reaches. */
export function validateMachineTiers(scope: Construct, tiers: readonly NetworkTier[]): void {
  if (tiers.length === 0) {
    throw invalid(scope, "'tiers' must name at least one tier, got none; without it nothing would be reached");
  }
  if (tiers.includes(NetworkTier.DATA)) {
    throw invalid(
      scope,
      "'tiers' must be public or private, got the data tier; machines of these tiers ask the database for others",
    );
  }
}
