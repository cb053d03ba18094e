import { type Duration, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { parseNetwork } from '../private/cidr';
import { invalid } from '../private/errors';
import { DRAIN_MARGIN_SECONDS } from './constants';
import type { OcppElasticIpAttributes } from './elastic-ip';
import type { ServiceDefinition } from './service-definition';
import { refuseTwice } from './validation';

export function validateOcppBehindCdn(scope: Construct, services: readonly ServiceDefinition[]): void {
  const shared = services.find(({ protocol, hostNames }) => protocol === 'ocpp' && hostNames.length > 0);
  if (shared) {
    throw invalid(
      scope,
      `'hostNames' of '${shared.name}' must be empty with Exposure.throughCdn(), got '${shared.hostNames[0]}': charge points do not go through CloudFront; use 'endpoints'`,
    );
  }
}

/** The network load balancer's own limit lies above, at 6000 seconds. */
export function validateOcppIdleTimeout(scope: Construct, value: Duration): void {
  if (!value.isUnresolved() && (value.toSeconds() < 60 || value.toSeconds() > 4000)) {
    throw invalid(
      scope,
      `'ocppIdleTimeout' must be 60 to 4000 seconds, got ${value.toSeconds()}; a load balancer holds no longer, so let charge points ping more often`,
    );
  }
}

/** A charge point that pings no more often than the socket lives loses it between two pings. */
export function validateOcppPingInterval(scope: Construct, ping: Duration, idle: Duration): void {
  if (ping.isUnresolved() || idle.isUnresolved()) {
    return;
  }
  if (ping.toSeconds() < 10 || ping.toSeconds() >= idle.toSeconds()) {
    throw invalid(
      scope,
      `'ocppPingInterval' must be at least 10 seconds and below 'ocppIdleTimeout' (${idle.toSeconds()}), got ${ping.toSeconds()}; a third of 'ocppIdleTimeout' is a good measure`,
    );
  }
}

/** A deregistration delay ends at 3600 seconds, and stands a minute above the window. */
export function validateOcppDrainWindow(
  scope: Construct,
  window: Duration,
  services: readonly ServiceDefinition[],
): void {
  if (window.isUnresolved()) {
    return;
  }
  const seconds = window.toSeconds();
  const longest = 3600 - DRAIN_MARGIN_SECONDS;
  if (seconds < 10 || seconds > longest) {
    throw invalid(
      scope,
      `'ocppDrainWindow' must be 10 to ${longest} seconds, got ${seconds}; a load balancer waits no longer than an hour`,
    );
  }
  for (const { name, replicas, stopGrace } of services.filter(({ protocol }) => protocol === 'ocpp')) {
    const needed = stopGrace.isUnresolved() ? 0 : replicas * stopGrace.toSeconds();
    if (needed > seconds) {
      throw invalid(
        scope,
        `'ocppDrainWindow' must hold the 'stopGrace' of each replica of '${name}' one after another (${needed} seconds), got ${seconds}; raise it, or lower 'stopGrace' or 'replicas'`,
      );
    }
  }
}

export function validateElasticIps(
  scope: Construct,
  addresses: readonly OcppElasticIpAttributes[],
  zones: number,
): void {
  if (zones === 0) {
    throw invalid(
      scope,
      "'ocppElasticIps' must be left out where no service has an OcppEndpoint, got some; add OcppEndpoint.tls to 'endpoints'",
    );
  }
  if (addresses.length !== zones) {
    throw invalid(
      scope,
      `'ocppElasticIps' must hold one address per zone of the VPC (${zones}), got ${addresses.length}`,
    );
  }
  for (const { allocationId, address } of addresses) {
    if (!Token.isUnresolved(allocationId) && !/^eipalloc-([0-9a-f]{8}|[0-9a-f]{17})$/.test(allocationId)) {
      throw invalid(
        scope,
        `'allocationId' of 'ocppElasticIps' must be such as eipalloc-0123456789abcdef0, got '${allocationId}'`,
      );
    }
    if (!Token.isUnresolved(address) && typeof parseNetwork(`${address}/32`) === 'string') {
      throw invalid(scope, `'address' of 'ocppElasticIps' must be an IPv4 address, got '${address}'`);
    }
  }
  refuseTwice(
    addresses.map(({ allocationId }) => allocationId),
    (id) => invalid(scope, `'ocppElasticIps' must hold addresses of their own, got '${id}' twice`),
  );
}
