import { App, Stack } from 'aws-cdk-lib';
import { DnsTarget, PlatformDns, PlatformDnsTelemetry } from '../../src/dns';
import { RecordedAlerts } from '../support/alerts';
import { nagFindings, strictFindings } from '../support/findings';
import { EDGE, resourcesOf, SPAIN, templateOf } from '../support/stacks';
import { distributionOf } from './support';

class Fixture {
  public readonly app = new App();
  public readonly edge = new Stack(this.app, 'Edge', { env: EDGE });
  public readonly stack = new Stack(this.app, 'Test', { env: SPAIN });
  public readonly dns = new PlatformDns(this.stack, 'Dns', { zoneName: 'example.com' });
  public readonly alerts = new RecordedAlerts('us-east-1');

  public addFailover(): this {
    this.dns.addFailover('api.example.com', {
      primary: DnsTarget.distribution(distributionOf(this.stack)),
      secondary: DnsTarget.distribution(distributionOf(this.stack, 'Other')),
      checkedHostName: 'origin.example.com',
    });
    return this;
  }

  public watch(stack = this.edge): this {
    new PlatformDnsTelemetry(stack, 'DnsTelemetry', { dns: this.dns, alerts: this.alerts });
    return this;
  }
}

test('a failover of Spain is told of from us-east-1, without custom resources', () => {
  const fixture = new Fixture().addFailover().watch();
  expect(fixture.alerts.alarms).toEqual(['api.example.com HIGH dns-failover-active']);
  const [[, { Properties }]] = resourcesOf(fixture.edge, 'AWS::CloudWatch::Alarm');
  expect(Properties).toMatchObject({
    Namespace: 'AWS/Route53',
    MetricName: 'HealthCheckStatus',
    Dimensions: [
      { Name: 'HealthCheckId', Value: { 'Fn::GetStackOutput': expect.objectContaining({ Region: 'eu-south-2' }) } },
    ],
    ComparisonOperator: 'LessThanThreshold',
    Threshold: 1,
    Period: 60,
    EvaluationPeriods: 2,
    TreatMissingData: 'breaching',
  });
  expect(Object.keys(templateOf(fixture.edge).toJSON().Resources)).toHaveLength(1);
});

test('passes the three packs and the schemas of CloudFormation', () => {
  const fixture = new Fixture().addFailover().watch();
  expect(nagFindings(fixture.edge)).toEqual([]);
  expect(strictFindings(fixture.edge)).toEqual([]);
});

test('refuses names without a failover', () => {
  expect(() => new Fixture().watch()).toThrow(
    "[Edge/DnsTelemetry] 'dns' has no failover to watch; call its addFailover() first",
  );
});

test('refuses a stack of another region, or of none', () => {
  const fixture = new Fixture().addFailover();
  const rule = 'AWS keeps the metrics of health checks there';
  expect(() => fixture.watch(fixture.stack)).toThrow(
    `[Test/DnsTelemetry] PlatformDnsTelemetry must be in a stack of us-east-1, got 'eu-south-2'; ${rule}`,
  );
  expect(() => fixture.watch(new Stack(fixture.app, 'Nowhere'))).toThrow(
    `[Nowhere/DnsTelemetry] PlatformDnsTelemetry must be in a stack of us-east-1, got a stack without a region; ${rule}`,
  );
});
