import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as backup from 'aws-cdk-lib/aws-backup';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { Alarms } from '../private/alarms';
import { defineLogBucket } from '../private/buckets';
import { defineKey } from '../private/encryption';
import { invalid } from '../private/errors';
import { pinFeatureFlags } from '../private/feature-flags';
import { addEntranceAlarms, addMachineAlarms, addServiceAlarms, groupMetric } from './alarms';
import { ChargePointEntrance } from './charge-point-entrance';
import { FLEET_TAG } from './constants';
import type { DockerizedServiceFleetProps } from './fleet-props';
import { ocppConnections } from './fleet-scaling';
import { type FleetSettings, settingsOf } from './fleet-settings';
import { GoldenImage } from './golden-image';
import { InstanceTypeSchedules } from './instance-type-schedules';
import { defineLeaseTable } from './lease-table';
import { describeMachine } from './machine-description';
import { MachineFiles } from './machine-files';
import { canonicalImage } from './machine-image';
import { defineMachineRole, fleetTagOf } from './machine-role';
import { Machines } from './machines';
import { proxyPorts } from './ports';
import type { PulledImage } from './service-definition';
import { Standby } from './standby';
import { builderSubnet, networksOf } from './subnets';
import { WebEntrance } from './web-entrance';

/**
 * Machines that run the platform's services in Docker behind NGINX, with load balancers that keep web users and charge points apart.
 *
 * Every machine runs every service; each service has a target group and a health check of its own, so that the failure of one never takes
 * the sockets of another down.
 *
 * On removal the Elastic IPs, the access logs and the key are kept; both load balancers are protected against deletion, which must be
 * taken off first. Machines hold no data.
 */
export class DockerizedServiceFleet extends Construct implements ec2.IConnectable, iam.IGrantable {
  /** The load balancer of the web services, for a web ACL, a CDN or listeners of your own. */
  public readonly applicationLoadBalancer: elbv2.ApplicationLoadBalancer;
  /** The load balancer of the charge points. Undefined where no service has an `OcppEndpoint`. */
  public readonly networkLoadBalancer?: elbv2.NetworkLoadBalancer;
  /** The CDK's own construct of the machines. */
  public readonly autoScalingGroup: autoscaling.AutoScalingGroup;
  /** Lets the machines in elsewhere: `database.connections.allowDefaultPortFrom(fleet)`. */
  public readonly connections: ec2.Connections;
  /** The machines: what is granted to it, every service may do. */
  public readonly grantPrincipal: iam.IPrincipal;
  /** Names that charge points connect to, which arrive without CloudFront. */
  public readonly ocppHostNames: string[];
  /** Fixed addresses of the charge points' load balancer, one per zone; for DNS records and the allow lists of mobile networks. */
  public readonly ocppAddresses: string[];
  /** The machines for `SpanishBackupPolicy`, by their tag. */
  public readonly backupResource: backup.BackupResource;
  private readonly web: WebEntrance;
  private readonly chargePoints?: ChargePointEntrance;

  constructor(scope: Construct, id: string, props: DockerizedServiceFleetProps) {
    super(scope, id);
    pinFeatureFlags(this);
    const settings = settingsOf(this, props);
    const encryptionKey =
      props.encryptionKey ?? defineKey(this, 'Key', 'Encrypts logs of the machines, leases of jobs and queues');
    const alarms = Alarms.of(this, props.alerts);

    this.web = this.defineWebEntrance(props, settings);
    this.chargePoints = this.defineChargePoints(props, settings);
    const machines = this.defineMachines(
      props,
      settings,
      encryptionKey,
      alarms ? addServiceAlarms(alarms, this.web) : [],
    );
    const standby = settings.standby._warmPool;
    const warm =
      standby &&
      new Standby(this, 'Standby', {
        machines,
        zones: settings.subnets.machines.map(({ availabilityZone }) => availabilityZone),
        options: standby,
      });
    const changes = this.applyScaling(settings, machines, encryptionKey);
    if (alarms && props.alerts) {
      addEntranceAlarms(alarms, this.web, this.chargePoints);
      addMachineAlarms(alarms, props.alerts, {
        machines,
        warmMachines: warm?.warmMachines,
        changeDeadLetters: changes?.deadLetterQueue,
        hasJobs: settings.services.some(({ protocol }) => protocol === 'scheduled'),
      });
    }

    this.applicationLoadBalancer = this.web.loadBalancer;
    this.networkLoadBalancer = this.chargePoints?.loadBalancer;
    this.autoScalingGroup = machines.group;
    this.connections = new ec2.Connections({ securityGroups: [machines.securityGroup] });
    this.grantPrincipal = machines.role.grantPrincipal;
    const ocpp = settings.services.filter(({ protocol }) => protocol === 'ocpp');
    this.ocppHostNames = [
      ...new Set(
        ocpp.flatMap(({ hostNames, endpoints }) => [...hostNames, ...endpoints.map(({ hostName }) => hostName)]),
      ),
    ];
    this.ocppAddresses = this.chargePoints?.addresses.map(({ address }) => address) ?? [];
    this.backupResource = backup.BackupResource.fromTag(FLEET_TAG, fleetTagOf(this));
  }

  /** Machines in service; the average of five minutes unless told otherwise. */
  public metricMachinesInService(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return groupMetric('GroupInServiceInstances', this.autoScalingGroup.autoScalingGroupName, options);
  }

  /** WebSockets of charge points per machine; the average over machines of five minutes unless told otherwise. */
  public metricOcppConnections(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return ocppConnections(this.autoScalingGroup.autoScalingGroupName, options);
  }

  /** Machines on which the service `name` is well. */
  public metricHealthyHosts(name: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.targetGroup(name).metrics.healthyHostCount(options);
  }

  /** Machines on which the service `name` fails its health check. */
  public metricUnhealthyHosts(name: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.targetGroup(name).metrics.unhealthyHostCount(options);
  }

  /** Requests to the service `name`, counted. */
  public metricRequests(name: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.targetGroup(name).metrics.requestCount(options);
  }

  /** Answers of the service `name` of the kind 5xx, counted. */
  public metricServiceErrors(name: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.targetGroup(name).metrics.httpCodeTarget(elbv2.HttpCodeTarget.TARGET_5XX_COUNT, options);
  }

  /** Time until the service `name` begins to answer, in seconds; the 99th percentile of five minutes unless told otherwise. */
  public metricResponseTime(name: string, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.targetGroup(name).metrics.targetResponseTime({ statistic: 'p99', ...options });
  }

  /** Answers of the kind 5xx that the load balancer gave itself, counted: no machine could answer. */
  public metricLoadBalancerErrors(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.applicationLoadBalancer.metrics.httpCodeElb(elbv2.HttpCodeElb.ELB_5XX_COUNT, options);
  }

  /** TCP connections that the charge points' load balancer holds. Throws where no service has an `OcppEndpoint`. */
  public metricChargePointConnections(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    if (!this.networkLoadBalancer) {
      throw invalid(this, "'metricChargePointConnections' needs an OcppEndpoint, got none in 'services'");
    }
    return this.networkLoadBalancer.metrics.activeFlowCount(options);
  }

  private targetGroup(name: string): elbv2.ApplicationTargetGroup {
    const targetGroup = this.web.targetGroups.get(name);
    if (!targetGroup) {
      const known = [...this.web.targetGroups.keys()].join(', ');
      throw invalid(this, `'name' must be a service that answers requests (${known}), got '${name}'`);
    }
    return targetGroup;
  }

  private defineWebEntrance(props: DockerizedServiceFleetProps, settings: FleetSettings): WebEntrance {
    const services = settings.services.filter(({ protocol }) => protocol !== 'scheduled');
    return new WebEntrance(this, settings.exposure._internal ? 'InternalEntrance' : 'Entrance', {
      vpc: props.vpc,
      certificates: props.certificates,
      services,
      proxyPorts: proxyPorts(services.map(({ name }) => name)),
      subnets: settings.subnets,
      exposure: settings.exposure,
      ocppIdleTimeout: settings.ocppIdleTimeout,
      ocppDrainWindow: settings.ocppDrainWindow,
      accessLogs: defineLogBucket(this, 'AccessLogs', settings.accessLogRetention),
    });
  }

  private defineChargePoints(
    props: DockerizedServiceFleetProps,
    { services, subnets }: FleetSettings,
  ): ChargePointEntrance | undefined {
    const endpoints = services.flatMap(({ name, endpoints: own }) => own.map((endpoint) => ({ name, endpoint })));
    if (endpoints.length === 0) {
      return undefined;
    }
    const entrance = new ChargePointEntrance(this, 'ChargePoints', {
      vpc: props.vpc,
      subnets: subnets.chargePoints,
      web: this.web,
      certificates: props.certificates,
      addresses: props.ocppElasticIps,
    });
    for (const { name, endpoint } of endpoints) {
      entrance.addEndpoint(endpoint, name);
    }
    return entrance;
  }

  private defineMachines(
    props: DockerizedServiceFleetProps,
    settings: FleetSettings,
    encryptionKey: kms.IKey,
    refreshAlarms: cloudwatch.Alarm[],
  ): Machines {
    const { services, instanceType } = settings;
    const images = new Map(
      services.map(({ name, image }) => [name, image._bind(this, name, instanceType.architecture)]),
    );
    const leases = services.some(({ protocol }) => protocol === 'scheduled')
      ? defineLeaseTable(this, 'Leases', encryptionKey)
      : undefined;
    const files = new MachineFiles(this, 'Files', {
      services,
      images,
      leases,
      encryptionKey,
      description: describeMachine(this, {
        services,
        proxyPorts: this.web.proxyPorts,
        ocppIdleSeconds: settings.ocppIdleTimeout.toSeconds(),
        ocppDrainSeconds: settings.ocppDrainWindow.toSeconds(),
        loadBalancerCidrs: networksOf(settings.subnets.web),
      }),
    });
    const fleetTag = fleetTagOf(this);
    return new Machines(this, 'Machines', {
      ...settings,
      vpc: props.vpc,
      subnets: settings.subnets.machines,
      role: defineMachineRole(this, 'MachineRole', {
        services,
        images: [...images.values()],
        files,
        fleetTag,
        encryptionKey,
        leases,
      }),
      fleetTag,
      machineImage: this.defineMachineImage(props.vpc, settings, files, images),
      userData: files.userData,
      stopSeconds: 120 + Math.max(...services.map(({ stopGrace }) => stopGrace.toSeconds())),
      targetGroups: [...this.web.targetGroups.values()],
      refreshAlarms,
    });
  }

  private defineMachineImage(
    vpc: ec2.IVpc,
    { standby, instanceType }: FleetSettings,
    files: MachineFiles,
    images: ReadonlyMap<string, PulledImage>,
  ): ec2.IMachineImage {
    if (!standby._warmPool?.goldenImage) {
      return canonicalImage(instanceType.architecture);
    }
    const subnet = builderSubnet(this, vpc);
    return new GoldenImage(this, 'GoldenImage', { vpc, subnet, instanceType, files, images }).machineImage;
  }

  private applyScaling(
    { scaling }: FleetSettings,
    machines: Machines,
    encryptionKey: kms.IKey,
  ): InstanceTypeSchedules | undefined {
    let changes: InstanceTypeSchedules | undefined;
    const instanceTypes = () => {
      changes ??= new InstanceTypeSchedules(this, 'InstanceTypes', machines, encryptionKey);
      return changes;
    };
    scaling.forEach((kind, index) => {
      kind._apply(this, { group: machines.group, targetGroups: this.web.targetGroups, instanceTypes }, index + 1);
    });
    return changes;
  }
}
