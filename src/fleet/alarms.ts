import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { AlertSeverity, type IOperatorAlerts } from '../monitoring/api';
import type { Alarms } from '../private/alarms';
import type { ChargePointEntrance } from './charge-point-entrance';
import type { Machines } from './machines';
import type { WebEntrance } from './web-entrance';

const MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);
const { LESS_THAN_THRESHOLD, GREATER_THAN_THRESHOLD } = cloudwatch.ComparisonOperator;

/** One alarm per service, defined before the machines because a rollout that makes one fire is undone. */
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
      metric: targetGroup.metrics.unhealthyHostCount({ period: MINUTE, statistic: cloudwatch.Stats.MAXIMUM }),
      threshold: 1,
      evaluationPeriods: 5,
      description: `The service ${service} has failed its health check on a machine for 5 minutes`,
      severity: AlertSeverity.MEDIUM,
      runbook: 'fleet-service-unhealthy',
    });
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

export function addMachineAlarms(alarms: Alarms, alerts: IOperatorAlerts, machines: Machines): void {
  const { autoScalingGroupName } = machines.group;
  alarms.add('MachinesMissing', {
    metric: missingMachines(autoScalingGroupName),
    threshold: 1,
    evaluationPeriods: 10,
    description: 'Fewer machines than the minimum have been in service for 10 minutes',
    severity: AlertSeverity.HIGH,
    runbook: 'fleet-machines-missing',
  });
  const events = (detailType: string) => ({
    source: ['aws.autoscaling'],
    detailType: [detailType],
    detail: { AutoScalingGroupName: [autoScalingGroupName] },
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
