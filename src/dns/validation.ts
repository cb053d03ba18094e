import { Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { invalid } from '../private/errors';
import type { FailoverOptions } from './failover-options';
import type { ForwardingRule } from './forwarding-rule';
import type { PlatformDnsProps } from './platform-dns-props';
import { isIpv4, reverseZoneName } from './reverse';

const LABEL = '[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?';
const REVERSE_ZONE = /^((\d{1,3}\.){1,4}in-addr|([0-9a-f]\.){1,32}ip6)\.arpa$/;
const DOMAIN = new RegExp(`^(${LABEL}\\.)*${LABEL}$`);

export function validateZones(scope: Construct, props: PlatformDnsProps): void {
  if ((props.zoneName === undefined) === (props.publicZone === undefined)) {
    throw invalid(
      scope,
      "give either 'zoneName', to define the public zone, or 'publicZone', to use one that exists, not " +
        (props.zoneName === undefined ? 'neither' : 'both'),
    );
  }
  validateDomain(scope, 'zoneName', props.zoneName);
  validateDomain(scope, 'privateZoneName', props.privateZoneName);
  const needy = [
    ['privateZoneName', props.privateZoneName],
    ['reverseCidrs', props.reverseCidrs],
    ['reverseZoneNames', props.reverseZoneNames],
    ['forwardingRules', props.forwardingRules],
    ['inboundFrom', props.inboundFrom],
    ['inboundAddresses', props.inboundAddresses],
  ].find(([, value]) => value !== undefined);
  if (needy && !props.vpc) {
    throw invalid(scope, `'${needy[0]}' needs 'vpc', the network whose questions are answered`);
  }
  if (props.inboundAddresses && !props.inboundFrom) {
    throw invalid(scope, "'inboundAddresses' needs 'inboundFrom', the networks that may ask there");
  }
}

function validateDomain(scope: Construct, prop: string, name: string | undefined): void {
  if (name === undefined || Token.isUnresolved(name)) {
    return;
  }
  if (!DOMAIN.test(name) || name.length > 253) {
    throw invalid(
      scope,
      `'${prop}' must be a domain in lower case without a final dot, such as example.com, got '${name}'`,
    );
  }
}

/** A token has no octets at synth, and the zone's name is made of them. */
export function validateReverseCidr(scope: Construct, cidr: string): void {
  if (Token.isUnresolved(cidr)) {
    throw invalid(
      scope,
      "'reverseCidrs' must be known at synth, got a token; write the network out, such as 10.20.0.0/16, or name its zone in 'reverseZoneNames'",
    );
  }
  const result = reverseZoneName(cidr);
  if ('problem' in result) {
    throw invalid(scope, `'reverseCidrs' ${result.problem}, got '${cidr}'`);
  }
}

export function validateReverseZoneNames(scope: Construct, names: string[]): void {
  const wrong = names.find((name) => !REVERSE_ZONE.test(name));
  if (wrong !== undefined) {
    throw invalid(
      scope,
      `'reverseZoneNames' must be reverse zones such as 20.10.in-addr.arpa or 8.b.d.0.1.0.0.2.ip6.arpa, known at synth, got ${Token.isUnresolved(wrong) ? 'a token' : `'${wrong}'`}`,
    );
  }
}

export function validateForwardingRules(scope: Construct, rules: ForwardingRule[]): void {
  for (const [index, rule] of rules.entries()) {
    validateForwardedDomain(scope, rule);
    validateTargets(scope, rule);
    if (rules.findIndex(({ domainName }) => domainName === rule.domainName) !== index) {
      throw invalid(scope, `'forwardingRules' forwards '${rule.domainName}' twice; put all targets in one rule`);
    }
  }
}

function validateForwardedDomain(scope: Construct, { domainName, everything }: ForwardingRule): void {
  if (everything || Token.isUnresolved(domainName)) {
    return;
  }
  if (domainName === '.') {
    throw invalid(
      scope,
      "'forwardingRules' must not forward '.' as a domain: it takes every question of the VPC; if that is meant, use ForwardingRule.forEverything",
    );
  }
  if (!DOMAIN.test(domainName) || domainName.length > 253) {
    throw invalid(
      scope,
      `'forwardingRules' must forward domains in lower case without a final dot, such as corp.example.com, got '${domainName}'`,
    );
  }
}

function validateTargets(scope: Construct, { domainName, targets }: ForwardingRule): void {
  if (targets.length < 1 || targets.length > 6) {
    throw invalid(scope, `'forwardingRules' must name 1 to 6 targets for '${domainName}', got ${targets.length}`);
  }
  for (const target of targets) {
    if (Token.isUnresolved(target)) {
      continue;
    }
    if (!isIpv4(target)) {
      throw invalid(scope, `'forwardingRules' must name targets by IPv4 address, got '${target}' for '${domainName}'`);
    }
    if (target.startsWith('169.254.') || target.startsWith('127.')) {
      throw invalid(
        scope,
        `'forwardingRules' must not forward '${domainName}' to '${target}', the resolver itself: the question would come back`,
      );
    }
  }
}

export function validateFailover(scope: Construct, hostName: string, options: FailoverOptions): void {
  const { checkedHostName, checkedPath = '/', failureThreshold = 3 } = options;
  if (!Token.isUnresolved(checkedHostName) && (!DOMAIN.test(checkedHostName) || !checkedHostName.includes('.'))) {
    throw invalid(scope, `'checkedHostName' must be a name such as origin.example.com, got '${checkedHostName}'`);
  }
  if (checkedHostName === hostName) {
    throw invalid(
      scope,
      `'checkedHostName' must not be '${hostName}' itself: after a failover the check would ask the secondary target; give the primary a name of its own`,
    );
  }
  if (!Token.isUnresolved(checkedPath) && !/^\/[^\s]{0,254}$/.test(checkedPath)) {
    throw invalid(scope, `'checkedPath' must begin with / and have at most 255 characters, got '${checkedPath}'`);
  }
  if (Token.isUnresolved(failureThreshold)) {
    return;
  }
  if (!Number.isInteger(failureThreshold) || failureThreshold < 1 || failureThreshold > 10) {
    throw invalid(scope, `'failureThreshold' must be a whole number from 1 to 10, got ${failureThreshold}`);
  }
}

export function validateInZone(scope: Construct, what: string, hostName: string, zoneName: string): void {
  if (Token.isUnresolved(hostName) || Token.isUnresolved(zoneName)) {
    return;
  }
  if (!DOMAIN.test(hostName.replace(/^\*\./, '')) || (hostName !== zoneName && !hostName.endsWith(`.${zoneName}`))) {
    throw invalid(scope, `'${what}' must be a name of the zone '${zoneName}', got '${hostName}'`);
  }
}
