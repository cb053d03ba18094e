import { Duration, Tags } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { acknowledge } from '../private/acknowledge';
import type { PolicyRole } from '../private/role';
import { FLEET_TAG } from './constants';
import type { FleetStandby } from './fleet-standby';
import type { Placement } from './placement';
import { validateStandby } from './validation';

export interface MachinesProps {
  readonly vpc: ec2.IVpc;
  readonly subnets: ec2.ISubnet[];
  readonly placement: Placement;
  readonly role: PolicyRole;
  readonly fleetTag: string;
  readonly instanceType: ec2.InstanceType;
  readonly userData: ec2.UserData;
  readonly minMachines: number;
  readonly maxMachines: number;
  readonly standby: FleetStandby;
  readonly targetGroups: readonly elbv2.ApplicationTargetGroup[];
  /** An instance refresh that meets one of them is undone. */
  readonly refreshAlarms: cloudwatch.Alarm[];
}

/** The machines, which are described by a launch template and counted by an Auto Scaling group. */
export class Machines extends Construct {
  public readonly group: autoscaling.AutoScalingGroup;
  public readonly securityGroup: ec2.SecurityGroup;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: MachinesProps,
  ) {
    super(scope, id);
    this.securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: 'Machines of the platform, open to their load balancers only',
    });
    this.group = this.defineGroup(this.defineTemplate());
    for (const targetGroup of props.targetGroups) {
      this.group.attachToApplicationTargetGroup(targetGroup);
    }
    this.defineStandby();
  }

  private defineTemplate(): ec2.LaunchTemplate {
    const { instanceType, placement, role, userData } = this.props;
    const architecture = instanceType.architecture === ec2.InstanceArchitecture.ARM_64 ? 'arm64' : 'amd64';
    return new ec2.LaunchTemplate(this, 'Template', {
      instanceType,
      // Resolved at deployment: a machine that starts later gets the image of its siblings, not a newer one.
      machineImage: ec2.MachineImage.fromSsmParameter(
        `/aws/service/canonical/ubuntu/server/24.04/stable/current/${architecture}/hvm/ebs-gp3/ami-id`,
        { os: ec2.OperatingSystemType.LINUX },
      ),
      role: role.role,
      securityGroup: this.securityGroup,
      associatePublicIpAddress: placement._publicAddresses,
      userData,
      httpTokens: ec2.LaunchTemplateHttpTokens.REQUIRED,
      // Containers on Docker's bridge are one hop further away.
      httpPutResponseHopLimit: 2,
      instanceMetadataTags: true,
      detailedMonitoring: true,
      ebsOptimized: true,
      blockDevices: [
        {
          deviceName: '/dev/sda1',
          volume: ec2.BlockDeviceVolume.ebs(30, {
            volumeType: ec2.EbsDeviceVolumeType.GP3,
            encrypted: true,
          }),
        },
      ],
    });
  }

  private defineGroup(launchTemplate: ec2.LaunchTemplate): autoscaling.AutoScalingGroup {
    const { vpc, subnets, minMachines, maxMachines, refreshAlarms, role, fleetTag } = this.props;
    const group = new autoscaling.AutoScalingGroup(this, 'Group', {
      vpc,
      vpcSubnets: { subnets },
      launchTemplate,
      minCapacity: minMachines,
      maxCapacity: maxMachines,
      healthChecks: autoscaling.HealthChecks.ec2({ gracePeriod: Duration.minutes(5) }),
      cooldown: Duration.minutes(5),
      defaultInstanceWarmup: Duration.minutes(3),
      groupMetrics: [autoscaling.GroupMetrics.all()],
      updatePolicy: autoscaling.UpdatePolicy.instanceRefresh({
        strategy: autoscaling.InstanceRefreshStrategy.ROLLING,
        minHealthyPercentage: 100,
        maxHealthyPercentage: 150,
        alarms: refreshAlarms,
        bakeTime: refreshAlarms.length > 0 ? Duration.minutes(5) : undefined,
      }),
    });
    Tags.of(group).add(FLEET_TAG, fleetTag);
    group.node.addDependency(role);
    const resource = group.node.defaultChild as autoscaling.CfnAutoScalingGroup;
    resource.availabilityZoneImpairmentPolicy = {
      zonalShiftEnabled: true,
      impairedZoneHealthCheckBehavior: 'IgnoreUnhealthy',
    };
    acknowledge(
      group,
      'With ELB health a group replaces a machine when any of its services fails, so a broken Back Office would cut the sockets of all charge points; ' +
        'the machine reports itself unhealthy when it is broken as a whole, and each service has alarms of its own',
      'NIST.800.53.R5-AutoScalingGroupELBHealthCheckRequired',
      'PCI.DSS.321-AutoScalingGroupELBHealthCheckRequired',
    );
    acknowledge(
      group,
      "EventBridge carries the group's events, and launches and rollouts that fail are alerts; a topic would send the same twice",
      'AwsSolutions-AS3',
    );
    return group;
  }

  private defineStandby(): void {
    const options = this.props.standby._warmPool;
    if (options === undefined) {
      return;
    }
    const zones = this.props.subnets.map(({ availabilityZone }) => availabilityZone);
    const machines = options.machines ?? zones.length;
    const reservedPerZone = options.reservedPerZone ?? 0;
    validateStandby(this, machines, reservedPerZone, zones.length);
    this.group.addWarmPool({ minSize: machines, poolState: autoscaling.PoolState.STOPPED });
    if (reservedPerZone > 0) {
      this.reserve(zones, reservedPerZone);
    }
  }

  private reserve(zones: string[], instanceCount: number): void {
    const reservations = zones.map(
      (availabilityZone, index) =>
        new ec2.CfnCapacityReservation(this, `Reservation${index + 1}`, {
          availabilityZone,
          instanceCount,
          instancePlatform: 'Linux/UNIX',
          instanceType: this.props.instanceType.toString(),
          ebsOptimized: true,
          // For this fleet alone: another machine of the account would use up an open one.
          instanceMatchCriteria: 'targeted',
          endDateType: 'unlimited',
        }),
    );
    const resource = this.group.node.defaultChild as autoscaling.CfnAutoScalingGroup;
    resource.capacityReservationSpecification = {
      capacityReservationPreference: 'capacity-reservations-first',
      capacityReservationTarget: { capacityReservationIds: reservations.map(({ ref }) => ref) },
    };
  }
}
