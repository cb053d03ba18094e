import { Duration, Stack } from 'aws-cdk-lib';
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as backup from 'aws-cdk-lib/aws-backup';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { IOperatorAlerts } from '../monitoring/api';
import { Alarms } from '../private/alarms';
import { defineLogBucket } from '../private/buckets';
import { defineKey } from '../private/encryption';
import { invalid } from '../private/errors';
import { pinFeatureFlags } from '../private/feature-flags';
import { addEntranceAlarms, addMachineAlarms, addServiceAlarms, groupMetric } from './alarms';
import { ChargePointEntrance } from './charge-point-entrance';
import { FLEET_TAG } from './constants';
import type { DockerService } from './docker-service';
import { Exposure } from './exposure';
import type { FleetScaling } from './fleet-scaling';
import { FleetStandby } from './fleet-standby';
import { describeMachine } from './machine-description';
import { MachineFiles } from './machine-files';
import { defineMachineRole, fleetTagOf } from './machine-role';
import { Machines } from './machines';
import { Placement } from './placement';
import { proxyPorts } from './ports';
import type { ServiceDefinition } from './service-definition';
import { validateService } from './service-validation';
import { networksOf, selectSubnets } from './subnets';
import {
  validateCertificates,
  validateMachines,
  validateOcppBehindCdn,
  validateOcppDrainTimeout,
  validateOcppIdleTimeout,
  validateRegion,
  validateScaling,
  validateServices,
} from './validation';
import { WebEntrance } from './web-entrance';

/** Properties of `DockerizedServiceFleet`. */
export interface DockerizedServiceFleetProps {
  /** VPC with subnets in at least two zones: public ones, and private ones with a way out unless machines and web are public. */
  readonly vpc: ec2.IVpc;
  /** Certificates of the load balancers, 1 to 25, of the stack's own region. They cover each host name. */
  readonly certificates: acm.ICertificate[];
  /** What the machines run, 1 to 10 services. All of them run on every machine. */
  readonly services: DockerService[];
  /**
   * In which subnets the machines stand.
   * @default Placement.privateSubnets()
   */
  readonly placement?: Placement;
  /**
   * How the web services are reached. A change makes a new load balancer; take the deletion protection off the old one before.
   * @default Exposure.direct()
   */
  readonly exposure?: Exposure;
  /**
   * What changes the number of machines.
   * @default - it stays at `minMachines`
   */
  readonly scaling?: FleetScaling[];
  /**
   * What is ready to take over when machines or a zone are lost.
   * @default FleetStandby.none()
   */
  readonly standby?: FleetStandby;
  /**
   * Type of the machines; it decides between the arm64 and amd64 form of Ubuntu, and images must have that form too. Not every region
   * has every type. A change replaces the machines one after another.
   * @default ec2.InstanceType.of(ec2.InstanceClass.M7G, ec2.InstanceSize.LARGE)
   */
  readonly instanceType?: ec2.InstanceType;
  /**
   * Fewest machines, 1 to 100.
   * @default 2
   */
  readonly minMachines?: number;
  /**
   * Most machines, 1 to 100.
   * @default - 6, or `minMachines` if that is more
   */
  readonly maxMachines?: number;
  /**
   * How long a charge point may be silent before its socket is closed, 60 to 4000 seconds. Let charge points ping well below it: a third
   * is a good measure. It holds for the whole load balancer; NGINX bounds web connections by itself.
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
   * @default Duration.seconds(4000)
   */
  readonly ocppIdleTimeout?: Duration;
  /**
   * How long a machine that leaves keeps its charge points, which may finish what they do; then the load balancer closes their
   * sockets. 0 to 3600 seconds. New sockets go to other machines meanwhile.
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
   * @default Duration.minutes(5)
   */
  readonly ocppDrainTimeout?: Duration;
  /**
   * Key that encrypts the logs of machines and services. It must let CloudWatch Logs use it for this account's log groups. Disks are
   * encrypted with the account's own key for EBS.
   * @default - a key with rotation is defined, kept on removal
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * How long the load balancer's access logs are kept.
   * @default Duration.days(400)
   */
  readonly accessLogRetention?: Duration;
  /**
   * Where alarms go. With alerts, a rollout that makes a service fail is undone.
   * @default - no alarms are defined
   */
  readonly alerts?: IOperatorAlerts;
}

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
    const services = props.services.map((service) => service._definition);
    const endpoints = services.flatMap((service) => service.endpoints);
    const placement = props.placement ?? Placement.privateSubnets();
    const exposure = props.exposure ?? Exposure.direct();
    const scaling = props.scaling ?? [];
    const minMachines = props.minMachines ?? 2;
    const maxMachines = props.maxMachines ?? Math.max(6, minMachines);
    const ocppIdleTimeout = props.ocppIdleTimeout ?? Duration.seconds(4000);
    const ocppDrainTimeout = props.ocppDrainTimeout ?? Duration.minutes(5);

    validateRegion(this, Stack.of(this).region);
    for (const service of services) {
      validateService(this, service);
    }
    validateServices(this, services);
    validateCertificates(this, props.certificates);
    validateMachines(this, minMachines, maxMachines);
    validateOcppIdleTimeout(this, ocppIdleTimeout);
    validateOcppDrainTimeout(this, ocppDrainTimeout);
    validateScaling(this, scaling);
    if (exposure._internal) {
      validateOcppBehindCdn(this, services);
    }
    const subnets = selectSubnets(this, props.vpc, placement, exposure, endpoints.length > 0);

    const listening = services.filter(({ protocol }) => protocol !== 'scheduled');
    const ports = proxyPorts(listening.map(({ name }) => name));
    this.web = new WebEntrance(this, exposure._internal ? 'InternalEntrance' : 'Entrance', {
      vpc: props.vpc,
      subnets,
      certificates: props.certificates,
      services: listening,
      proxyPorts: ports,
      exposure,
      ocppIdleTimeout,
      ocppDrainTimeout,
      accessLogs: defineLogBucket(this, 'AccessLogs', props.accessLogRetention ?? Duration.days(400)),
    });
    this.chargePoints =
      endpoints.length === 0 ? undefined : this.defineChargePoints(props, subnets.chargePoints, services);

    const alarms = Alarms.of(this, props.alerts);
    const fleetTag = fleetTagOf(this);
    const files = new MachineFiles(this, 'Files', {
      services,
      description: describeMachine(this, {
        services,
        proxyPorts: ports,
        ocppIdleSeconds: ocppIdleTimeout.toSeconds(),
        ocppDrainSeconds: Math.floor(0.8 * ocppDrainTimeout.toSeconds()),
        loadBalancerCidrs: networksOf(subnets.web),
      }),
      encryptionKey: props.encryptionKey ?? defineKey(this, 'Key', 'Encrypts the logs of the machines'),
    });
    const role = defineMachineRole(this, 'MachineRole', { services, files, fleetTag });
    const machines = new Machines(this, 'Machines', {
      vpc: props.vpc,
      subnets: subnets.machines,
      placement,
      role,
      fleetTag,
      instanceType: props.instanceType ?? ec2.InstanceType.of(ec2.InstanceClass.M7G, ec2.InstanceSize.LARGE),
      userData: files.userData,
      minMachines,
      maxMachines,
      standby: props.standby ?? FleetStandby.none(),
      targetGroups: [...this.web.targetGroups.values()],
      refreshAlarms: alarms ? addServiceAlarms(alarms, this.web) : [],
    });
    scaling.forEach((kind, index) => {
      kind._apply(this, machines.group, `${kind._kind}${index + 1}`);
    });
    if (alarms && props.alerts) {
      addEntranceAlarms(alarms, this.web, this.chargePoints);
      addMachineAlarms(alarms, props.alerts, machines);
    }

    this.applicationLoadBalancer = this.web.loadBalancer;
    this.networkLoadBalancer = this.chargePoints?.loadBalancer;
    this.autoScalingGroup = machines.group;
    this.connections = new ec2.Connections({ securityGroups: [machines.securityGroup] });
    this.grantPrincipal = role.grantPrincipal;
    this.ocppHostNames = services
      .filter(({ protocol }) => protocol === 'ocpp')
      .flatMap(({ hostNames, endpoints: own }) => [...hostNames, ...own.map(({ hostName }) => hostName)]);
    this.ocppAddresses = this.chargePoints?.addresses.map(({ ref }) => ref) ?? [];
    this.backupResource = backup.BackupResource.fromTag(FLEET_TAG, fleetTag);
  }

  /** Machines in service; the average of five minutes unless told otherwise. */
  public metricMachinesInService(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return groupMetric('GroupInServiceInstances', this.autoScalingGroup.autoScalingGroupName, options);
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

  private defineChargePoints(
    props: DockerizedServiceFleetProps,
    subnets: ec2.ISubnet[],
    services: readonly ServiceDefinition[],
  ): ChargePointEntrance {
    const entrance = new ChargePointEntrance(this, 'ChargePoints', {
      vpc: props.vpc,
      subnets,
      web: this.web,
      certificates: props.certificates,
    });
    for (const { name, endpoints } of services) {
      for (const endpoint of endpoints) {
        entrance.addEndpoint(endpoint, name);
      }
    }
    return entrance;
  }
}
