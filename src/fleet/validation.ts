import { type Duration, type TimeZone, Token } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type { Construct } from 'constructs';
import { invalid } from '../private/errors';
import type { FleetScaling, ScheduledScalingOptions } from './fleet-scaling';
import type { ServiceDefinition } from './service-definition';

/** An instance refresh watches at most ten alarms, one per service. */
const MAX_SERVICES = 10;
const MAX_MACHINES = 100;

/** Rules between services. */
export function validateServices(scope: Construct, services: readonly ServiceDefinition[]): void {
  if (services.length === 0 || services.length > MAX_SERVICES) {
    throw invalid(scope, `'services' must hold 1 to ${MAX_SERVICES} services, got ${services.length}`);
  }
  if (services.every(({ protocol }) => protocol === 'scheduled')) {
    throw invalid(
      scope,
      "'services' must hold one that answers requests, got scheduled jobs only; add one such as DockerService.api",
    );
  }
  refuseTwice(
    services.map(({ name }) => name),
    (name) =>
      invalid(
        scope,
        `'services' must have names of their own, got '${name}' twice; use DockerService.web with another name`,
      ),
  );
  refuseTwice(
    services.flatMap(({ hostNames, endpoints }) => [...hostNames, ...endpoints.map(({ hostName }) => hostName)]),
    (name) => invalid(scope, `'services' must have host names of their own, got '${name}' twice`),
  );
  refuseTwice(
    services.flatMap(({ endpoints }) => endpoints.map(({ port }) => port)),
    (port) =>
      invalid(
        scope,
        `'endpoints' must have ports of their own, because TLS settings belong to a port, got ${port} twice`,
      ),
  );
}

function refuseTwice<T>(values: T[], error: (value: T) => Error): void {
  const twice = values.find((value, index) => !Token.isUnresolved(value) && values.indexOf(value) !== index);
  if (twice !== undefined) {
    throw error(twice);
  }
}

export function validateOcppBehindCdn(scope: Construct, services: readonly ServiceDefinition[]): void {
  const shared = services.find(({ protocol, hostNames }) => protocol === 'ocpp' && hostNames.length > 0);
  if (shared) {
    throw invalid(
      scope,
      `'hostNames' of '${shared.name}' must be empty with Exposure.throughCdn(), got '${shared.hostNames[0]}': charge points do not go through CloudFront; use 'endpoints'`,
    );
  }
}

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html */
export function validateCertificates(scope: Construct, certificates: readonly acm.ICertificate[]): void {
  if (certificates.length === 0 || certificates.length > 25) {
    throw invalid(scope, `'certificates' must hold 1 to 25 certificates, got ${certificates.length}`);
  }
}

export function validateMachines(scope: Construct, min: number, max: number): void {
  validateCount(scope, 'minMachines', min);
  validateCount(scope, 'maxMachines', max);
  if (!Token.isUnresolved(min) && !Token.isUnresolved(max) && max < min) {
    throw invalid(scope, `'maxMachines' must be at least 'minMachines', got ${max} below ${min}`);
  }
}

function validateCount(scope: Construct, prop: string, value: number): void {
  if (!Token.isUnresolved(value) && (!Number.isInteger(value) || value < 1 || value > MAX_MACHINES)) {
    throw invalid(scope, `'${prop}' must be a whole number, 1 to ${MAX_MACHINES}, got ${value}`);
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

export function validateOcppDrainTimeout(scope: Construct, value: Duration): void {
  if (!value.isUnresolved() && value.toSeconds() > 3600) {
    throw invalid(
      scope,
      `'ocppDrainTimeout' must be 0 to 3600 seconds, got ${value.toSeconds()}; a load balancer waits no longer`,
    );
  }
}

export function validateScaling(scope: Construct, scaling: readonly FleetScaling[]): void {
  refuseTwice(
    scaling.map(({ _kind }) => _kind).filter((kind) => kind !== 'scheduled'),
    (kind) =>
      invalid(
        scope,
        `'scaling' must hold each kind of target once, got FleetScaling.${kind} twice; two targets would fight`,
      ),
  );
}

export function validateCpuTarget(scope: Construct, percent: number): void {
  if (!Token.isUnresolved(percent) && !(percent >= 10 && percent <= 90)) {
    throw invalid(scope, `'targetPercent' of FleetScaling.onCpu must be 10 to 90, got ${percent}`);
  }
}

export function validateScheduledScaling(scope: Construct, options: ScheduledScalingOptions, timeZone: TimeZone): void {
  const { schedule, minMachines, maxMachines } = options;
  const expression = schedule.expressionString;
  if (!Token.isUnresolved(expression) && expression.trim().split(/\s+/).length !== 5) {
    throw invalid(
      scope,
      `'schedule' of FleetScaling.scheduled must be cron with five fields (minute, hour, day, month, weekday), got '${expression}'`,
    );
  }
  validateTimeZone(scope, timeZone);
  if (minMachines === undefined && maxMachines === undefined) {
    throw invalid(scope, "'minMachines' or 'maxMachines' of FleetScaling.scheduled must be given, got neither");
  }
  if (minMachines !== undefined) {
    validateCount(scope, 'minMachines', minMachines);
  }
  if (maxMachines !== undefined) {
    validateCount(scope, 'maxMachines', maxMachines);
  }
  if (minMachines !== undefined && maxMachines !== undefined) {
    validateMachines(scope, minMachines, maxMachines);
  }
}

/** Spelled as the IANA list has it: machines and AWS know no other spelling. */
export function validateTimeZone(scope: Construct, timeZone: TimeZone): void {
  const name = timeZone.timezoneName;
  if (Token.isUnresolved(name)) {
    return;
  }
  if (!/^[A-Z][A-Za-z0-9_+-]*(\/[A-Z][A-Za-z0-9_+-]*)*$/.test(name) || !isKnown(name)) {
    throw invalid(scope, `'timeZone' must be a zone of the IANA list such as Europe/Madrid, got '${name}'`);
  }
}

function isKnown(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export function validateStandby(scope: Construct, machines: number, reservedPerZone: number, zones: number): void {
  if (!Token.isUnresolved(machines) && (!Number.isInteger(machines) || machines < zones || machines > MAX_MACHINES)) {
    throw invalid(
      scope,
      `'machines' of FleetStandby.warmPool must be a whole number, one per zone (${zones}) to ${MAX_MACHINES}, got ${machines}`,
    );
  }
  if (
    !Token.isUnresolved(reservedPerZone) &&
    (!Number.isInteger(reservedPerZone) || reservedPerZone < 0 || reservedPerZone > 20)
  ) {
    throw invalid(
      scope,
      `'reservedPerZone' of FleetStandby.warmPool must be a whole number, 0 to 20, got ${reservedPerZone}`,
    );
  }
}

/** Load balancers deliver their logs to a bucket policy that differs per region. */
export function validateRegion(scope: Construct, region: string): void {
  if (Token.isUnresolved(region)) {
    throw invalid(
      scope,
      "the stack must have a region, got none; give its 'env' one, which the load balancer's access logs need",
    );
  }
}
