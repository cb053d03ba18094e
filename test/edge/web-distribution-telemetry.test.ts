import { Stack } from 'aws-cdk-lib';
import { WebDistributionTelemetry } from '../../src/edge';
import { RecordedAlerts } from '../support/alerts';
import { resourcesOf, templateOf } from '../support/stacks';
import { EdgeFixture } from './support';

function define(alerts?: RecordedAlerts): EdgeFixture {
  const fixture = new EdgeFixture();
  new WebDistributionTelemetry(fixture.telemetry, 'Cdn', { distribution: fixture.distribution(), alerts });
  return fixture;
}

describe('a distribution of Spain', () => {
  const fixture = define();
  const ofSpain = (output: RegExp) => ({
    'Fn::GetStackOutput': { StackName: 'Platform', Region: 'eu-south-2', OutputName: expect.stringMatching(output) },
  });

  test('is logged from us-east-1 to the bucket in Spain, without custom resources', () => {
    const [[sourceId, source]] = resourcesOf(fixture.telemetry, 'AWS::Logs::DeliverySource');
    const [[destinationId, destination]] = resourcesOf(fixture.telemetry, 'AWS::Logs::DeliveryDestination');
    const [[, delivery]] = resourcesOf(fixture.telemetry, 'AWS::Logs::Delivery');
    expect(source.Properties).toMatchObject({
      LogType: 'ACCESS_LOGS',
      ResourceArn: { 'Fn::Join': ['', expect.arrayContaining([ofSpain(/Distribution/)])] },
    });
    expect(destination.Properties).toMatchObject({
      DestinationResourceArn: ofSpain(/Logs.*Arn/),
      OutputFormat: 'json',
    });
    expect(delivery.Properties).toEqual({
      DeliverySourceName: { Ref: sourceId },
      DeliveryDestinationArn: { 'Fn::GetAtt': [destinationId, 'Arn'] },
    });
    expect(Object.keys(templateOf(fixture.telemetry).toJSON().Resources)).toHaveLength(3);
  });

  test('lets only its own delivery write to the bucket', () => {
    const [[, { Properties: source }]] = resourcesOf(fixture.telemetry, 'AWS::Logs::DeliverySource');
    const statements = resourcesOf(fixture.platform, 'AWS::S3::BucketPolicy')
      .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
      .filter(({ Principal }) => Principal.Service === 'delivery.logs.amazonaws.com');
    expect(statements).toHaveLength(1);
    expect(statements[0].Condition).toEqual({
      StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control', 'aws:SourceAccount': '111122223333' },
      ArnEquals: {
        'aws:SourceArn': {
          'Fn::Join': [
            '',
            ['arn:', { Ref: 'AWS::Partition' }, `:logs:us-east-1:111122223333:delivery-source:${source.Name}`],
          ],
        },
      },
    });
  });
});

test('alarms with severity, runbook and both dimensions of the metric', () => {
  const alerts = new RecordedAlerts('us-east-1');
  const fixture = define(alerts);
  expect(alerts.alarms).toEqual([
    'ServerErrors HIGH cdn-server-errors',
    'ClientErrors LOW cdn-client-errors',
    'OriginLatency MEDIUM cdn-origin-slow',
  ]);
  for (const [, { Properties }] of resourcesOf(fixture.telemetry, 'AWS::CloudWatch::Alarm')) {
    expect(Properties.Dimensions.map((dimension: { Name: string }) => dimension.Name)).toEqual([
      'DistributionId',
      'Region',
    ]);
  }
});

test('names of two copies differ', () => {
  const fixture = new EdgeFixture();
  for (const id of ['Cdn', 'SecondCdn']) {
    new WebDistributionTelemetry(fixture.telemetry, id, { distribution: fixture.distribution({}, id) });
  }
  const names = resourcesOf(fixture.telemetry, 'AWS::Logs::DeliverySource').map(
    ([, { Properties }]) => Properties.Name,
  );
  expect(new Set(names).size).toBe(2);
});

test('refuses a stack of another region, or of none', () => {
  const fixture = new EdgeFixture();
  const distribution = fixture.distribution();
  expect(() => new WebDistributionTelemetry(fixture.platform, 'Telemetry', { distribution })).toThrow(
    "[Platform/Telemetry] WebDistributionTelemetry must be in a stack of us-east-1, got 'eu-south-2'; AWS keeps CloudFront's metrics and log delivery there",
  );
  const nowhere = new Stack(fixture.app, 'Nowhere');
  expect(() => new WebDistributionTelemetry(nowhere, 'Telemetry', { distribution })).toThrow(
    "[Nowhere/Telemetry] WebDistributionTelemetry must be in a stack of us-east-1, got a stack without a region; AWS keeps CloudFront's metrics and log delivery there",
  );
});
