import { type Duration, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import * as ipaddr from 'ipaddr.js';
import { invalid } from '../private/errors';
import type { ElasticIpAttributes } from './nat-strategy';
import { NetworkTier } from './network-tier';
import { ZONE_SLOTS } from './slots';

export function validateZones(scope: Construct, zones: readonly string[]): void {
  if (zones.length < 2 || zones.length > ZONE_SLOTS) {
    throw invalid(
      scope,
      `'availabilityZones' must name 2 to ${ZONE_SLOTS} zones, got ${zones.length}; load balancers and databases need two`,
    );
  }
  const twice = zones.find((zone, index) => zones.indexOf(zone) !== index);
  if (twice) {
    throw invalid(scope, `'availabilityZones' must name each zone once, got ${twice} twice`);
  }
  const { region } = Stack.of(scope);
  const foreign = zones.find((zone) => !Token.isUnresolved(zone) && !zone.startsWith(region));
  if (foreign && !Token.isUnresolved(region)) {
    throw invalid(scope, `'availabilityZones' must be of the stack's region ${region}, got ${foreign}`);
  }
}

export function validateZoneCount(scope: Construct, count: number): void {
  if (!Number.isInteger(count) || count < 2 || count > ZONE_SLOTS) {
    throw invalid(
      scope,
      `'zoneCount' must be an integer from 2 to ${ZONE_SLOTS}, got ${count}; load balancers and databases need two zones`,
    );
  }
}

export function validateElasticIps(scope: Construct, elasticIps: ElasticIpAttributes[] | undefined, gateways: number) {
  if (elasticIps && elasticIps.length !== gateways) {
    throw invalid(
      scope,
      `'natStrategy' must have one of its 'elasticIps' per NAT gateway, got ${elasticIps.length} for ${gateways}; leave them out to have them allocated`,
    );
  }
}

export function validateDataPorts(scope: Construct, ports: number[]): void {
  const wrong = ports.find((port) => !Number.isInteger(port) || port < 1 || port > 65535);
  if (wrong !== undefined) {
    throw invalid(scope, `'dataPorts' must be integers from 1 to 65535, got ${wrong}`);
  }
  if (ports.length < 1 || ports.length > 5) {
    throw invalid(scope, `'dataPorts' must be 1 to 5 ports, got ${ports.length}; each takes one of 20 rules`);
  }
}

export function validateCustomerGateway(scope: Construct, address: string): void {
  if (!Token.isUnresolved(address) && !ipaddr.IPv4.isValidFourPartDecimal(address)) {
    throw invalid(scope, `'customerGateway' must be an IPv4 address such as 203.0.113.10, got ${address}`);
  }
}

export function validateFlowLogRetention(scope: Construct, retention: Duration): void {
  if (!retention.isUnresolved() && retention.toDays({ integral: false }) % 1 !== 0) {
    throw invalid(
      scope,
      `'flowLogRetention' must be whole days, got ${retention.toHumanString()}; S3 deletes objects by the day`,
    );
  }
  if (!retention.isUnresolved() && retention.toDays() < 1) {
    throw invalid(scope, `'flowLogRetention' must be 1 day or more, got ${retention.toDays()} days`);
  }
}

export function validatePeeringTiers(scope: Construct, tiers: readonly NetworkTier[]): void {
  if (tiers.length === 0) {
    throw invalid(scope, "'tiers' must name at least one tier, got none; without it the peering carries nothing");
  }
  if (tiers.includes(NetworkTier.DATA)) {
    throw invalid(scope, "'tiers' must not include the data tier; machines reach it from the public or private tier");
  }
}
