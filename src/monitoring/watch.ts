import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { Alarms } from '../private/alarms';
import { AlertSeverity, type IOperatorAlerts } from './api';
import type { Notifier } from './notifier';

/**
 * Watches the watchers. These alarms take the way of all alarms, in case only some messages fail, and straight to `inbox`
 * without the notifier, in case none gets through.
 */
export function defineWatch(alerts: Construct & IOperatorAlerts, notifier: Notifier, inbox?: sns.ITopic): void {
  const alarms = Alarms.of(alerts, alerts) as Alarms;
  const watch = [
    alarms.add('Undelivered', {
      metric: lettersIn(notifier.deadLetterQueue),
      threshold: 1,
      evaluationPeriods: 1,
      description: 'Messages for operators were given up after half a day of attempts, or could not be handed over',
      severity: AlertSeverity.HIGH,
      runbook: 'alerts-undelivered',
    }),
    alarms.add('NotifierFailing', {
      metric: notifier.function.function.metricErrors({ period: Duration.minutes(5) }),
      threshold: 1,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      description: 'Messages for operators cannot be delivered at the moment and are tried again',
      severity: AlertSeverity.HIGH,
      runbook: 'alerts-notifier-failing',
    }),
    ...notifier.queues.map((queue) =>
      alarms.add(`${queue.node.id}Late`, {
        metric: queue.metricApproximateAgeOfOldestMessage({
          period: Duration.minutes(5),
          statistic: cloudwatch.Stats.MAXIMUM,
        }),
        threshold: 600,
        evaluationPeriods: 1,
        description: `A message for operators has waited 10 minutes or longer to go out by ${queue.node.id.toLowerCase()}`,
        severity: AlertSeverity.HIGH,
        runbook: 'alerts-late',
      }),
    ),
  ];
  bypass(watch, inbox);
  if (inbox) {
    alarms.add('InboxSilent', {
      metric: silenceOf(inbox),
      threshold: 1,
      evaluationPeriods: 1,
      description:
        'E-mails to operators were sent and none was taken: the inbox is not confirmed, left the list or refuses them',
      severity: AlertSeverity.MEDIUM,
      runbook: 'alerts-inbox-silent',
    });
  }
}

/** The same for the way between regions: what the relay does not hand over, it cannot tell by itself. */
export function defineRelayWatch(
  relay: Construct & IOperatorAlerts,
  deadLetters: sqs.IQueue,
  inbox?: sns.ITopic,
): void {
  const alarms = Alarms.of(relay, relay) as Alarms;
  const watch = alarms.add('Undelivered', {
    metric: lettersIn(deadLetters),
    threshold: 1,
    evaluationPeriods: 1,
    description: 'Messages for operators were not handed over to the region that tells people',
    severity: AlertSeverity.HIGH,
    runbook: 'alerts-relay-failing',
  });
  bypass([watch], inbox);
}

/** SNS counts neither a subscription that nobody confirmed nor one that somebody ended, but it counts what it delivered. */
function silenceOf(inbox: sns.ITopic): cloudwatch.MathExpression {
  const period = Duration.minutes(15);
  return new cloudwatch.MathExpression({
    expression: 'IF(FILL(published, 0) > 0 AND FILL(delivered, 0) == 0, 1, 0)',
    usingMetrics: {
      published: inbox.metricNumberOfMessagesPublished({ period }),
      delivered: inbox.metricNumberOfNotificationsDelivered({ period }),
    },
    label: 'E-mails sent and not taken',
    period,
  });
}

function lettersIn(queue: sqs.IQueue): cloudwatch.Metric {
  return queue.metricApproximateNumberOfMessagesVisible({
    period: Duration.minutes(5),
    statistic: cloudwatch.Stats.MAXIMUM,
  });
}

function bypass(watch: cloudwatch.Alarm[], inbox: sns.ITopic | undefined): void {
  if (inbox) {
    for (const alarm of watch) {
      alarm.addAlarmAction(new SnsAction(inbox));
    }
  }
}
