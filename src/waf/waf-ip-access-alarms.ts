import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { AlertSeverity, type IOperatorAlerts } from '../monitoring/api';
import { Alarms } from '../private/alarms';
import type { PlatformFunction } from '../private/functions';
import type { EntryApi } from './entry-api';
import * as constants from './ip-constants';
import type { IpFeed } from './ip-feed';
import type { IpAccessMetrics } from './waf-ip-access-metrics';

export interface IpAccessAlarmsProps {
  readonly alerts: IOperatorAlerts | undefined;
  readonly metrics: IpAccessMetrics;
  readonly writer: PlatformFunction;
  readonly reader: PlatformFunction;
  readonly api: EntryApi;
  readonly feeds: readonly IpFeed[];
}

export function defineIpAccessAlarms(scope: Construct, props: IpAccessAlarmsProps): void {
  const alarms = Alarms.of(scope, props.alerts);
  if (!alarms) {
    return;
  }
  const { metrics, writer, reader, api } = props;
  const period = Duration.minutes(5);
  alarms.add('WriterFailing', {
    metric: writer.function.metricErrors({ period }),
    threshold: 1,
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
    description: 'IP sets of web ACLs are not brought up to date: blocks and unblocks have no effect',
    severity: AlertSeverity.HIGH,
    runbook: 'ip-writer-failing',
  });
  alarms.add('WriterSilent', {
    metric: metrics.of(constants.LIVE_ENTRIES_METRIC, 'SampleCount', { period: Duration.minutes(15) }),
    threshold: 1,
    evaluationPeriods: 2,
    comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    treatMissingData: cloudwatch.TreatMissingData.BREACHING,
    description: 'The writer of IP sets has not run for half an hour, although its schedule calls it every 5 minutes',
    severity: AlertSeverity.HIGH,
    runbook: 'ip-writer-silent',
  });
  alarms.add('SetFull', {
    metric: metrics.of(constants.CUT_ENTRIES_METRIC, 'Maximum', { period }),
    threshold: 1,
    evaluationPeriods: 3,
    description: 'An IP set is full and the entries of lowest priority found no room',
    severity: AlertSeverity.MEDIUM,
    runbook: 'ip-set-full',
  });
  alarms.add(
    'WriterDeadLetters',
    deadLetters(writer, 'Events of the IP set writer were given up', 'ip-access-dead-letters'),
  );
  alarms.add('ApiFailing', {
    metric: api.api.metricServerError({ period }),
    threshold: 1,
    evaluationPeriods: 1,
    description: 'The manual API for IP entries answers with server errors',
    severity: AlertSeverity.MEDIUM,
    runbook: 'ip-api-failing',
  });
  alarms.add('FeedFailed', deadLetters(reader, 'A feed failed three times or its list was refused', 'ip-feed-failed'));
  for (const feed of props.feeds) {
    alarms.add(`${feed.name}Old`, {
      metric: metrics.ofFeed(feed, constants.FEED_AGE_METRIC, 'Maximum', { period }),
      threshold: Math.floor(feed.maximumAge.toSeconds() / 2),
      evaluationPeriods: 3,
      // A feed without a first list has no age; one whose state was lost keeps its last word.
      treatMissingData: cloudwatch.TreatMissingData.IGNORE,
      description: `The feed ${feed.name} has brought no good list for half the time that its last one is used`,
      severity: AlertSeverity.MEDIUM,
      runbook: 'ip-feed-old',
    });
  }
}

function deadLetters(of: PlatformFunction, description: string, runbook: string) {
  return {
    metric: of.deadLetterQueue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5) }),
    threshold: 1,
    evaluationPeriods: 1,
    description,
    severity: AlertSeverity.MEDIUM,
    runbook,
  };
}
