import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Construct } from 'constructs';
import { Alarms } from '../private/alarms';
import { AlertSeverity, type IOperatorAlerts } from './api';
import type { Notifier } from './notifier';

/**
 * Watches the watchers. These alarms take the way of all alarms, in case only some messages fail, and `bypass`, straight to the
 * inbox without the notifier, in case none gets through.
 */
export function defineWatch(alerts: Construct & IOperatorAlerts, notifier: Notifier, bypass?: SnsAction): void {
  const alarms = Alarms.of(alerts, alerts) as Alarms;
  const watch = [
    alarms.add('Undelivered', {
      metric: notifier.deadLetterQueue.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(5),
        statistic: cloudwatch.Stats.MAXIMUM,
      }),
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
  if (bypass) {
    for (const alarm of watch) {
      alarm.addAlarmAction(bypass);
    }
  }
}
