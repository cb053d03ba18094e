import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { describeWith, EMULATOR } from '../support/engines';
import { WebhookServer } from '../support/webhook-server';
import { LocalPlatform } from './local-platform';
import { fireAll, keepWebhook, tellingAlarms } from './steps/alerts';

describeWith([EMULATOR], 'every alarm of the example app', () => {
  let local: LocalPlatform;
  let webhook: WebhookServer;

  beforeAll(async () => {
    webhook = await WebhookServer.start();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'every-alarm-'));
    local = await LocalPlatform.start({ folder, disposable: true });
    await keepWebhook(local.emulator, 'eu-south-2', webhook);
    await local.bootstrap();
    await local.deploy();
  }, 600_000);

  afterAll(async () => {
    await local?.stop();
    await webhook?.stop();
  });

  test.each(['eu-south-2', 'us-east-1', 'eu-west-1'])(
    '%s: when its metric breaks the threshold, the webhook at home is told',
    async (region) => {
      expect((await tellingAlarms(local.emulator, region)).length).toBeGreaterThan(0);
      expect(await fireAll(local.emulator, region, webhook)).toEqual([]);
    },
    300_000,
  );

  test('each message says how urgent it is and what to do', () => {
    const alarms = webhook.taken.map(({ text }) => String(text)).filter((text) => !text.includes('RECOVERED'));
    expect(alarms.length).toBeGreaterThan(50);
    expect(alarms.filter((text) => !/\*(HIGH|MEDIUM|LOW)\* .+/.test(text))).toEqual([]);
    expect(alarms.filter((text) => !/<https:\S+#[a-z0-9-]+\|Runbook>/.test(text))).toEqual([]);
  });
});
