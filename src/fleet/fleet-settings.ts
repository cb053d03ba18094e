import { Duration, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { Exposure } from './exposure';
import type { DockerizedServiceFleetProps } from './fleet-props';
import type { FleetScaling } from './fleet-scaling';
import { FleetStandby } from './fleet-standby';
import { MachineHealth } from './machine-health';
import {
  validateElasticIps,
  validateOcppBehindCdn,
  validateOcppDrainWindow,
  validateOcppIdleTimeout,
  validateOcppPingInterval,
} from './ocpp-validation';
import { Placement } from './placement';
import type { ServiceDefinition } from './service-definition';
import { validateService } from './service-validation';
import { type FleetSubnets, selectSubnets } from './subnets';
import {
  validateCertificates,
  validateMachines,
  validateRegion,
  validateScaling,
  validateServices,
} from './validation';

/** What the props say, with every default filled in and every rule checked. */
export interface FleetSettings {
  readonly services: readonly ServiceDefinition[];
  readonly placement: Placement;
  readonly exposure: Exposure;
  readonly scaling: readonly FleetScaling[];
  readonly standby: FleetStandby;
  readonly instanceType: ec2.InstanceType;
  readonly minMachines: number;
  readonly maxMachines: number;
  readonly machineHealth: MachineHealth;
  readonly ocppIdleTimeout: Duration;
  readonly ocppDrainWindow: Duration;
  readonly accessLogRetention: Duration;
  readonly subnets: FleetSubnets;
}

export function settingsOf(scope: Construct, props: DockerizedServiceFleetProps): FleetSettings {
  const minMachines = props.minMachines ?? 2;
  const ocppIdleTimeout = props.ocppIdleTimeout ?? Duration.seconds(4000);
  validateOcppIdleTimeout(scope, ocppIdleTimeout);
  const placement = props.placement ?? Placement.privateSubnets();
  const exposure = props.exposure ?? Exposure.direct();
  const services = props.services
    .map(({ _definition }) => _definition)
    .map((service) => withPing(service, props.ocppPingInterval ?? recommendedPing(ocppIdleTimeout)));
  const settings: FleetSettings = {
    services,
    placement,
    exposure,
    scaling: props.scaling ?? [],
    standby: props.standby ?? FleetStandby.none(),
    instanceType: props.instanceType ?? ec2.InstanceType.of(ec2.InstanceClass.M7G, ec2.InstanceSize.LARGE),
    minMachines,
    maxMachines: props.maxMachines ?? Math.max(6, minMachines),
    machineHealth: props.machineHealth ?? MachineHealth.WHOLE_MACHINE,
    ocppIdleTimeout,
    ocppDrainWindow: props.ocppDrainWindow ?? Duration.minutes(5),
    accessLogRetention: props.accessLogRetention ?? Duration.days(400),
    subnets: selectSubnets(
      scope,
      props.vpc,
      placement,
      exposure,
      services.some(({ endpoints }) => endpoints.length > 0),
    ),
  };
  validate(scope, settings, props);
  return settings;
}

function validate(scope: Construct, settings: FleetSettings, props: DockerizedServiceFleetProps): void {
  const { services, ocppIdleTimeout } = settings;
  validateRegion(scope, Stack.of(scope).region);
  for (const service of services) {
    validateService(scope, service);
  }
  validateServices(scope, services);
  validateCertificates(scope, props.certificates);
  validateMachines(scope, settings.minMachines, settings.maxMachines);
  if (props.ocppPingInterval) {
    validateOcppPingInterval(scope, props.ocppPingInterval, ocppIdleTimeout);
  }
  validateOcppDrainWindow(scope, settings.ocppDrainWindow, services);
  if (props.ocppElasticIps) {
    validateElasticIps(scope, props.ocppElasticIps, settings.subnets.chargePoints.length);
  }
  validateScaling(scope, settings.scaling, services);
  if (settings.exposure._internal) {
    validateOcppBehindCdn(scope, services);
  }
}

/** Below what mobile networks forget a silent connection after, and well below the end of the load balancer's patience. */
function recommendedPing(idle: Duration): Duration {
  return idle.isUnresolved() ? Duration.minutes(4) : Duration.seconds(Math.min(240, Math.floor(idle.toSeconds() / 3)));
}

function withPing(service: ServiceDefinition, ping: Duration): ServiceDefinition {
  return service.protocol === 'ocpp'
    ? { ...service, environment: { OCPP_PING_SECONDS: String(ping.toSeconds()), ...service.environment } }
    : service;
}
