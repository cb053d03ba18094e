import { type TimeZone, Token } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { invalid } from '../private/errors';
import type { FleetScaling, ScheduledScalingOptions } from './fleet-scaling';
import { validateRouting } from './routing-validation';
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
  validateRouting(scope, services);
  refuseTwice(
    services.flatMap(({ endpoints }) => endpoints.map(({ port }) => port)),
    (port) =>
      invalid(
        scope,
        `'endpoints' must have ports of their own, because TLS settings belong to a port, got ${port} twice`,
      ),
  );
}

export function refuseTwice<T>(values: T[], error: (value: T) => Error): void {
  const twice = values.find((value, index) => !Token.isUnresolved(value) && values.indexOf(value) !== index);
  if (twice !== undefined) {
    throw error(twice);
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

export function validateScaling(
  scope: Construct,
  scaling: readonly FleetScaling[],
  services: readonly ServiceDefinition[],
): void {
  refuseTwice(
    scaling.map(({ _target }) => _target).filter((target) => target !== undefined),
    (kind) =>
      invalid(
        scope,
        `'scaling' must hold each kind of target once, got FleetScaling.${kind} twice; two targets would fight`,
      ),
  );
  if (
    scaling.some(({ _target }) => _target === 'onOcppConnections') &&
    !services.some(({ protocol }) => protocol === 'ocpp')
  ) {
    throw invalid(
      scope,
      "'scaling' must hold FleetScaling.onOcppConnections only with DockerService.ocpp in 'services', got none",
    );
  }
}

export function validateTarget(
  scope: Construct,
  kind: string,
  prop: string,
  value: number,
  min: number,
  max: number,
): void {
  if (!Token.isUnresolved(value) && !(value >= min && value <= max)) {
    throw invalid(scope, `'${prop}' of FleetScaling.${kind} must be ${min} to ${max}, got ${value}`);
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

export function validateInstanceType(scope: Construct, type: ec2.InstanceType, fleets: ec2.InstanceType): void {
  if (Token.isUnresolved(type.toString()) || Token.isUnresolved(fleets.toString())) {
    return;
  }
  if (type.architecture !== fleets.architecture) {
    throw invalid(
      scope,
      `'instanceType' of FleetScaling.scheduledInstanceType must have the architecture of the fleet's (${fleets} is ${fleets.architecture}), got ${type} of ${type.architecture}; images and Ubuntu have it too`,
    );
  }
}

/** A key that instance metadata refuses keeps every machine from starting. */
export function refusedTagKeys(keys: readonly string[]): string[] {
  return keys
    .filter((key) => !Token.isUnresolved(key) && !/^[A-Za-z0-9+\-=._:@,]{1,255}$/.test(key))
    .map(
      (key) =>
        `tags of the machines must have keys of letters, digits and + - = . , _ : @, because the machines read their tags from instance metadata, got '${key}'; exclude 'AWS::AutoScaling::AutoScalingGroup' and 'AWS::EC2::LaunchTemplate' from it`,
    );
}
