import { Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { MachineDescription, ServiceDescription } from '../machine/description';
import { invalid } from '../private/errors';
import { MACHINE_HEALTH_PORT } from './constants';
import { firstReplicaPort, listenerPort } from './ports';
import type { ServiceDefinition } from './service-definition';

export interface DescribeMachineProps {
  readonly services: readonly ServiceDefinition[];
  readonly proxyPorts: ReadonlyMap<string, number>;
  readonly ocppIdleSeconds: number;
  readonly ocppDrainSeconds: number;
  readonly loadBalancerCidrs: readonly string[];
}

/** What the machines run, without anything that is known only at deployment: those values have names here. */
export function describeMachine(scope: Construct, props: DescribeMachineProps): MachineDescription {
  const description: MachineDescription = {
    services: props.services.map((service) => describeService(service, props.proxyPorts.get(service.name) ?? 0)),
    ocppIdleSeconds: props.ocppIdleSeconds,
    ocppDrainSeconds: props.ocppDrainSeconds,
    loadBalancerCidrs: props.loadBalancerCidrs,
    machineHealthPort: MACHINE_HEALTH_PORT,
    timeZone: 'Europe/Madrid',
  };
  refuseTokens(scope, 'ocppIdleTimeout', description.ocppIdleSeconds);
  refuseTokens(scope, 'ocppDrainWindow', description.ocppDrainSeconds);
  for (const service of description.services) {
    for (const [property, value] of Object.entries(service)) {
      refuseTokens(scope, `${property}' of '${service.name}`, value);
    }
  }
  return description;
}

/** Name of the variable that holds the address of a service's image. */
export function imageVariable(service: string): string {
  return `IMAGE_${upper(service)}`;
}

/** Name of the variable that holds the ARN of a secret. Two underscores: `ocpp-a` with `B` is not `ocpp` with `A_B`. */
export function secretVariable(service: string, variable: string): string {
  return `SECRET_${upper(service)}__${variable}`;
}

/** Name of the variable that holds the name of a service's log group. */
export function logGroupVariable(service: string): string {
  return `LOG_GROUP_${upper(service)}`;
}

function describeService(service: ServiceDefinition, proxyPort: number): ServiceDescription {
  const scheduled = service.protocol === 'scheduled';
  return {
    name: service.name,
    protocol: service.protocol,
    imageVariable: imageVariable(service.name),
    hostNames: [...new Set([...service.hostNames, ...service.endpoints.map(({ hostName }) => hostName)])],
    containerPort: service.containerPort,
    proxyPort: scheduled ? 0 : proxyPort,
    mutualTlsPorts: service.endpoints
      .filter(({ _trustStore }) => _trustStore !== undefined)
      .map(({ port }) => listenerPort(port)),
    replicas: service.replicas,
    firstReplicaPort: scheduled ? 0 : firstReplicaPort(proxyPort),
    cpus: service.cpus,
    memoryMiB: service.memory.toMebibytes(),
    healthCheckPath: service.healthCheckPath,
    stopGraceSeconds: service.stopGrace.toSeconds(),
    drainCommand: service.drainCommand,
    secretVariables: Object.fromEntries(
      Object.keys(service.secrets).map((variable) => [variable, secretVariable(service.name, variable)]),
    ),
    logGroupVariable: logGroupVariable(service.name),
    cacheSeconds: service.cacheTtl.toSeconds(),
    requestsPerSecond: service.requestsPerSecond,
    maxBodyKiB: service.maxBodySize.toKibibytes(),
    schedules: service.schedules.map((schedule) => ({
      name: schedule.name,
      onCalendar: schedule._calendar,
      timeZone: schedule._timeZone.timezoneName,
      command: schedule._command,
    })),
  };
}

function refuseTokens(scope: Construct, prop: string, value: unknown): void {
  if (Token.isUnresolved(value)) {
    throw invalid(
      scope,
      `'${prop}' must be known when the app is synthesised, got a token: it becomes part of files on the machine; give 'environment' what is not`,
    );
  }
  if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) {
      refuseTokens(scope, prop, item);
    }
  }
}

function upper(service: string): string {
  return service.toUpperCase().replaceAll('-', '_');
}
