import * as fs from 'node:fs';
import * as path from 'node:path';
import { type App, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as sns from 'aws-cdk-lib/aws-sns';
import { AlertSeverity, OperatorAlerts } from '../../src/monitoring';
import { chargingPlatform } from '../integ/charging-platform.integ';
import { entriesOf, type Told, toldBy } from '../support/runbook';
import { SPAIN } from '../support/stacks';

const read = (file: string) => fs.readFileSync(path.join(__dirname, '..', '..', 'docs', file), 'utf8');
const ENGLISH = read('runbook.md');
const SPANISH = read('runbook.es.md');

/** Entries for what the library can tell and the example app does not define, with the reason. */
const ELSEWHERE: Record<string, string> = {
  'backup-copy-failed': 'a policy with copies',
  'backup-restore': 'a procedure without an alarm of its own',
  'database-replica-late': 'a database with readable standbys',
  'database-restore': 'a procedure without an alarm of its own',
  'database-upgrade': 'a procedure without an alarm of its own',
  'dns-failover-active': 'a name with a failover',
  'fleet-instance-type-change-failed': 'a fleet that changes its type by schedule',
  'waf-logs-missing': 'a log that WAF delivers itself',
};

describe('the example app and the runbook', () => {
  let synthesised: Told[] | undefined;
  const told = () => {
    synthesised ??= toldBy(chargingPlatform);
    return synthesised;
  };
  const keys = () => new Set(told().map(({ runbook }) => runbook));

  test('every alarm ends with the address of what to do', () => {
    expect(told().filter(({ runbook }) => runbook === undefined)).toEqual([]);
  });

  test('every address has an entry', () => {
    const entries = entriesOf(ENGLISH);
    expect([...keys()].filter((key) => !entries.includes(String(key))).sort()).toEqual([]);
  });

  test('every entry has an alarm', () => {
    const known = keys();
    expect(entriesOf(ENGLISH).filter((entry) => !known.has(entry) && !(entry in ELSEWHERE))).toEqual([]);
  });

  test('the list of exceptions is not stale', () => {
    const known = keys();
    const entries = entriesOf(ENGLISH);
    expect(Object.keys(ELSEWHERE).filter((key) => known.has(key) || !entries.includes(key))).toEqual([]);
  });
});

test('an entry stands once', () => {
  const entries = entriesOf(ENGLISH);
  expect(entries.filter((entry, index) => entries.indexOf(entry) !== index)).toEqual([]);
});

test('the Spanish runbook has the same entries in the same order, in sections that are translated', () => {
  const titles = (markdown: string) => markdown.match(/^##+ .+$/gm)?.map((title) => title.replace(/^## .+/, 'section'));
  expect(titles(SPANISH)).toEqual(titles(ENGLISH));
});

test.each([
  ['English', ENGLISH],
  ['Spanish', SPANISH],
])('no %s entry is empty', (_language, markdown) => {
  const bodies = markdown
    .split(/^### /m)
    .slice(1)
    .map((entry) => entry.split(/^## /m)[0]);
  expect(bodies.filter((body) => body.split('\n').slice(1).join('').trim().length < 100)).toEqual([]);
});

/** The comparison itself, on an app whose answer is known. */
describe('what an app tells is found', () => {
  const define = (app: App) => {
    const stack = new Stack(app, 'Small', { env: SPAIN });
    const alerts = new OperatorAlerts(stack, 'Alerts', { email: 'a@example.com' });
    const metric = new cloudwatch.Metric({ namespace: 'Test', metricName: 'Faults' });
    const alarm = new cloudwatch.Alarm(stack, 'Known', { metric, threshold: 1, evaluationPeriods: 1 });
    alerts.addAlarm(alarm, { severity: AlertSeverity.HIGH, runbook: 'by-alarm' });
    new cloudwatch.Alarm(stack, 'Silent', { metric, threshold: 1, evaluationPeriods: 1 });
    const told = { severity: AlertSeverity.LOW, description: 'Something' };
    alerts.addEvent(stack, 'Event', { ...told, runbook: 'by-event', eventPattern: { source: ['aws.rds'] } });
    alerts.addTopic(stack, 'Others', new sns.Topic(stack, 'Topic'), { ...told, runbook: 'by-topic' });
  };

  test('alarms, events, topics, and an alarm that says nothing', () => {
    const found = toldBy(define).map(({ runbook }) => runbook);
    expect(found).toEqual(expect.arrayContaining(['by-alarm', 'by-event', 'by-topic', undefined]));
  });

  test('the alarms about the alerts have their entries', () => {
    const own = toldBy(define)
      .map(({ runbook }) => runbook)
      .filter((runbook) => runbook?.startsWith('alerts-'));
    expect(entriesOf(ENGLISH)).toEqual(expect.arrayContaining(own));
  });
});

test('headings become the anchors that GitHub makes', () => {
  expect(entriesOf('## Section\n\n### Backup missing\ntext\n### NAT ports: 80 % (or more)\n')).toEqual([
    'backup-missing',
    'nat-ports-80--or-more',
  ]);
});
