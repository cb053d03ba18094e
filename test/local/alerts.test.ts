import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { App, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import {
  AlertSeverity,
  type IOperatorAlerts,
  OperatorAlerts,
  OperatorAlertsRelay,
  PlatformDashboard,
} from '../../src/monitoring';
import { Alarms } from '../../src/private/alarms';
import { describeWith, EMULATOR } from '../support/engines';
import { EDGE, SPAIN } from '../support/stacks';
import { fails, limits, WebhookServer } from '../support/webhook-server';
import { CdkCli } from './cdk-cli';
import { Emulator } from './emulator/launcher';
import { feed, fireAndHear, keepWebhook, tellingAlarms, WEBHOOK_SECRET } from './steps/alerts';
import { waitFor } from './steps/wait';

const HOME = SPAIN.region as string;
const AWAY = EDGE.region as string;

function addAlarm(stack: Stack, alerts: IOperatorAlerts, metricName: string, description: string): void {
  Alarms.of(stack, alerts)?.add(metricName, {
    metric: new cloudwatch.Metric({ namespace: 'Platform', metricName, dimensionsMap: { Part: 'invoices' } }),
    threshold: 5,
    evaluationPeriods: 1,
    description,
    severity: AlertSeverity.HIGH,
    runbook: 'something-to-do',
  });
}

function synthesise(outdir: string): void {
  const app = new App({ outdir });
  const home = new Stack(app, 'Home', { env: SPAIN });
  const webhook = secretsmanager.Secret.fromSecretNameV2(home, 'Webhook', WEBHOOK_SECRET);
  const alerts = new OperatorAlerts(home, 'Alerts', { email: 'operations@example.com', webhook });
  addAlarm(home, alerts, 'Faults', 'Too much fails at home');
  alerts.addEvent(home, 'Happened', {
    severity: AlertSeverity.MEDIUM,
    runbook: 'something-to-do',
    description: 'Something has happened',
    eventPattern: { source: ['platform.test'] },
  });
  new PlatformDashboard(home, 'Dashboard', { alerts });
  const away = new Stack(app, 'Away', { env: EDGE });
  addAlarm(away, new OperatorAlertsRelay(away, 'Alerts', { home: alerts }), 'FaultsAway', 'Too much fails abroad');
  app.synth();
}

describeWith([EMULATOR], 'alerts on the emulator', () => {
  let folder: string;
  let emulator: Emulator;
  let webhook: WebhookServer;

  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'alerts-'));
    synthesise(path.join(folder, 'cdk.out'));
    webhook = await WebhookServer.start();
    emulator = await Emulator.start({ folder });
    await keepWebhook(emulator, HOME, webhook);
    const cli = new CdkCli(emulator, path.join(folder, 'cdk.out'));
    for (const result of [await cli.bootstrap(HOME, AWAY), await cli.deploy()]) {
      if (result.code !== 0) {
        throw new Error(result.output.slice(-4000));
      }
    }
  }, 600_000);

  afterAll(async () => {
    await emulator?.stop();
    await webhook?.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const alarmOf = async (region: string, metricName: string) =>
    (await tellingAlarms(emulator, region)).find(({ MetricName }) => MetricName === metricName) as Awaited<
      ReturnType<typeof tellingAlarms>
    >[number];
  const textWith = (part: string) =>
    waitFor(
      `a message with "${part}"`,
      async () => webhook.taken.map(({ text }) => text).find((text) => text.includes(part)),
      120,
    );

  test('a metric breaks its threshold, and the webhook is told what to do', async () => {
    const text = await fireAndHear(emulator, HOME, await alarmOf(HOME, 'Faults'), webhook);
    expect(text).toMatch(/^:red_circle: \*HIGH\* Too much fails at home\n/);
    expect(text).toContain(`*Where* ${HOME}, account ${SPAIN.account}, Part invoices\n`);
    expect(text).toContain('*Value* alarm at or above 5');
    expect(text).toMatch(/<https:\S+#something-to-do\|Runbook>/);
    expect(text).toMatch(/<https:\S+#dashboards\/dashboard\/Home-Dashboard\S*\|Dashboard>/);
  }, 150_000);

  test('it recovers, and the webhook is told', async () => {
    const alarm = await alarmOf(HOME, 'Faults');
    for (let figure = 0; figure < 10; figure++) {
      await feed(emulator, HOME, alarm, false);
    }
    expect(await textWith('*RECOVERED*')).toContain('Too much fails at home');
  }, 150_000);

  test('an event is told with what it means', async () => {
    await new EventBridgeClient(emulator.clientConfig(HOME)).send(
      new PutEventsCommand({
        Entries: [
          { Source: 'platform.test', DetailType: 'Test', Detail: JSON.stringify({ reason: 'because "it" did' }) },
        ],
      }),
    );
    const text = await textWith('Something has happened');
    expect(text).toContain('*reason* because "it" did');
  }, 150_000);

  test('an alarm of another region is told by the relay', async () => {
    const text = await fireAndHear(emulator, AWAY, await alarmOf(AWAY, 'FaultsAway'), webhook);
    expect(text).toMatch(/^:red_circle: \*HIGH\* Too much fails abroad\n/);
    expect(text).toContain(`*Where* ${AWAY}, account ${SPAIN.account}, Part invoices\n`);
  }, 150_000);

  test('a webhook that fails and then limits is told in the end', async () => {
    webhook.plan.push(fails, limits('2'));
    webhook.taken.length = 0;
    await new EventBridgeClient(emulator.clientConfig(HOME)).send(
      new PutEventsCommand({
        Entries: [{ Source: 'platform.test', DetailType: 'Test', Detail: '{"attempt":"third"}' }],
      }),
    );
    expect(await textWith('*attempt* third')).toContain('Something has happened');
  }, 150_000);

  test('each part that watches the watchers changes its state when it breaks', async () => {
    const client = new CloudWatchClient(emulator.clientConfig(HOME));
    const watch = (await tellingAlarms(emulator, HOME)).filter(({ Namespace }) => Namespace !== 'Platform');
    expect(watch.map(({ MetricName }) => MetricName).sort()).toEqual([
      'ApproximateAgeOfOldestMessage',
      'ApproximateAgeOfOldestMessage',
      'ApproximateNumberOfMessagesVisible',
      'Errors',
    ]);
    for (const alarm of watch) {
      await feed(emulator, HOME, alarm, true);
      const { MetricAlarms = [] } = await client.send(
        new DescribeAlarmsCommand({ AlarmNames: [alarm.AlarmName as string] }),
      );
      expect(MetricAlarms[0].StateValue).toBe('ALARM');
    }
    await textWith('Messages for operators were given up');
    await textWith('Messages for operators cannot be delivered');
    await textWith('has waited 10 minutes or longer');
  }, 300_000);
});
