import { Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { AlertSeverity, type IOperatorAlerts } from '../monitoring/api';
import { Alarms } from '../private/alarms';
import type { PlatformFunction } from '../private/functions';

export interface WafLogAlarmsProps {
  readonly alerts: IOperatorAlerts | undefined;
  readonly freshness: cloudwatch.IMetric;
  readonly failedConversions: cloudwatch.IMetric;
  readonly throttledRecords: cloudwatch.IMetric;
  readonly blockedRequests: cloudwatch.IMetric;
  readonly poisonLines: cloudwatch.IMetric;
  readonly readers: readonly PlatformFunction[];
}

/** Records lie in Firehose's buffer for up to 15 minutes by choice. */
const OLDEST_SECONDS = 1800;

export function defineWafLogAlarms(scope: Construct, props: WafLogAlarmsProps): void {
  const alarms = Alarms.of(scope, props.alerts);
  if (!alarms) {
    return;
  }
  alarms.add('Late', {
    metric: props.freshness,
    threshold: OLDEST_SECONDS,
    evaluationPeriods: 3,
    description: 'Records of the web ACL have waited half an hour to be written: offenders are not found',
    severity: AlertSeverity.MEDIUM,
    runbook: 'waf-logs-late',
  });
  alarms.add('Unconverted', {
    metric: props.failedConversions,
    threshold: 1,
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
    description: 'Records of the web ACL do not fit the columns of the table and are missing from queries',
    severity: AlertSeverity.LOW,
    runbook: 'waf-logs-not-converted',
  });
  alarms.add('Throttled', {
    metric: props.throttledRecords,
    threshold: 1,
    evaluationPeriods: 3,
    description: 'Firehose takes fewer records than the web ACL sends: some are lost',
    severity: AlertSeverity.MEDIUM,
    runbook: 'waf-logs-throttled',
  });
  alarms.add('BlockedMany', {
    metric: props.blockedRequests,
    threshold: 10_000,
    evaluationPeriods: 2,
    description: 'The web ACL blocks 10,000 requests or more in five minutes: an attack, or a rule that hits customers',
    severity: AlertSeverity.MEDIUM,
    runbook: 'waf-blocks-many-requests',
  });
  alarms.add('Poison', {
    metric: props.poisonLines,
    threshold: 1,
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
    description: 'Lines of the log are no records and were passed over',
    severity: AlertSeverity.LOW,
    runbook: 'waf-log-lines-unreadable',
  });
  for (const reader of props.readers) {
    alarms.add(`${reader.node.scope?.node.id}DeadLetters`, {
      metric: reader.deadLetterQueue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5) }),
      threshold: 1,
      evaluationPeriods: 1,
      description: 'A part of the log could not be read: its offenders were not found',
      severity: AlertSeverity.MEDIUM,
      runbook: 'waf-log-not-read',
    });
  }
}
