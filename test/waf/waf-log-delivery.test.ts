import { Duration, type Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import { OffenderQuery } from '../../src/waf/offender-query';
import { PlatformWebAcl } from '../../src/waf/platform-web-acl';
import { WafLogAnalytics } from '../../src/waf/waf-log-analytics';
import { WafLogDelivery } from '../../src/waf/waf-log-delivery';
import { WebAclScope } from '../../src/waf/web-acl-scope';
import { RecordedAlerts } from '../support/alerts';
import { nagFindings, strictFindings } from '../support/findings';
import { arnOf, isAllowed, roleIdOf } from '../support/iam';
import { EDGE, newStack, resourcesOf, templateOf } from '../support/stacks';
import { analytics } from './fixture';

const delivery = WafLogDelivery.directToS3();
const FOLDER = 'AWSLogs/111122223333/WAFLogs/eu-south-2/Test-WebAcl-2A1C879E/';

function only(stack: Stack, type: string, prefix = '') {
  const found = resourcesOf(stack, type).filter(([id]) => id.startsWith(prefix));
  expect(found).toHaveLength(1);
  return found[0];
}

describe('a log that WAF delivers itself', () => {
  const alerts = new RecordedAlerts();
  const { stack, wafLogs } = analytics({
    alerts,
    delivery,
    retention: Duration.days(90),
    offenderQueries: [OffenderQuery.persistentAttackers({ threshold: 6 })],
  });
  const [bucketId, bucket] = only(stack, 'AWS::S3::Bucket', 'WafLogsLog');
  const arn = { 'Fn::GetAtt': [bucketId, 'Arn'] };
  const conditions = {
    StringEquals: { 'aws:SourceAccount': '111122223333' },
    ArnLike: {
      'aws:SourceArn': { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':logs:eu-south-2:111122223333:*']] },
    },
  };

  test('three packs and the strict validator have nothing to say, and Firehose is not there', () => {
    expect(nagFindings(stack)).toEqual([]);
    expect(strictFindings(stack)).toEqual([]);
    templateOf(stack).resourceCountIs('AWS::KinesisFirehose::DeliveryStream', 0);
    expect(wafLogs.deliveryStreamName).toBeUndefined();
  });

  test('its bucket is named as WAF demands, where no other account can take the name', () => {
    expect(bucket.Properties).toMatchObject({
      BucketNamePrefix: 'aws-waf-logs-test-logs-c72c1b01',
      BucketNamespace: 'account-regional',
    });
    expect(bucket.Properties.BucketName).toBeUndefined();
  });

  test('WAF writes to the bucket once it may', () => {
    const [, logging] = only(stack, 'AWS::WAFv2::LoggingConfiguration', 'WafLogs');
    expect(logging.Properties.LogDestinationConfigs).toEqual([arn]);
    expect(logging.DependsOn).toEqual([only(stack, 'AWS::S3::BucketPolicy', 'WafLogsLog')[0]]);
  });

  test('the delivery service may write for this account alone, in the words in which AWS looks for it', () => {
    const [, { Properties }] = only(stack, 'AWS::S3::BucketPolicy', 'WafLogsLog');
    const statements: { Sid?: string; Effect: string }[] = Properties.PolicyDocument.Statement;
    expect(statements.filter(({ Effect }) => Effect === 'Allow')).toEqual([
      {
        Sid: 'AWSLogDeliveryAclCheck',
        Effect: 'Allow',
        Principal: { Service: 'delivery.logs.amazonaws.com' },
        Action: ['s3:GetBucketAcl', 's3:ListBucket'],
        Resource: arn,
        Condition: conditions,
      },
      {
        Sid: 'AWSLogDeliveryWrite',
        Effect: 'Allow',
        Principal: { Service: 'delivery.logs.amazonaws.com' },
        Action: 's3:PutObject',
        Resource: { 'Fn::Join': ['', [arn, '/AWSLogs/111122223333/*']] },
        Condition: {
          ...conditions,
          StringEquals: { ...conditions.StringEquals, 's3:x-amz-acl': 'bucket-owner-full-control' },
        },
      },
    ]);
  });

  test('and may use the key, also one that the user gives', () => {
    const own = only(stack, 'AWS::KMS::Key', 'WafLogs')[1];
    const giving = newStack();
    new WafLogAnalytics(giving, 'WafLogs', {
      webAcl: new PlatformWebAcl(giving, 'WebAcl'),
      delivery,
      encryptionKey: new kms.Key(giving, 'Given'),
    });
    for (const { Properties } of [own, only(giving, 'AWS::KMS::Key', 'Given')[1]]) {
      expect(Properties.KeyPolicy.Statement).toContainEqual({
        Sid: 'LogDelivery',
        Effect: 'Allow',
        Principal: { Service: 'delivery.logs.amazonaws.com' },
        Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
        Resource: '*',
        Condition: conditions,
      });
    }
  });

  test('nobody else delivers with the default', () => {
    const text = JSON.stringify(templateOf(analytics().stack).toJSON());
    expect(text).not.toContain('delivery.logs.amazonaws.com');
    expect(text).not.toContain('BucketNamePrefix');
  });

  test('queries read it as it lies, by the hour', () => {
    const [, { Properties }] = only(stack, 'AWS::Glue::Table');
    const location = (folder: string) => ({ 'Fn::Join': ['', ['s3://', { Ref: bucketId }, `/${FOLDER}${folder}`]] });
    expect(Properties.TableInput).toMatchObject({
      PartitionKeys: [{ Name: 'dt', Type: 'string' }],
      Parameters: {
        'projection.dt.format': 'yyyy/MM/dd/HH',
        'projection.dt.range': 'NOW-90DAYS,NOW',
        'storage.location.template': location(`\${dt}/`),
        classification: 'json',
      },
      StorageDescriptor: {
        Location: location(''),
        InputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
        SerdeInfo: {
          SerializationLibrary: 'org.openx.data.jsonserde.JsonSerDe',
          Parameters: { 'ignore.malformed.json': 'true' },
        },
      },
    });
  });

  test('records and results end at different times', () => {
    const rules: { Prefix?: string; ExpirationInDays?: number }[] = bucket.Properties.LifecycleConfiguration.Rules;
    expect(rules.filter(({ Prefix }) => Prefix).map((rule) => [rule.Prefix, rule.ExpirationInDays])).toEqual([
      ['AWSLogs/', 90],
      ['results/', 30],
    ]);
  });

  test("the parser is woken by the web ACL's own folder", () => {
    expect(wafLogs.sourcePrefix).toBe(FOLDER);
    templateOf(stack).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.s3'],
        detail: { bucket: { name: [{ Ref: bucketId }] }, object: { key: [{ prefix: FOLDER }] } },
      },
    });
  });

  test.each([
    ['Parser/Function/Execution/Role', 's3:GetObject', `/${FOLDER}2026/11/24/10/05/a.log.gz`, true],
    ['Parser/Function/Execution/Role', 's3:GetObject', '/results/a.csv', false],
    ['Parser/Function/Execution/Role', 's3:PutObject', `/${FOLDER}2026/11/24/10/05/a.log.gz`, false],
    ['Offenders/Starter/Role', 's3:GetObject', `/${FOLDER}2026/11/24/10/05/a.log.gz`, true],
    ['Offenders/Starter/Role', 's3:GetObject', '/parquet/a', false],
  ])('%s: %s on %s is %s', async (role, action, path, expected) => {
    const resource = `${arnOf('AWS::S3::Bucket', bucketId)}${path}`;
    expect(await isAllowed(stack, roleIdOf(stack, role), { action, resource })).toBe(expected);
  });

  test('the alarms are these: silence is one, because WAF has no metric of its delivery', () => {
    expect(alerts.alarms).toEqual([
      'Missing MEDIUM waf-logs-missing',
      'BlockedMany MEDIUM waf-blocks-many-requests',
      'Poison LOW waf-log-lines-unreadable',
      'ParserDeadLetters MEDIUM waf-log-not-read',
      'OffendersDeadLetters MEDIUM waf-log-not-read',
    ]);
    templateOf(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/Events',
      MetricName: 'TriggeredRules',
      Dimensions: [{ Name: 'RuleName', Value: { Ref: only(stack, 'AWS::Events::Rule', 'WafLogsParserSource')[0] } }],
      Statistic: 'Sum',
      Period: 3600,
      EvaluationPeriods: 6,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
  });

  test('without offences nothing is woken, so nothing can be missed', () => {
    const quiet = new RecordedAlerts();
    analytics({ alerts: quiet, delivery, offences: [] });
    expect(quiet.alarms).toEqual([
      'BlockedMany MEDIUM waf-blocks-many-requests',
      'Poison LOW waf-log-lines-unreadable',
    ]);
  });

  test('a metric that only Firehose has is refused', () => {
    expect(() => wafLogs.metricDataFreshness()).toThrow(
      "[Test/WafLogs] 'delivery' must be by Firehose for 'metricDataFreshness', got WafLogDelivery.directToS3(); use 'metricLines'",
    );
  });
});

test('the log of CloudFront lies in a folder of its own', () => {
  const stack = newStack(EDGE);
  const webAcl = new PlatformWebAcl(stack, 'WebAcl', { scope: WebAclScope.CLOUDFRONT });
  const wafLogs = new WafLogAnalytics(stack, 'WafLogs', { webAcl, delivery });
  expect(wafLogs.sourcePrefix).toBe('AWSLogs/111122223333/WAFLogs/cloudfront/Test-WebAcl-2A1C879E/');
  expect(JSON.stringify(only(stack, 'AWS::S3::BucketPolicy', 'WafLogsLog')[1])).toContain(':logs:us-east-1:');
});

test('an account that is not known yet is asked of CloudFormation', () => {
  const stack = newStack({ region: 'eu-south-2' });
  new WafLogAnalytics(stack, 'WafLogs', { webAcl: new PlatformWebAcl(stack, 'WebAcl'), delivery });
  templateOf(stack).hasResourceProperties('AWS::Glue::Table', {
    TableInput: {
      StorageDescriptor: {
        Location: {
          'Fn::Join': [
            '',
            Match.arrayWith(['/AWSLogs/', { Ref: 'AWS::AccountId' }, '/WAFLogs/eu-south-2/Test-WebAcl-2A1C879E/']),
          ],
        },
      },
    },
  });
});

test('the name has room for account and region at any depth of the app', () => {
  const stack = newStack();
  const webAcl = new PlatformWebAcl(stack, 'WebAcl');
  new WafLogAnalytics(stack, 'AnalyticsOfTheRequestsThatTheWebAclOfThePlatformSaw', { webAcl, delivery });
  const [, { Properties }] = only(stack, 'AWS::S3::Bucket', 'AnalyticsOfTheRequestsThatTheWebAclOfThePlatformSawLog');
  expect(Properties.BucketNamePrefix).toMatch(/^aws-waf-logs-[a-z0-9-]+-[a-z0-9]{8}$/);
  expect(`${Properties.BucketNamePrefix}-111122223333-ap-southeast-7-an`.length).toBeLessThanOrEqual(63);
});
