import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  type MetricAlarm,
  PutMetricDataCommand,
  SetAlarmStateCommand,
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

/**
 * The alarms of a region that speak to people, by a metric of their own: the emulator does not evaluate expressions. Those that
 * Auto Scaling makes for itself speak to it only.
 */
export async function tellingAlarms(emulator: Emulator, region: string): Promise<MetricAlarm[]> {
  const cloudwatch = new CloudWatchClient(emulator.clientConfig(region));
  const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({ MaxRecords: 100 }));
  return MetricAlarms.filter(({ MetricName, AlarmDescription }) => MetricName && AlarmDescription?.startsWith('['));
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

/** Makes every alarm of a region fire, and says which of them nobody heard of. */
export async function fireAll(emulator: Emulator, region: string, webhook: WebhookServer): Promise<string[]> {
  const alarms = await tellingAlarms(emulator, region);
  for (const alarm of alarms) {
    // One that counts figures fires for want of them, which takes its time; an operator who tries it sets it by hand.
    await (alarm.Statistic === 'SampleCount'
      ? setByHand(emulator, region, alarm)
      : feed(emulator, region, alarm, true));
  }
  const unheard = () =>
    alarms.filter((alarm) => heard(webhook, alarm) === undefined).map(({ AlarmName }) => String(AlarmName));
  await waitFor('every message', async () => (unheard().length === 0 ? true : undefined), 240).catch(() => undefined);
  return unheard();
}

async function setByHand(emulator: Emulator, region: string, { AlarmName }: MetricAlarm): Promise<void> {
  const cloudwatch = new CloudWatchClient(emulator.clientConfig(region));
  await cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'tried by hand' }));
}
