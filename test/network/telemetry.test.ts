import * as fs from 'node:fs';
import * as path from 'node:path';
import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { NatStrategy } from '../../src/network';
import { RecordedAlerts } from '../support/alerts';
import { newStack, resourcesOf, templateOf } from '../support/stacks';
import { define, refusal } from './fixture';

test('watches each gateway and each VPN, and each alarm has its entry in both runbooks', () => {
  const alerts = new RecordedAlerts();
  const { network } = define({ alerts });
  network.addVpn('Headquarters', { customerGateway: '203.0.113.10', remoteCidrs: ['192.168.0.0/16'] });
  expect(alerts.alarms).toEqual([
    'NatPorts1 MEDIUM nat-ports-exhausted',
    'NatDrops1 MEDIUM nat-packets-dropped',
    'NatPorts2 MEDIUM nat-ports-exhausted',
    'NatDrops2 MEDIUM nat-packets-dropped',
    'HeadquartersDown MEDIUM vpn-down',
    'HeadquartersDegraded LOW vpn-tunnel-down',
  ]);
  for (const book of ['runbook.md', 'runbook.es.md']) {
    const text = fs.readFileSync(path.join(__dirname, '..', '..', 'docs', book), 'utf8');
    const anchors = [...text.matchAll(/^### (.+)$/gm)].map(([, title]) => title.toLowerCase().replaceAll(' ', '-'));
    expect(anchors).toEqual(expect.arrayContaining(alerts.alarms.map((alarm) => alarm.split(' ')[2])));
  }
});

test('alarms see what they should', () => {
  const { stack, network } = define({ natStrategy: NatStrategy.single(), alerts: new RecordedAlerts() });
  network.addVpn('Headquarters', { customerGateway: '203.0.113.10', remoteCidrs: ['192.168.0.0/16'] });
  const alarms = resourcesOf(stack, 'AWS::CloudWatch::Alarm').map(([, { Properties: p }]) =>
    [p.Namespace, p.MetricName, p.Statistic, p.ComparisonOperator, p.Threshold, p.EvaluationPeriods, p.Period].join(
      ' ',
    ),
  );
  expect(alarms).toEqual([
    'AWS/NATGateway ErrorPortAllocation Sum GreaterThanOrEqualToThreshold 1 3 300',
    'AWS/NATGateway PacketsDropCount Sum GreaterThanOrEqualToThreshold 100 3 300',
    'AWS/VPN TunnelState Maximum LessThanOrEqualToThreshold 0 2 300',
    'AWS/VPN TunnelState Maximum LessThanThreshold 1 6 300',
  ]);
});

test('figures of all gateways add up', () => {
  const stack = newStack();
  const { network } = define({}, stack);
  new cloudwatch.Alarm(stack, 'Bill', {
    metric: network.metricNatBytesOut({ period: Duration.hours(1) }),
    threshold: 1e12,
    evaluationPeriods: 1,
  });
  const [[, { Properties }]] = resourcesOf(stack, 'AWS::CloudWatch::Alarm');
  const [sum, ...gateways] = Properties.Metrics;
  expect(sum).toMatchObject({ Expression: 'SUM(METRICS())', Label: 'BytesOutToDestination' });
  expect(gateways.map((it: Record<string, Record<string, unknown>>) => it.MetricStat.Period)).toEqual([3600, 3600]);
  templateOf(stack).resourceCountIs('AWS::CloudWatch::Alarm', 1);
  expect([network.metricNatPortErrors(), network.metricNatPacketsDropped()].map(({ warnings }) => warnings)).toEqual([
    undefined,
    undefined,
  ]);
});

test('without gateways there are no figures', () => {
  const { network } = define({ natStrategy: NatStrategy.none() });
  expect(refusal(() => network.metricNatPortErrors())).toBe(
    "[Test/Network] 'natStrategy' must have gateways for their metrics to exist, got NatStrategy.none()",
  );
});
