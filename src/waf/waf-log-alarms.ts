import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { AlertSeverity, type IOperatorAlerts } from '../monitoring/api';
import { Alarms } from '../private/alarms';
import type { PlatformFunction } from '../private/functions';
import { FRESHNESS_METRIC, type WafLogStream } from './waf-log-stream';

export interface WafLogAlarmsProps {
  readonly alerts: IOperatorAlerts | undefined;
  /** Of Firehose, if that delivers. */
  readonly stream?: WafLogStream;
  /** Objects that the parser was woken for, if there is one. */
  readonly objects?: cloudwatch.IMetric;
  readonly blockedRequests: cloudwatch.IMetric;
  readonly poisonLines: cloudwatch.IMetric;
  readonly readers: readonly PlatformFunction[];
}

/** Records lie in Firehose's buffer for up to 15 minutes by choice. */
const OLDEST_SECONDS = 1800;
/** Scanners leave no public address alone for so long. */
const QUIET_HOURS = 6;

export function defineWafLogAlarms(scope: Construct, props: WafLogAlarmsProps): void {
  const alarms = Alarms.of(scope, props.alerts);
  if (!alarms) {
    return;
  }
  if (props.stream) {
    addFirehoseAlarms(alarms, props.stream);
  } else if (props.objects) {
    addMissingAlarm(alarms, props.objects);
  }
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

function addFirehoseAlarms(alarms: Alarms, stream: WafLogStream): void {
  alarms.add('Late', {
    metric: stream.metric(FRESHNESS_METRIC, { statistic: cloudwatch.Stats.MAXIMUM }),
    threshold: OLDEST_SECONDS,
    evaluationPeriods: 3,
    description: 'Records of the web ACL have waited half an hour to be written: offenders are not found',
    severity: AlertSeverity.MEDIUM,
    runbook: 'waf-logs-late',
  });
  alarms.add('Unconverted', {
    metric: stream.metric('FailedConversion.Records', { statistic: cloudwatch.Stats.SUM }),
    threshold: 1,
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
    description: 'Records of the web ACL do not fit the columns of the table and are missing from queries',
    severity: AlertSeverity.LOW,
    runbook: 'waf-logs-not-converted',
  });
  alarms.add('Throttled', {
    metric: stream.metric('ThrottledRecords', { statistic: cloudwatch.Stats.SUM }),
    threshold: 1,
    evaluationPeriods: 3,
    description: 'Firehose takes fewer records than the web ACL sends: some are lost',
    severity: AlertSeverity.MEDIUM,
    runbook: 'waf-logs-throttled',
  });
}

/** WAF has no metric of what it delivers itself. */
function addMissingAlarm(alarms: Alarms, objects: cloudwatch.IMetric): void {
  alarms.add('Missing', {
    metric: objects,
    threshold: 1,
    comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: QUIET_HOURS,
    treatMissingData: cloudwatch.TreatMissingData.BREACHING,
    description: `No object of the web ACL's log has come for ${QUIET_HOURS} hours: offenders are not found`,
    severity: AlertSeverity.MEDIUM,
    runbook: 'waf-logs-missing',
  });
}
