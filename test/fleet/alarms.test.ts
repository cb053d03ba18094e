import * as fs from 'node:fs';
import * as path from 'node:path';
import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { FleetScaling, FleetStandby } from '../../src/fleet';
import { RecordedAlerts } from '../support/alerts';
import { templateOf } from '../support/stacks';
import { API, fleet } from './fixture';

const ALARM = 'AWS::CloudWatch::Alarm';
const alerts = new RecordedAlerts();
const template = templateOf(
  Stack.of(
    fleet({
      alerts,
      standby: FleetStandby.warmPool(),
      scaling: [
        FleetScaling.scheduledInstanceType({
          schedule: scheduler.ScheduleExpression.cron({ hour: '1', minute: '0' }),
          instanceType: new ec2.InstanceType('m7g.xlarge'),
        }),
      ],
    }),
  ),
);

test('tell people by severity, each with an entry of the runbook', () => {
  expect(alerts.alarms).toEqual([
    ...['back-office', 'api', 'ocpp', 'ocpi'].flatMap((name) => [
      `${name}Down HIGH fleet-service-down`,
      `${name}Unhealthy MEDIUM fleet-service-unhealthy`,
    ]),
    'LoadBalancerErrors HIGH fleet-load-balancer-errors',
    'ServiceErrors MEDIUM fleet-service-errors',
    'ResponseTime MEDIUM fleet-response-time-high',
    'RejectedConnections HIGH fleet-connections-rejected',
    'TlsErrors LOW fleet-tls-errors',
    'ChargePointEntrance1 HIGH fleet-charge-point-entrance-unhealthy',
    'MachinesMissing HIGH fleet-machines-missing',
    'DiskFull MEDIUM fleet-disk-full',
    'StandbyMissing MEDIUM fleet-standby-missing',
    'JobFailed MEDIUM fleet-job-failed',
    'InstanceTypeChangeFailed MEDIUM fleet-instance-type-change-failed',
  ]);
  expect(alerts.events).toEqual(['LaunchFailed MEDIUM fleet-launch-failed', 'RolloutFailed HIGH fleet-rollout-failed']);
});

test.each(['runbook.md', 'runbook.es.md'])('have each an entry in %s', (file) => {
  const text = fs.readFileSync(path.join(__dirname, '..', '..', 'docs', file), 'utf8');
  const anchors = [...text.matchAll(/^### (.+)$/gm)].map(([, title]) => title.toLowerCase().replaceAll(' ', '-'));
  const wanted = [...alerts.alarms, ...alerts.events].map((line) => line.split(' ')[2]);
  expect(wanted.filter((runbook) => !anchors.includes(runbook))).toEqual([]);
});

test('a service that answers nowhere is noticed though it says nothing', () => {
  template.hasResourceProperties(ALARM, {
    MetricName: 'HealthyHostCount',
    Statistic: 'Minimum',
    Threshold: 1,
    ComparisonOperator: 'LessThanThreshold',
    EvaluationPeriods: 3,
    TreatMissingData: 'breaching',
  });
});

test('a service that fails everywhere does not keep its cure from being rolled out', () => {
  const { Properties } =
    Object.entries(template.findResources(ALARM)).find(([id]) => id.includes('apiUnhealthy'))?.[1] ?? {};
  expect(Properties).toMatchObject({ Threshold: 1, EvaluationPeriods: 3, TreatMissingData: 'notBreaching' });
  expect(Properties.Metrics[0].Expression).toBe('IF(healthy > 0, unhealthy, 0)');
});

test('what fails in silence is good news', () => {
  template.hasResourceProperties(ALARM, {
    MetricName: 'FailedJobs',
    Namespace: 'ChargingPlatform/Fleet',
    Statistic: 'Sum',
    Threshold: 1,
    TreatMissingData: 'notBreaching',
  });
});

test('machines that wait are counted against what was asked for', () => {
  template.hasResourceProperties(ALARM, {
    MetricName: 'WarmPoolWarmedCapacity',
    Threshold: 2,
    ComparisonOperator: 'LessThanThreshold',
  });
});

test('are those of what there is', () => {
  const few = new RecordedAlerts();
  fleet({ alerts: few, services: [API] });
  const names = few.alarms.map((line) => line.split(' ')[0]);
  for (const absent of ['JobFailed', 'StandbyMissing', 'InstanceTypeChangeFailed', 'ChargePointEntrance1']) {
    expect(names).not.toContain(absent);
  }
});
