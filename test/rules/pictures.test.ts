import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, Stack, Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ChargingPlatformNetwork, ResilientMysql } from '../../src';
import { COSTS_PAGE, costsPage } from '../cost/page';
import { PRICES, type PriceName } from '../cost/prices';
import { costsOf, costTables } from '../cost/table';
import { chargingPlatform } from '../integ/charging-platform.integ';
import { smallPlatform } from '../integ/small-platform.integ';
import { packsOf } from '../local/report/facts';
import { decisionOf, reportPage } from '../local/report/report';
import { Diagram } from '../pictures/diagram';
import { PICTURES } from '../pictures/pictures';
import { Inventory } from '../support/inventory';
import { SPAIN } from '../support/stacks';

const TARGET = path.join(__dirname, '..', '..', 'docs', 'pictures');

/** What is stale is written anew by `npx projen docs:pictures`; look at it before you commit it. */
describe('what the documentation shows of the example app', () => {
  const inventory = Inventory.of(chargingPlatform);

  test.each(Object.keys(PICTURES))('%s is what the templates say', async (name) => {
    const drawn = await PICTURES[name](inventory);
    // Not the two texts themselves: nobody wants to read their difference.
    expect(fs.readFileSync(path.join(TARGET, name), 'utf8') === drawn).toBe(true);
  });

  test('every picture has a maker', () => {
    // The plot of benchmarks comes from a run, not from templates.
    const made = [...Object.keys(PICTURES), 'benchmarks.svg'];
    expect(fs.readdirSync(TARGET).filter((name) => !made.includes(name))).toEqual([]);
  });

  test('an arrow between what nothing joins is an error', () => {
    const diagram = new Diagram(inventory, '')
      .box('mail', inventory.one('AWS::SES::EmailIdentity', 'Mail/Mail'), 'Mail')
      .box('vault', inventory.one('AWS::Backup::BackupVault', 'ChargingPlatform/Backup'), 'Vault');
    expect(() => diagram.arrow('mail', 'vault')).toThrow(
      'no reference joins Mail/Mail/Identity/Resource to ChargingPlatform/Backup/Vault/Resource: the arrow would be an invention',
    );
  });

  test('the tables of costs are current', () => {
    expect(fs.readFileSync(COSTS_PAGE, 'utf8')).toBe(costsPage(costTables(inventory)));
  });

  test('the report of the demo needs nothing but itself, and shows what it was told as text', async () => {
    const page = await reportPage(inventory, {
      chapters: [{ title: 'A partner uploads', result: 'it lies in S3 as <script>alert(1)</script>', seconds: 1 }],
      decisions: [{ address: '203.0.113.77/32', verdict: 'BLOCK', by: 'offender', reason: '150 requests', until: '' }],
      backups: [{ name: 'Daily', keptDays: 30, next: [new Date('2026-11-25T02:00:00Z')] }],
      packs: [{ name: 'AwsSolutions', findings: ['AwsSolutions-S1'], acknowledged: 7 }],
      recorded: ['AWS::EC2::NatGateway'],
    });
    expect(page).not.toMatch(/<script|<link|src=|url\(|@import/);
    expect(page).toContain('it lies in S3 as &lt;script&gt;');
    expect(page.match(/<h2 id="\w+"/g)).toHaveLength(9);
    expect(page.match(/<svg\s/g)).toHaveLength(2);
    expect(page).toContain('2026-11-25 03:00');
    expect(page).toContain('<td class="bad">AwsSolutions-S1</td>');
    const severities = [...page.matchAll(/<td class="(HIGH|MEDIUM|LOW)">/g)].map(([, severity]) => severity);
    expect([...new Set(severities)]).toEqual(['HIGH', 'MEDIUM', 'LOW']);
    expect(severities).toEqual([...severities].sort((a, b) => 'HML'.indexOf(a[0]) - 'HML'.indexOf(b[0])));
    const alarms = inventory.ofType('AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm');
    const speaking = alarms.filter(({ properties }) => properties.AlarmDescription?.startsWith('['));
    expect(page.match(/\.\.\/docs\/runbook\.md#[\w-]+/g)).toHaveLength(speaking.length);
  });

  test.each([
    ['offender:Edge-WafLogs-1A', 'Edge-WafLogs-1A', 'offender:Edge-WafLogs-1A'],
    ['manual', 'arn:aws:iam::111122223333:user/ana', 'manual, arn:aws:iam::111122223333:user/ana'],
    ['feed:spamhaus-drop', undefined, 'feed:spamhaus-drop'],
  ])('the report tells a decision of %s by %s, each once', (source, actor, by) => {
    const entry = { source, actor, reason: 'scans our ports' };
    const explained = {
      address: '203.0.113.7/32',
      verdict: 'BLOCK',
      until: '2026-11-29T19:11:39.000Z',
      decidedBy: [entry],
    };
    expect(decisionOf(explained)).toEqual({
      address: '203.0.113.7/32',
      verdict: 'BLOCK',
      by,
      reason: 'scans our ports',
      until: '2026-11-29 19:11',
    });
  });

  test('the report tells a decision of nobody', () => {
    expect(decisionOf({ address: '203.0.113.7/32', verdict: 'NONE', decidedBy: [] })).toEqual({
      address: '203.0.113.7/32',
      verdict: 'no entry: the lists say nothing',
      by: '',
      reason: '',
      until: '',
    });
  });

  test('every price is asked for', () => {
    const asked = [inventory, Inventory.of(smallPlatform)]
      .flatMap(costsOf)
      .flatMap(({ parts }) => parts.map(([name]) => name));
    expect(Object.keys(PRICES).filter((name) => !asked.includes(name as PriceName))).toEqual([]);
  });
});

test('of each rule pack the report counts what it finds, and what was acknowledged of it', () => {
  const stack = new Stack(new App(), 'Test', { env: SPAIN });
  new s3.Bucket(stack, 'Found');
  const acknowledged = new s3.Bucket(stack, 'Acknowledged', { enforceSSL: true });
  Validations.of(acknowledged).acknowledge(
    { id: 'AwsSolutions-S1', reason: 'it is a test' },
    { id: 'NIST.800.53.R5-S3BucketLoggingEnabled', reason: 'it is a test' },
  );
  const [awsSolutions, nist, pci] = packsOf(stack.node.root as App);
  expect(awsSolutions).toEqual({
    name: 'AwsSolutions',
    findings: ['AwsSolutions-S1', 'AwsSolutions-S10'],
    acknowledged: 1,
  });
  expect(nist).toMatchObject({ name: 'NIST 800-53 R5', acknowledged: 1 });
  expect(pci).toMatchObject({ name: 'PCI DSS 3.2.1', acknowledged: 0 });
});

test('a construct costs the sum of its pieces', () => {
  const app = new App();
  new ChargingPlatformNetwork(new Stack(app, 'Test', { env: SPAIN }), 'Network', {
    availabilityZones: ['eu-south-2a', 'eu-south-2b'],
  });
  const [{ name, usd, parts }] = costsOf(new Inventory(app));
  expect({ name, parts }).toEqual({
    name: '`ChargingPlatformNetwork` Test/Network',
    parts: [
      ['natGateway', 2],
      ['publicAddress', 2],
    ],
  });
  expect(usd).toBeCloseTo(2 * 730 * (0.045 + 0.005));
});

test('a machine whose price is unknown is an error, not free of charge', () => {
  const app = new App();
  const stack = new Stack(app, 'Test', { env: SPAIN });
  const { vpc } = new ChargingPlatformNetwork(stack, 'Network', { availabilityZones: ['eu-south-2a', 'eu-south-2b'] });
  new ResilientMysql(stack, 'Database', {
    vpc,
    instanceType: ec2.InstanceType.of(ec2.InstanceClass.R7G, ec2.InstanceSize.XLARGE),
  });
  expect(() => costsOf(new Inventory(app))).toThrow('no price is known of db.r7g.xlarge: add it to test/cost');
});
