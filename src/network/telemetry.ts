import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import { AlertSeverity } from '../monitoring/api';
import type { Alarms } from '../private/alarms';
import type { NatDimensions } from './egress';

/** @see https://docs.aws.amazon.com/vpc/latest/userguide/metrics-dimensions-nat-gateway.html */
function natMetric(dimensionsMap: NatDimensions, metricName: string, options: cloudwatch.MetricOptions = {}) {
  return new cloudwatch.Metric({
    namespace: 'AWS/NATGateway',
    metricName,
    dimensionsMap,
    statistic: cloudwatch.Stats.SUM,
    period: Duration.minutes(5),
    ...options,
  });
}

/** The same metric of several gateways, added up. */
export function sumOfNat(
  gateways: readonly NatDimensions[],
  metricName: string,
  options: cloudwatch.MetricOptions = {},
) {
  const { period, label, color, ...perGateway } = options;
  return new cloudwatch.MathExpression({
    expression: 'SUM(METRICS())',
    period: period ?? Duration.minutes(5),
    label: label ?? metricName,
    color,
    usingMetrics: Object.fromEntries(
      gateways.map((gateway, index) => [`m${index}`, natMetric(gateway, metricName, perGateway)]),
    ),
  });
}

export function addNatAlarms(alarms: Alarms, gateways: readonly NatDimensions[]): void {
  gateways.forEach((gateway, index) => {
    alarms.add(`NatPorts${index + 1}`, {
      metric: natMetric(gateway, 'ErrorPortAllocation'),
      threshold: 1,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      description:
        'A NAT gateway has no free source port: new connections from private subnets to one destination fail',
      severity: AlertSeverity.MEDIUM,
      runbook: 'nat-ports-exhausted',
    });
    alarms.add(`NatDrops${index + 1}`, {
      metric: natMetric(gateway, 'PacketsDropCount'),
      threshold: 100,
      evaluationPeriods: 3,
      description: 'A NAT gateway drops packets, 100 or more in each of three periods of five minutes',
      severity: AlertSeverity.MEDIUM,
      runbook: 'nat-packets-dropped',
    });
  });
}

/** The state of a connection lies between 0, both tunnels down, and 1, both up. */
export function addVpnAlarms(alarms: Alarms, id: string, connection: ec2.VpnConnection): void {
  const metric = new cloudwatch.Metric({
    namespace: 'AWS/VPN',
    metricName: 'TunnelState',
    dimensionsMap: { VpnId: connection.vpnId },
    statistic: cloudwatch.Stats.MAXIMUM,
    period: Duration.minutes(5),
  });
  alarms.add(`${id}Down`, {
    metric,
    threshold: 0,
    comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: 2,
    description: `Both tunnels of the VPN ${id} are down: staff and systems behind it cannot reach the platform`,
    severity: AlertSeverity.MEDIUM,
    runbook: 'vpn-down',
  });
  alarms.add(`${id}Degraded`, {
    metric,
    threshold: 1,
    comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: 6,
    description: `One of the two tunnels of the VPN ${id} has been down for half an hour: the other carries everything`,
    severity: AlertSeverity.LOW,
    runbook: 'vpn-tunnel-down',
  });
}
