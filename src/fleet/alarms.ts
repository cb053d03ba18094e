import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { AlertSeverity, type IOperatorAlerts } from '../monitoring/api';
import type { Alarms } from '../private/alarms';
import type { ChargePointEntrance } from './charge-point-entrance';
import { DISK_USED_METRIC, FAILED_JOBS_METRIC, METRIC_NAMESPACE } from './constants';
import type { Machines } from './machines';
import type { WebEntrance } from './web-entrance';

const MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);
const { LESS_THAN_THRESHOLD, GREATER_THAN_THRESHOLD } = cloudwatch.ComparisonOperator;

/** Two alarms per service. The second is defined before the machines, because a rollout that makes it fire is undone. */
export function addServiceAlarms(alarms: Alarms, web: WebEntrance): cloudwatch.Alarm[] {
  return [...web.targetGroups].map(([service, targetGroup]) => {
    alarms.add(`${service}Down`, {
      metric: targetGroup.metrics.healthyHostCount({ period: MINUTE, statistic: cloudwatch.Stats.MINIMUM }),
      threshold: 1,
      comparisonOperator: LESS_THAN_THRESHOLD,
      evaluationPeriods: 3,
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
      description: `The service ${service} has answered on no machine for 3 minutes`,
      severity: AlertSeverity.HIGH,
      runbook: 'fleet-service-down',
    });
    return alarms.add(`${service}Unhealthy`, {
      metric: partlyUnhealthy(targetGroup),
      threshold: 1,
      // Shorter than a rollout waits after its first machine and after its last.
      evaluationPeriods: 3,
      description: `The service ${service} has failed its health check on a machine, but not on all, for 3 minutes`,
      severity: AlertSeverity.MEDIUM,
      runbook: 'fleet-service-unhealthy',
    });
  });
}

/** Silent where a service fails everywhere: a rollout is refused while one of its alarms rings, and then it would be the cure. */
function partlyUnhealthy(targetGroup: elbv2.ApplicationTargetGroup): cloudwatch.MathExpression {
  const options = { period: MINUTE, statistic: cloudwatch.Stats.MAXIMUM };
  return new cloudwatch.MathExpression({
    expression: 'IF(healthy > 0, unhealthy, 0)',
    label: 'Machines on which the service fails, where others answer',
    period: MINUTE,
    usingMetrics: {
      healthy: targetGroup.metrics.healthyHostCount(options),
      unhealthy: targetGroup.metrics.unhealthyHostCount(options),
    },
  });
}

export function addEntranceAlarms(
  alarms: Alarms,
  web: WebEntrance,
  chargePoints: ChargePointEntrance | undefined,
): void {
  const { metrics } = web.loadBalancer;
  alarms.add('LoadBalancerErrors', {
    metric: metrics.httpCodeElb(elbv2.HttpCodeElb.ELB_5XX_COUNT, { period: FIVE_MINUTES }),
    threshold: 25,
    evaluationPeriods: 2,
    description: 'The load balancer itself has answered 25 requests or more with 5xx in each of two times 5 minutes',
    severity: AlertSeverity.HIGH,
    runbook: 'fleet-load-balancer-errors',
  });
  alarms.add('ServiceErrors', {
    metric: errorRate(web.loadBalancer),
    threshold: 5,
    comparisonOperator: GREATER_THAN_THRESHOLD,
    evaluationPeriods: 3,
    description: 'Services have answered more than 5 % of the requests with 5xx for 15 minutes',
    severity: AlertSeverity.MEDIUM,
    runbook: 'fleet-service-errors',
  });
  alarms.add('ResponseTime', {
    metric: metrics.targetResponseTime({ period: FIVE_MINUTES, statistic: 'p99' }),
    threshold: 3,
    evaluationPeriods: 3,
    description: 'One request of a hundred has waited 3 seconds or more for 15 minutes',
    severity: AlertSeverity.MEDIUM,
    runbook: 'fleet-response-time-high',
  });
  alarms.add('RejectedConnections', {
    metric: metrics.rejectedConnectionCount({ period: FIVE_MINUTES }),
    threshold: 1,
    evaluationPeriods: 2,
    description: 'The load balancer has refused connections because it holds as many as it can, for 10 minutes',
    severity: AlertSeverity.HIGH,
    runbook: 'fleet-connections-rejected',
  });
  alarms.add('TlsErrors', {
    metric: metrics.clientTlsNegotiationErrorCount({ period: FIVE_MINUTES }),
    threshold: 500,
    evaluationPeriods: 3,
    description: 'More than 500 TLS handshakes have failed in each of three times 5 minutes',
    severity: AlertSeverity.LOW,
    runbook: 'fleet-tls-errors',
  });
  chargePoints?.targetGroups.forEach((targetGroup, index) => {
    alarms.add(`ChargePointEntrance${index + 1}`, {
      metric: targetGroup.metrics.unHealthyHostCount({ period: MINUTE, statistic: cloudwatch.Stats.MAXIMUM }),
      threshold: 1,
      evaluationPeriods: 3,
      description:
        'The network load balancer of the charge points has not reached the load balancer behind it for 3 minutes',
      severity: AlertSeverity.HIGH,
      runbook: 'fleet-charge-point-entrance-unhealthy',
    });
  });
}

export interface MachineAlarmProps {
  readonly machines: Machines;
  /** How many machines wait. @default - there is no warm pool */
  readonly warmMachines?: number;
  /** Changes of the instance type that could not be started. @default - there are none */
  readonly changeDeadLetters?: sqs.IQueue;
  readonly hasJobs: boolean;
}

export function addMachineAlarms(alarms: Alarms, alerts: IOperatorAlerts, props: MachineAlarmProps): void {
  const { autoScalingGroupName } = props.machines.group;
  alarms.add('MachinesMissing', {
    metric: missingMachines(autoScalingGroupName),
    threshold: 1,
    evaluationPeriods: 10,
    description: 'Fewer machines than the minimum have been in service for 10 minutes',
    severity: AlertSeverity.HIGH,
    runbook: 'fleet-machines-missing',
  });
  alarms.add('DiskFull', {
    metric: machineMetric(DISK_USED_METRIC, autoScalingGroupName, { statistic: cloudwatch.Stats.MAXIMUM }),
    threshold: 85,
    evaluationPeriods: 3,
    description: 'The disk of a machine has been 85 % full or more for 15 minutes',
    severity: AlertSeverity.MEDIUM,
    runbook: 'fleet-disk-full',
  });
  if (props.warmMachines !== undefined) {
    alarms.add('StandbyMissing', {
      metric: groupMetric('WarmPoolWarmedCapacity', autoScalingGroupName, { statistic: cloudwatch.Stats.MINIMUM }),
      threshold: props.warmMachines,
      comparisonOperator: LESS_THAN_THRESHOLD,
      evaluationPeriods: 12,
      description: 'Fewer machines than asked for have waited in the warm pool for an hour',
      severity: AlertSeverity.MEDIUM,
      runbook: 'fleet-standby-missing',
    });
  }
  if (props.hasJobs) {
    alarms.add('JobFailed', {
      metric: machineMetric(FAILED_JOBS_METRIC, autoScalingGroupName, { statistic: cloudwatch.Stats.SUM }),
      threshold: 1,
      evaluationPeriods: 1,
      description: 'A job has ended with a failure',
      severity: AlertSeverity.MEDIUM,
      runbook: 'fleet-job-failed',
    });
  }
  if (props.changeDeadLetters) {
    alarms.add('InstanceTypeChangeFailed', {
      metric: props.changeDeadLetters.metricApproximateNumberOfMessagesVisible({ period: FIVE_MINUTES }),
      threshold: 1,
      evaluationPeriods: 1,
      description: 'A scheduled change of the type of the machines could not be started',
      severity: AlertSeverity.MEDIUM,
      runbook: 'fleet-instance-type-change-failed',
    });
  }
  addMachineEvents(alarms, alerts, autoScalingGroupName);
}

function addMachineEvents(alarms: Alarms, alerts: IOperatorAlerts, group: string): void {
  const events = (detailType: string) => ({
    source: ['aws.autoscaling'],
    detailType: [detailType],
    detail: { AutoScalingGroupName: [group] },
  });
  alerts.addEvent(alarms, 'LaunchFailed', {
    eventPattern: events('EC2 Instance Launch Unsuccessful'),
    description: 'A machine of the fleet could not start',
    severity: AlertSeverity.MEDIUM,
    runbook: 'fleet-launch-failed',
  });
  alerts.addEvent(alarms, 'RolloutFailed', {
    eventPattern: events('EC2 Auto Scaling Instance Refresh Failed'),
    description: 'A rollout over the machines of the fleet has failed',
    severity: AlertSeverity.HIGH,
    runbook: 'fleet-rollout-failed',
  });
}

/** In service against the group's own minimum, which schedules change. */
function missingMachines(group: string): cloudwatch.MathExpression {
  return new cloudwatch.MathExpression({
    expression: 'minimum - inService',
    label: 'Machines missing',
    period: MINUTE,
    usingMetrics: {
      minimum: groupMetric('GroupMinSize', group, { period: MINUTE }),
      inService: groupMetric('GroupInServiceInstances', group, { period: MINUTE }),
    },
  });
}

/** Nothing asked, nothing failed. */
function errorRate(loadBalancer: elbv2.ApplicationLoadBalancer): cloudwatch.MathExpression {
  const { metrics } = loadBalancer;
  return new cloudwatch.MathExpression({
    expression: '100 * FILL(errors, 0) / requests',
    label: 'Requests answered with 5xx, percent',
    period: FIVE_MINUTES,
    usingMetrics: {
      errors: metrics.httpCodeTarget(elbv2.HttpCodeTarget.TARGET_5XX_COUNT, { period: FIVE_MINUTES }),
      requests: metrics.requestCount({ period: FIVE_MINUTES }),
    },
  });
}

/** A metric that each machine publishes itself. */
function machineMetric(metricName: string, group: string, options: cloudwatch.MetricOptions): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: { AutoScalingGroupName: group },
    period: FIVE_MINUTES,
    ...options,
  });
}

/** A metric of the Auto Scaling group. */
export function groupMetric(
  metricName: string,
  group: string,
  options: cloudwatch.MetricOptions = {},
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/AutoScaling',
    metricName,
    dimensionsMap: { AutoScalingGroupName: group },
    statistic: cloudwatch.Stats.AVERAGE,
    ...options,
  });
}
