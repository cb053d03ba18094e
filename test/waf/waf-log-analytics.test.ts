import { App, Duration, Size, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { LogFilter } from '../../src/waf/log-filter';
import { Offence } from '../../src/waf/offence';
import { OffenderQuery } from '../../src/waf/offender-query';
import { PlatformWebAcl } from '../../src/waf/platform-web-acl';
import { WafIpAccess } from '../../src/waf/waf-ip-access';
import { WafLogAnalytics, type WafLogAnalyticsProps } from '../../src/waf/waf-log-analytics';
import { WafLogDelivery } from '../../src/waf/waf-log-delivery';
import { WebAclScope } from '../../src/waf/web-acl-scope';
import { RecordedAlerts } from '../support/alerts';
import { nagFindings, strictFindings } from '../support/findings';
import { arnOf, isAllowed, roleIdOf } from '../support/iam';
import { EDGE, newStack, resourcesOf, SPAIN, templateOf } from '../support/stacks';
import { analytics } from './fixture';

describe('with every part in use', () => {
  const alerts = new RecordedAlerts();
  const { stack, webAcl, wafLogs } = analytics({
    alerts,
    offenderQueries: [OffenderQuery.persistentAttackers({ threshold: 6 })],
  });
  const idOf = (type: string, name: string) => {
    const found = resourcesOf(stack, type).find(([id]) => id.startsWith(name));
    return found?.[0] as string;
  };
  const arn = (type: string, name: string) => arnOf(type, idOf(type, name));

  test('three packs and the strict validator have nothing to say, and no custom resource is there', () => {
    expect(nagFindings(stack)).toEqual([]);
    expect(strictFindings(stack)).toEqual([]);
    const types = Object.values(templateOf(stack).toJSON().Resources as Record<string, { Type: string }>).map(
      ({ Type }) => Type,
    );
    expect(types.filter((type) => type.startsWith('Custom::'))).toEqual([]);
  });

  test('the alarms are these', () => {
    expect(alerts.alarms).toEqual([
      'Late MEDIUM waf-logs-late',
      'Unconverted LOW waf-logs-not-converted',
      'Throttled MEDIUM waf-logs-throttled',
      'BlockedMany MEDIUM waf-blocks-many-requests',
      'Poison LOW waf-log-lines-unreadable',
      'ParserDeadLetters MEDIUM waf-log-not-read',
      'OffendersDeadLetters MEDIUM waf-log-not-read',
    ]);
  });

  test.each([
    ['Late', 'DeliveryToS3.DataFreshness', 'Maximum', 1_800, 3, undefined],
    ['Unconverted', 'FailedConversion.Records', 'Sum', 1, 3, 2],
    ['Throttled', 'ThrottledRecords', 'Sum', 1, 3, undefined],
    ['BlockedMany', 'BlockedRequests', 'Sum', 10_000, 2, undefined],
    ['Poison', 'PoisonLines', 'Sum', 1, 3, 2],
    ['ParserDeadLetters', 'ApproximateNumberOfMessagesVisible', 'Maximum', 1, 1, undefined],
    ['OffendersDeadLetters', 'ApproximateNumberOfMessagesVisible', 'Maximum', 1, 1, undefined],
  ])('%s watches %s of five minutes', (name, metric, statistic, threshold, periods, toAlarm) => {
    const { Properties } = resourcesOf(stack, 'AWS::CloudWatch::Alarm').find(([id]) =>
      new RegExp(`^WafLogs\\w*${name}[0-9A-F]{8}$`).test(id),
    )?.[1] ?? { Properties: {} };
    expect([Properties.MetricName, Properties.Statistic, Properties.Period]).toEqual([metric, statistic, 300]);
    expect([Properties.Threshold, Properties.ComparisonOperator]).toEqual([threshold, 'GreaterThanOrEqualToThreshold']);
    expect([Properties.EvaluationPeriods, Properties.DatapointsToAlarm]).toEqual([periods, toAlarm]);
    expect(Properties.TreatMissingData).toBe('notBreaching');
  });

  test('what the parser gives up, and what EventBridge cannot hand to it, waits in one queue for a person', () => {
    const queue = { 'Fn::GetAtt': [idOf('AWS::SQS::Queue', 'WafLogsParser'), 'Arn'] };
    templateOf(stack).hasResourceProperties('AWS::Lambda::Function', {
      DeadLetterConfig: { TargetArn: queue },
      Timeout: 600,
    });
    templateOf(stack).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { source: ['aws.s3'], detail: { object: { key: [{ prefix: 'source/' }] } } },
      Targets: [
        Match.objectLike({
          Arn: { 'Fn::GetAtt': [idOf('AWS::Lambda::Function', 'WafLogsParser'), 'Arn'] },
          DeadLetterConfig: { Arn: queue },
          RetryPolicy: { MaximumEventAgeInSeconds: 6 * 3600 },
        }),
      ],
    });
  });

  test('a query for offenders that failed or was stopped is told like one that succeeded', () => {
    templateOf(stack).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.athena'],
        'detail-type': ['Athena Query State Change'],
        detail: { currentState: ['SUCCEEDED', 'FAILED', 'CANCELLED'] },
      },
    });
  });

  test('WAF writes to the stream, without secrets', () => {
    templateOf(stack).hasResourceProperties('AWS::WAFv2::LoggingConfiguration', {
      LogDestinationConfigs: [{ 'Fn::GetAtt': [idOf('AWS::KinesisFirehose::DeliveryStream', 'WafLogsStream'), 'Arn'] }],
      RedactedFields: [{ SingleHeader: { Name: 'authorization' } }, { SingleHeader: { Name: 'cookie' } }],
      LoggingFilter: Match.absent(),
    });
    expect(wafLogs.deliveryStreamName).toMatch(/^aws-waf-logs-.{1,51}$/);
  });

  test('Firehose writes Parquet by the table, and the untouched records for the parser', () => {
    templateOf(stack).hasResourceProperties('AWS::KinesisFirehose::DeliveryStream', {
      ExtendedS3DestinationConfiguration: {
        Prefix: 'parquet/!{timestamp:yyyy/MM/dd/HH}/',
        BufferingHints: { SizeInMBs: 128, IntervalInSeconds: 300 },
        CompressionFormat: Match.absent(),
        S3BackupMode: 'Enabled',
        S3BackupConfiguration: { Prefix: 'source/!{timestamp:yyyy/MM/dd/HH}/', CompressionFormat: 'GZIP' },
        DataFormatConversionConfiguration: { SchemaConfiguration: { DatabaseName: wafLogs.databaseName } },
      },
    });
  });

  test('partitions are computed by the hour, for as long as the log is kept', () => {
    templateOf(stack).hasResourceProperties('AWS::Glue::Table', {
      TableInput: {
        PartitionKeys: [{ Name: 'dt', Type: 'string' }],
        Parameters: Match.objectLike({
          'projection.dt.type': 'date',
          'projection.dt.format': 'yyyy/MM/dd/HH',
          'projection.dt.interval.unit': 'HOURS',
          'projection.dt.range': 'NOW-400DAYS,NOW',
        }),
      },
    });
  });

  test('the folders of the bucket end at different times', () => {
    const [, { Properties }] = resourcesOf(stack, 'AWS::S3::Bucket').find(([id]) => id.startsWith('WafLogsLog')) ?? [];
    const rules: { Prefix?: string; ExpirationInDays?: number }[] = Properties.LifecycleConfiguration.Rules;
    expect(
      rules.filter(({ Prefix }) => Prefix).map(({ Prefix, ExpirationInDays }) => [Prefix, ExpirationInDays]),
    ).toEqual([
      ['parquet/', 400],
      ['source/', 7],
      ['errors/', 30],
      ['results/', 30],
    ]);
    expect(Properties.NotificationConfiguration).toEqual({ EventBridgeConfiguration: { EventBridgeEnabled: true } });
  });

  test('queries of people and of the schedule are encrypted, limited, and cannot choose otherwise', () => {
    const groups = resourcesOf(stack, 'AWS::Athena::WorkGroup').map(([, { Properties }]) => Properties);
    expect(groups.map(({ Name }) => Name)).toContain(wafLogs.workgroupName);
    expect(groups).toHaveLength(2);
    for (const { WorkGroupConfiguration } of groups) {
      expect(WorkGroupConfiguration).toMatchObject({
        EnforceWorkGroupConfiguration: true,
        BytesScannedCutoffPerQuery: 2 ** 30,
        ResultConfiguration: { EncryptionConfiguration: { EncryptionOption: 'SSE_KMS' } },
      });
    }
  });

  test('the parser knows its guards', () => {
    templateOf(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          DIRECT_HOSTS: '["*"]',
          CHARGE_POINT_HOSTS: '["ocpp*"]',
          OFFENCES: '[{"kind":"blocked requests","threshold":100,"windowSeconds":300,"blockSeconds":14400}]',
          ENTRY_TABLE_REGION: 'eu-south-2',
        }),
      },
    });
  });

  test.each([
    [
      'Parser/Function/Execution/Role',
      's3:GetObject',
      'AWS::S3::Bucket',
      'WafLogsLog',
      '/source/2026/11/24/10/a.gz',
      true,
    ],
    [
      'Parser/Function/Execution/Role',
      's3:GetObject',
      'AWS::S3::Bucket',
      'WafLogsLog',
      '/parquet/2026/11/24/10/a',
      false,
    ],
    ['Parser/Function/Execution/Role', 's3:PutObject', 'AWS::S3::Bucket', 'WafLogsLog', '/source/a.gz', false],
    [
      'Parser/Function/Execution/Role',
      'dynamodb:PutItem',
      'AWS::DynamoDB::GlobalTable',
      'WafLogsParserCounts',
      '',
      true,
    ],
    ['Parser/Function/Execution/Role', 'dynamodb:Query', 'AWS::DynamoDB::GlobalTable', 'WafLogsParserCounts', '', true],
    [
      'Parser/Function/Execution/Role',
      'dynamodb:DeleteItem',
      'AWS::DynamoDB::GlobalTable',
      'WafLogsParserCounts',
      '',
      false,
    ],
    ['Parser/Function/Execution/Role', 'dynamodb:Scan', 'AWS::DynamoDB::GlobalTable', 'WafLogsParserCounts', '', false],
    [
      'Parser/Function/Execution/Role',
      'dynamodb:UpdateItem',
      'AWS::DynamoDB::GlobalTable',
      'IpAccessEntries',
      '',
      true,
    ],
    ['Parser/Function/Execution/Role', 'dynamodb:PutItem', 'AWS::DynamoDB::GlobalTable', 'IpAccessEntries', '', false],
    [
      'Parser/Function/Execution/Role',
      'dynamodb:DeleteItem',
      'AWS::DynamoDB::GlobalTable',
      'IpAccessEntries',
      '',
      false,
    ],
    ['Parser/Function/Execution/Role', 'wafv2:UpdateIPSet', 'AWS::WAFv2::IPSet', 'WebAclIpSetsBlockIpv4', '', false],
    ['Stream/Delivery/Role', 's3:PutObject', 'AWS::S3::Bucket', 'WafLogsLog', '/parquet/a', true],
    ['Stream/Delivery/Role', 's3:DeleteObject', 'AWS::S3::Bucket', 'WafLogsLog', '/parquet/a', false],
    ['Offenders/Starter/Role', 's3:GetObject', 'AWS::S3::Bucket', 'WafLogsLog', '/parquet/a', true],
    ['Offenders/Starter/Role', 's3:PutObject', 'AWS::S3::Bucket', 'WafLogsLog', '/parquet/a', false],
    ['Offenders/Result/Execution/Role', 's3:GetObject', 'AWS::S3::Bucket', 'WafLogsLog', '/results/a.csv', true],
    ['Offenders/Result/Execution/Role', 's3:GetObject', 'AWS::S3::Bucket', 'WafLogsLog', '/parquet/a', false],
  ])('%s: %s on %s %s%s is %s', async (role, action, type, name, path, expected) => {
    expect(await isAllowed(stack, roleIdOf(stack, role), { action, resource: `${arn(type, name)}${path}` })).toBe(
      expected,
    );
  });

  test('what would be lost keeps its logical id', () => {
    const stateful = [
      'AWS::S3::Bucket',
      'AWS::KMS::Key',
      'AWS::WAFv2::WebACL',
      'AWS::WAFv2::IPSet',
      'AWS::Glue::Table',
    ];
    const ids = stateful
      .flatMap((type) => resourcesOf(stack, type).map(([id]) => id))
      .filter((id) => !id.startsWith('IpAccess'));
    expect(ids.sort()).toEqual([
      'WafLogsAccessLogsC6503AA5',
      'WafLogsKeyCE0A99B0',
      'WafLogsLog47856A39',
      'WafLogsTableRequests3177C46B',
      'WebAclE76B067C',
      'WebAclIpSetsAllowIpv4DA16205F',
      'WebAclIpSetsAllowIpv6DC69CC9B',
      'WebAclIpSetsBlockIpv4910DD32B',
      'WebAclIpSetsBlockIpv6BDD127C8',
    ]);
    expect(webAcl.webAclRef.webAclName).toBe('Test-WebAcl-2A1C879E');
  });
});

test('two copies fit in one stack', () => {
  const { stack, ipAccess } = analytics();
  const webAcl = new PlatformWebAcl(stack, 'Second');
  const second = new WafLogAnalytics(stack, 'SecondLogs', {
    webAcl,
    ipAccess,
    directHosts: ['*'],
    offences: [Offence.requests({ threshold: 5_000 })],
  });
  for (const type of ['AWS::KinesisFirehose::DeliveryStream', 'AWS::Athena::WorkGroup', 'AWS::Glue::Database']) {
    const names = resourcesOf(stack, type).map(
      ([, { Properties: p }]) => p.Name ?? p.DeliveryStreamName ?? p.DatabaseInput.Name,
    );
    expect(new Set(names).size).toBe(2);
  }
  expect(second.databaseName).toMatch(/^[a-z0-9_]+$/);
});

describe('for the web ACL of CloudFront', () => {
  const app = new App();
  const edge = new Stack(app, 'Edge', { env: EDGE });
  const spain = new Stack(app, 'Spain', { env: SPAIN });
  const operations = new Stack(app, 'EdgeOperations', { env: EDGE });
  const webAcl = new PlatformWebAcl(edge, 'WebAcl', { scope: WebAclScope.CLOUDFRONT });
  const ipAccess = new WafIpAccess(spain, 'IpAccess', { webAcls: [webAcl] });
  new WafLogAnalytics(operations, 'WafLogs', {
    webAcl,
    ipAccess,
    offences: [Offence.blockedRequests({ threshold: 100 })],
  });

  test('it stands in us-east-1 and writes entries in Spain, without custom resources', () => {
    const functions = resourcesOf(operations, 'AWS::Lambda::Function').map(([, { Properties }]) => Properties);
    expect(functions[0].Environment.Variables).toMatchObject({
      ENTRY_TABLE_REGION: 'eu-south-2',
      DIRECT_HOSTS: '["*"]',
    });
    expect(JSON.stringify(functions[0].Environment.Variables.ENTRY_TABLE_NAME)).toContain('Fn::GetStackOutput');
    for (const stack of [edge, operations]) {
      const types = Object.values(templateOf(stack).toJSON().Resources as Record<string, { Type: string }>).map(
        ({ Type }) => Type,
      );
      expect(types.filter((type) => type.startsWith('Custom::'))).toEqual([]);
    }
  });

  test('the web ACL, whose log another stack defines, has no finding', () => {
    expect(nagFindings(edge).filter((finding) => finding.includes('Edge/'))).toEqual([]);
  });
});

test('an offence that can count nothing is said', () => {
  const warned = (hosts?: string[]) => {
    const { stack } = analytics({
      directHosts: ['ocpp.example.com'],
      offences: [Offence.requests({ threshold: 100, hosts })],
    });
    return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('counts nothing'));
  };
  expect(warned()).toHaveLength(1);
  expect(warned(['ocpp.example.com'])).toEqual([]);
});

test('without a table of entries offenders are only counted', () => {
  const { stack } = analytics({ ipAccess: undefined });
  const functions = resourcesOf(stack, 'AWS::Lambda::Function').map(
    ([, { Properties }]) => Properties.Environment.Variables,
  );
  expect(functions.filter(({ OFFENCES }) => OFFENCES).map((variables) => Object.keys(variables))).toEqual([
    expect.not.arrayContaining(['ENTRY_TABLE_NAME']),
  ]);
});

describe('what the user wrote wrongly', () => {
  const blocked = (options: Partial<Parameters<typeof Offence.blockedRequests>[0]>) => ({
    offences: [Offence.blockedRequests({ threshold: 100, ...options })],
  });
  const query = (options: Partial<Parameters<typeof OffenderQuery.scanners>[0]>) => ({
    offenderQueries: [OffenderQuery.scanners({ threshold: 100, ...options })],
  });
  const refused: [Partial<WafLogAnalyticsProps>, string][] = [
    [blocked({ threshold: 9 }), "'threshold' must be a whole number from 10 to 10000000, got 9"],
    [blocked({ threshold: 10_000_001 }), "'threshold' must be a whole number from 10 to 10000000, got 10000001"],
    [blocked({ window: Duration.seconds(59) }), "'window' must be 1 to 60 whole minutes, got 59 seconds"],
    [blocked({ window: Duration.minutes(61) }), "'window' must be 1 to 60 whole minutes, got 1 hour 1 minute"],
    [
      blocked({ blockDuration: Duration.minutes(14) }),
      "'blockDuration' must be 15 minutes to 30 days, got 14 minutes; for longer make a manual entry",
    ],
    [
      blocked({ blockDuration: Duration.days(31) }),
      "'blockDuration' must be 15 minutes to 30 days, got 31 days; for longer make a manual entry",
    ],
    [
      blocked({ hosts: ['API.example.com'] }),
      "'hosts' must hold host names in lower case, with at most one * at the beginning or the end, got 'API.example.com'; write 'ocpp*' for all that begin so",
    ],
    [
      { directHosts: ["x' OR '1"] },
      "'directHosts' must hold host names in lower case, with at most one * at the beginning or the end, got 'x' OR '1'; write 'ocpp*' for all that begin so",
    ],
    [
      { directHosts: undefined },
      "'directHosts' must be given with 'offences' of a regional web ACL, got none; name the hosts that clients reach without CloudFront, or '*' where there is no CloudFront",
    ],
    [
      { offences: [], ipAccess: undefined, ...query({}) },
      "'offenderQueries' must come with 'ipAccess', got none; offenders are entries of its table",
    ],
    [
      { offences: Array.from({ length: 11 }, () => Offence.requests({ threshold: 10 })) },
      "'offences' must be at most 10, got 11",
    ],
    [
      { offences: [Offence.clientErrors({ threshold: 10 })] },
      "'accessLogs' must be given with Offence.clientErrors, got none; a web ACL's log does not know the services' answers",
    ],
    [
      { offences: [Offence.requests({ threshold: 10 })], logFilter: LogFilter.blockedAndCounted() },
      "'logFilter' must keep allowed requests with Offence.requests, got blockedAndCounted; use LogFilter.everything()",
    ],
    [query({ threshold: 1 }), "'threshold' of a query must be a whole number from 2 to 10000000, got 1"],
    [query({ lookBack: Duration.hours(169) }), "'lookBack' must be 1 to 168 whole hours, got 7 days 1 hour"],
    [query({ interval: Duration.minutes(30) }), "'interval' must be 1 to 24 whole hours, got 30 minutes"],
    [
      query({ blockDuration: Duration.minutes(59) }),
      "'blockDuration' of a query must be 1 hour to 30 days, got 59 minutes",
    ],
    [{ retention: Duration.hours(12) }, "'retention' must be 1 to 3653 whole days, got 0.5"],
    [
      { delivery: WafLogDelivery.firehose({ sourceRetention: Duration.days(3654) }) },
      "'sourceRetention' must be 1 to 3653 whole days, got 3654",
    ],
    [
      { delivery: WafLogDelivery.firehose({ bufferSize: Size.mebibytes(63) }) },
      "'bufferSize' must be 64 to 128 MiB, got 63; Firehose converts to Parquet only in such portions, 'bufferInterval' makes them come sooner",
    ],
    [
      { delivery: WafLogDelivery.firehose({ bufferSize: Size.mebibytes(129) }) },
      "'bufferSize' must be 64 to 128 MiB, got 129; Firehose converts to Parquet only in such portions, 'bufferInterval' makes them come sooner",
    ],
    [
      { delivery: WafLogDelivery.firehose({ bufferInterval: Duration.seconds(59) }) },
      "'bufferInterval' must be 60 to 900 seconds, got 59",
    ],
    [
      { delivery: WafLogDelivery.firehose({ bufferInterval: Duration.seconds(901) }) },
      "'bufferInterval' must be 60 to 900 seconds, got 901",
    ],
    [
      { scanLimit: Size.mebibytes(9) },
      "'scanLimit' must be 10 MB (10000000 bytes) to 2 GiB less one byte, got 9437184 bytes",
    ],
    [
      { scanLimit: Size.gibibytes(2) },
      "'scanLimit' must be 10 MB (10000000 bytes) to 2 GiB less one byte, got 2147483648 bytes",
    ],
  ];

  test.each(refused)('is refused with the way out, case %#', (props, message) => {
    expect(() => analytics(props)).toThrow(`[Test/WafLogs] ${message}`);
  });

  test('both ends of each range are taken', () => {
    const low = { threshold: 10, window: Duration.minutes(1), blockDuration: Duration.minutes(15) };
    const high = { threshold: 10_000_000, window: Duration.minutes(60), blockDuration: Duration.days(30) };
    analytics({
      offences: [Offence.requests(low), Offence.blockedRequests(high)],
      ...query({
        threshold: 2,
        lookBack: Duration.hours(1),
        interval: Duration.hours(24),
        blockDuration: Duration.hours(1),
      }),
      retention: Duration.days(1),
      delivery: WafLogDelivery.firehose({
        sourceRetention: Duration.days(3653),
        bufferSize: Size.mebibytes(64),
        bufferInterval: Duration.seconds(900),
      }),
      scanLimit: Size.mebibytes(10),
    });
  });

  test('a stack without a region', () => {
    const stack = new Stack(new App(), 'Test');
    expect(() => new WafLogAnalytics(stack, 'WafLogs', { webAcl: new PlatformWebAcl(stack, 'WebAcl') })).toThrow(
      "[Test/WafLogs] the stack must have a region, got none; give its 'env' one, which the table of counts needs",
    );
  });

  test('a web ACL of another region, or with another destination of logs', () => {
    const app = new App();
    const webAcl = new PlatformWebAcl(new Stack(app, 'Edge', { env: EDGE }), 'WebAcl', {
      scope: WebAclScope.CLOUDFRONT,
    });
    expect(() => new WafLogAnalytics(new Stack(app, 'Spain', { env: SPAIN }), 'WafLogs', { webAcl })).toThrow(
      "[Spain/WafLogs] 'webAcl' must be of the stack's own region 'eu-south-2', got one of 'us-east-1'; WAF logs only to its region, so define the analytics there",
    );
    const stack = newStack();
    const logging = new PlatformWebAcl(stack, 'WebAcl', { logRetention: 90 });
    expect(() => new WafLogAnalytics(stack, 'WafLogs', { webAcl: logging })).toThrow(
      "[Test/WafLogs] 'webAcl' must have no other destination of logs, got one that 'logRetention' logs; leave one of the two out, a web ACL has one destination",
    );
    const logged = analytics();
    expect(() => new WafLogAnalytics(logged.stack, 'Again', { webAcl: logged.webAcl })).toThrow(
      "[Test/Again] 'webAcl' must have no other destination of logs, got one that 'Test/WafLogs' logs; leave one of the two out, a web ACL has one destination",
    );
    const edge = newStack(EDGE);
    const cdn = new PlatformWebAcl(edge, 'WebAcl', { scope: WebAclScope.CLOUDFRONT });
    expect(() => new WafLogAnalytics(edge, 'WafLogs', { webAcl: cdn, directHosts: ['*'] })).toThrow(
      "[Test/WafLogs] 'directHosts' must be left out for a web ACL of scope CLOUDFRONT: its log knows every client",
    );
  });
});

test('client errors are read from the bucket of access logs, whose events are turned on by its own property', () => {
  const stack = newStack();
  const webAcl = new PlatformWebAcl(stack, 'WebAcl');
  const ipAccess = new WafIpAccess(stack, 'IpAccess', { webAcls: [webAcl] });
  const accessLogs = new s3.Bucket(stack, 'Access');
  new WafLogAnalytics(stack, 'WafLogs', {
    webAcl,
    ipAccess,
    directHosts: ['*'],
    accessLogs,
    logFilter: LogFilter.blockedAndCounted(),
    offences: [Offence.clientErrors({ threshold: 100 })],
  });
  const template = templateOf(stack);
  template.hasResourceProperties('AWS::S3::Bucket', {
    BucketName: Match.absent(),
    NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    AccessControl: Match.absent(),
  });
  template.hasResourceProperties('AWS::WAFv2::LoggingConfiguration', {
    LoggingFilter: {
      DefaultBehavior: 'DROP',
      Filters: [
        {
          Behavior: 'KEEP',
          Requirement: 'MEETS_ANY',
          Conditions: [{ ActionCondition: { Action: 'BLOCK' } }, { ActionCondition: { Action: 'COUNT' } }],
        },
      ],
    },
  });
  expect(resourcesOf(stack, 'AWS::Events::Rule')).toHaveLength(2);
  Annotations.fromStack(stack).hasNoError('*', Match.anyValue());
});
