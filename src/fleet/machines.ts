import { Duration, Tags } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { acknowledge } from '../private/acknowledge';
import type { PolicyRole } from '../private/role';
import { FLEET_TAG, LAUNCH_HOOK, TERMINATE_HOOK } from './constants';
import { MachineHealth } from './machine-health';
import type { Placement } from './placement';
import { refusedTagKeys } from './validation';

export interface MachinesProps {
  readonly vpc: ec2.IVpc;
  readonly subnets: ec2.ISubnet[];
  readonly placement: Placement;
  readonly role: PolicyRole;
  readonly fleetTag: string;
  readonly instanceType: ec2.InstanceType;
  readonly machineImage: ec2.IMachineImage;
  readonly userData: ec2.UserData;
  readonly minMachines: number;
  readonly maxMachines: number;
  readonly machineHealth: MachineHealth;
  /** What a machine that leaves may still take after its load balancers have let it go. */
  readonly stopSeconds: number;
  readonly targetGroups: readonly elbv2.ApplicationTargetGroup[];
  /** An instance refresh that meets one of them is undone. */
  readonly refreshAlarms: cloudwatch.Alarm[];
}

/** Installing Docker, pulling images and the first answers of every service, at the slowest. */
const LAUNCH_SECONDS = 1200;

/** The machines, which are described by a launch template and counted by an Auto Scaling group. */
export class Machines extends Construct {
  public readonly group: autoscaling.AutoScalingGroup;
  public readonly securityGroup: ec2.SecurityGroup;
  public readonly launchTemplate: ec2.LaunchTemplate;
  public readonly instanceType: ec2.InstanceType;
  public readonly role: PolicyRole;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: MachinesProps,
  ) {
    super(scope, id);
    this.instanceType = props.instanceType;
    this.role = props.role;
    this.securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: 'Machines of the platform, open to their load balancers only',
    });
    this.launchTemplate = this.defineTemplate(this, 'Template', props.instanceType);
    this.group = this.defineGroup();
    for (const targetGroup of props.targetGroups) {
      this.group.attachToApplicationTargetGroup(targetGroup);
    }
  }

  /** A launch template of the fleet's machines with this type. */
  public defineTemplate(scope: Construct, id: string, instanceType: ec2.InstanceType): ec2.LaunchTemplate {
    const { placement, role, userData, machineImage } = this.props;
    return new ec2.LaunchTemplate(scope, id, {
      instanceType,
      machineImage,
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

  private defineGroup(): autoscaling.AutoScalingGroup {
    const { vpc, subnets, minMachines, maxMachines, refreshAlarms, role, fleetTag, stopSeconds } = this.props;
    const group = new autoscaling.AutoScalingGroup(this, 'Group', {
      vpc,
      vpcSubnets: { subnets },
      launchTemplate: this.launchTemplate,
      minCapacity: minMachines,
      maxCapacity: maxMachines,
      healthChecks: this.healthChecks(),
      cooldown: Duration.minutes(5),
      defaultInstanceWarmup: Duration.minutes(3),
      groupMetrics: [autoscaling.GroupMetrics.all()],
      updatePolicy: autoscaling.UpdatePolicy.instanceRefresh({
        strategy: autoscaling.InstanceRefreshStrategy.ROLLING,
        minHealthyPercentage: 100,
        maxHealthyPercentage: 150,
        skipMatching: true,
        // The first new machine is watched on its own before others follow.
        checkpointPercentages: [1, 100],
        checkpointDelay: Duration.minutes(5),
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
    // In the group itself, so that its very first machines meet them.
    resource.lifecycleHookSpecificationList = [
      {
        lifecycleHookName: LAUNCH_HOOK,
        lifecycleTransition: autoscaling.LifecycleTransition.INSTANCE_LAUNCHING,
        // A machine on which not every service has answered never gets traffic, and a rollout of it fails.
        defaultResult: autoscaling.DefaultResult.ABANDON,
        heartbeatTimeout: LAUNCH_SECONDS,
      },
      {
        lifecycleHookName: TERMINATE_HOOK,
        lifecycleTransition: autoscaling.LifecycleTransition.INSTANCE_TERMINATING,
        defaultResult: autoscaling.DefaultResult.CONTINUE,
        heartbeatTimeout: stopSeconds,
      },
    ];
    group.node.addValidation({ validate: () => refusedTagKeys(Object.keys(resource.tags.tagValues())) });
    acknowledge(
      group,
      "EventBridge carries the group's events, and launches and rollouts that fail are alerts; a topic would send the same twice",
      'AwsSolutions-AS3',
    );
    return group;
  }

  private healthChecks(): autoscaling.HealthChecks {
    const gracePeriod = Duration.minutes(5);
    if (this.props.machineHealth === MachineHealth.EVERY_SERVICE) {
      return autoscaling.HealthChecks.withAdditionalChecks({
        additionalTypes: [autoscaling.AdditionalHealthCheckType.ELB],
        gracePeriod,
      });
    }
    acknowledge(
      this,
      'With ELB health a group replaces a machine when any of its services fails, so a broken Back Office would cut the sockets of all charge points; ' +
        'the machine reports itself unhealthy when it is broken as a whole, and each service has alarms of its own',
      'NIST.800.53.R5-AutoScalingGroupELBHealthCheckRequired',
      'PCI.DSS.321-AutoScalingGroupELBHealthCheckRequired',
    );
    return autoscaling.HealthChecks.ec2({ gracePeriod });
  }
}
