import { TimeZone } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import { invalid } from '../private/errors';
import { METRIC_NAMESPACE, OCPP_CONNECTIONS_METRIC } from './constants';
import type { DockerService } from './docker-service';
import type { InstanceTypeSchedules } from './instance-type-schedules';
import { validateScheduledScaling, validateTarget, validateTimeZone } from './validation';

/** Options of `FleetScaling.scheduled`. */
export interface ScheduledScalingOptions {
  /** When, e.g. `autoscaling.Schedule.cron({ hour: '7', minute: '0', weekDay: 'MON-FRI' })`; as an expression, cron with five fields. */
  readonly schedule: autoscaling.Schedule;
  /**
   * Time zone of the schedule. It follows summer time.
   * @default TimeZone.EUROPE_MADRID
   */
  readonly timeZone?: TimeZone;
  /**
   * Fewest machines from then on, 1 to 100. This or `maxMachines` is needed.
   * @default - stays as it is
   */
  readonly minMachines?: number;
  /**
   * Most machines from then on, 1 to 100.
   * @default - stays as it is
   */
  readonly maxMachines?: number;
}

/** Options of `FleetScaling.scheduledInstanceType`. */
export interface ScheduledInstanceTypeOptions {
  /** When, e.g. `scheduler.ScheduleExpression.cron({ day: '1', hour: '1', minute: '0' })`. `timeZone` holds, not the expression's own. */
  readonly schedule: scheduler.ScheduleExpression;
  /** Type of the machines from then on, of the same architecture as the fleet's. */
  readonly instanceType: ec2.InstanceType;
  /**
   * Time zone of the schedule. It follows summer time.
   * @default TimeZone.EUROPE_MADRID
   */
  readonly timeZone?: TimeZone;
}

/** What the kinds of scaling work on. */
interface ScaledFleet {
  readonly group: autoscaling.AutoScalingGroup;
  readonly targetGroups: ReadonlyMap<string, elbv2.ApplicationTargetGroup>;
  instanceTypes(): InstanceTypeSchedules;
}

type Apply = (scope: Construct, fleet: ScaledFleet, number: number) => void;

/** What changes the number of machines, and their type. */
export class FleetScaling {
  /** New limits at a time of the calendar: more machines before the morning, fewer at night. */
  public static scheduled(options: ScheduledScalingOptions): FleetScaling {
    return new FleetScaling((scope, { group }, number) => {
      const timeZone = options.timeZone ?? TimeZone.EUROPE_MADRID;
      validateScheduledScaling(scope, options, timeZone);
      group.scaleOnSchedule(`scheduled${number}`, {
        schedule: options.schedule,
        timeZone: timeZone.timezoneName,
        minCapacity: options.minMachines,
        maxCapacity: options.maxMachines,
      });
    });
  }

  /** As many machines as keep the processors this busy on average, 10 to 90 percent. */
  public static onCpu(targetPercent: number): FleetScaling {
    return new FleetScaling((scope, { group }) => {
      validateTarget(scope, 'onCpu', 'targetPercent', targetPercent, 10, 90);
      group.scaleOnCpuUtilization('onCpu', { targetUtilizationPercent: targetPercent });
    }, 'onCpu');
  }

  /** As many machines as hold this many charge points each on average, 10 to 50000. Machines count the WebSockets of their NGINX. */
  public static onOcppConnections(connectionsPerMachine: number): FleetScaling {
    return new FleetScaling((scope, { group }) => {
      validateTarget(scope, 'onOcppConnections', 'connectionsPerMachine', connectionsPerMachine, 10, 50_000);
      group.scaleToTrackMetric('onOcppConnections', {
        metric: ocppConnections(group.autoScalingGroupName),
        targetValue: connectionsPerMachine,
      });
    }, 'onOcppConnections');
  }

  /** As many machines as get this many requests to `service` per minute each, 1 to 1000000. */
  public static onRequestsPerTarget(service: DockerService, requestsPerMinute: number): FleetScaling {
    return new FleetScaling((scope, { group, targetGroups }) => {
      validateTarget(scope, 'onRequestsPerTarget', 'requestsPerMinute', requestsPerMinute, 1, 1_000_000);
      const { name } = service;
      const targetGroup = targetGroups.get(name);
      if (!targetGroup) {
        throw invalid(
          scope,
          `'service' of FleetScaling.onRequestsPerTarget must be one of the fleet's that answers requests, got '${name}'`,
        );
      }
      const policy = new autoscaling.TargetTrackingScalingPolicy(group, `ScalingPolicyRequests-${name}`, {
        autoScalingGroup: group,
        predefinedMetric: autoscaling.PredefinedMetric.ALB_REQUEST_COUNT_PER_TARGET,
        resourceLabel: `${targetGroup.firstLoadBalancerFullName}/${targetGroup.targetGroupFullName}`,
        targetValue: requestsPerMinute,
      });
      policy.node.addDependency(targetGroup.loadBalancerAttached);
    }, `onRequestsPerTarget('${service.name}')`);
  }

  /**
   * Other machines at a time of the calendar: larger ones for heavy processing, smaller ones afterwards, which is a second one of these.
   *
   * Each change replaces all machines one after another and so moves the socket of every charge point. The Auto Scaling group then differs
   * from its template (drift); the next deployment that changes the machines brings the fleet's own `instanceType` back. Capacity
   * reservations do not hold the other type.
   */
  public static scheduledInstanceType(options: ScheduledInstanceTypeOptions): FleetScaling {
    return new FleetScaling((scope, fleet, number) => {
      const timeZone = options.timeZone ?? TimeZone.EUROPE_MADRID;
      validateTimeZone(scope, timeZone);
      fleet.instanceTypes().add(`Change${number}`, { ...options, timeZone });
    });
  }

  private constructor(
    /** @internal */
    public readonly _apply: Apply,
    /** Of kinds that steer by a target, a fleet has one each. @internal */
    public readonly _target?: string,
  ) {}
}

/** WebSockets that the machines of a group hold: each machine publishes its own number once a minute. */
export function ocppConnections(group: string, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: METRIC_NAMESPACE,
    metricName: OCPP_CONNECTIONS_METRIC,
    dimensionsMap: { AutoScalingGroupName: group },
    statistic: cloudwatch.Stats.AVERAGE,
    ...options,
  });
}
