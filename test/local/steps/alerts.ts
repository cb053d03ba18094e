import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  type MetricAlarm,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { WebhookServer } from '../../support/webhook-server';
import type { Emulator } from '../emulator/launcher';
import { waitFor } from './wait';

/** Name of the secret that the example app expects in the account before it is deployed. */
export const WEBHOOK_SECRET = 'operations/webhook';

/** Puts the webhook's address where `OperatorAlerts` reads it. Do it before the deployment. */
export async function keepWebhook(emulator: Emulator, region: string, webhook: WebhookServer): Promise<void> {
  const secrets = new SecretsManagerClient(emulator.clientConfig(region));
  await secrets.send(new CreateSecretCommand({ Name: WEBHOOK_SECRET, SecretString: webhook.address }));
}

/** The alarms of a region that speak to people, by a metric of their own (the emulator does not evaluate expressions). */
export async function tellingAlarms(emulator: Emulator, region: string): Promise<MetricAlarm[]> {
  const cloudwatch = new CloudWatchClient(emulator.clientConfig(region));
  const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({ MaxRecords: 100 }));
  return MetricAlarms.filter(({ MetricName, AlarmActions = [] }) => MetricName && AlarmActions.length > 0);
}

/** Puts a figure into the alarm's metric that breaks its threshold, or one that keeps it. */
export async function feed(emulator: Emulator, region: string, alarm: MetricAlarm, breaks: boolean): Promise<void> {
  const threshold = alarm.Threshold as number;
  const isUpper = alarm.ComparisonOperator?.startsWith('Greater');
  const outside = isUpper ? threshold * 2 + 1 : threshold - Math.abs(threshold) - 1;
  const inside = isUpper ? threshold - Math.abs(threshold) - 1 : threshold * 2 + 1;
  const cloudwatch = new CloudWatchClient(emulator.clientConfig(region));
  await cloudwatch.send(
    new PutMetricDataCommand({
      Namespace: alarm.Namespace,
      MetricData: [{ MetricName: alarm.MetricName, Dimensions: alarm.Dimensions, Value: breaks ? outside : inside }],
    }),
  );
}

/** What the webhook was told of an alarm: metric → alarm → topic → queue → notifier → webhook. */
export async function fireAndHear(
  emulator: Emulator,
  region: string,
  alarm: MetricAlarm,
  webhook: WebhookServer,
): Promise<string> {
  await feed(emulator, region, alarm, true);
  return waitFor(`the message of ${alarm.AlarmName}`, async () => heard(webhook, alarm), 120);
}

function heard(webhook: WebhookServer, { AlarmDescription = '' }: MetricAlarm): string | undefined {
  const [, what] = /^\[\w+\] (.+?)\.? https:/.exec(AlarmDescription) ?? [];
  return webhook.taken.map(({ text }) => String(text)).find((text) => what !== undefined && text.includes(what));
}
