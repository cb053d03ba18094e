import { App, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { DmarcPolicy, PlatformMail, type PlatformMailProps } from '../../src/mail';
import { PolicyRole } from '../../src/private/role';
import { RecordedAlerts } from '../support/alerts';
import { nagFindings, strictFindings } from '../support/findings';
import { arnOf, isAllowed, roleIdOf } from '../support/iam';
import { resourcesOf, SPAIN, templateOf } from '../support/stacks';

const IRELAND = { account: '111122223333', region: 'eu-west-1' };

class Fixture {
  public readonly app = new App();
  public readonly platform = new Stack(this.app, 'Platform', { env: SPAIN });
  public readonly stack = new Stack(this.app, 'Mail', { env: IRELAND });
  public readonly zone = new route53.PublicHostedZone(this.platform, 'Zone', { zoneName: 'example.com' });

  public mail(props: Partial<PlatformMailProps> = {}, id = 'Mail'): PlatformMail {
    return new PlatformMail(this.stack, id, { domain: 'example.com', ...props });
  }
}

function define(props: Partial<PlatformMailProps> = {}): Stack {
  const fixture = new Fixture();
  fixture.mail(props);
  return fixture.stack;
}

function recordsOf(props: Partial<PlatformMailProps> = {}) {
  const fixture = new Fixture();
  fixture.mail({ hostedZone: fixture.zone, ...props });
  return resourcesOf(fixture.stack, 'AWS::Route53::RecordSet').map(([, { Properties }]) => Properties);
}

test('the domain sends by its own rules, signed, with bounces to a name of its own', () => {
  const stack = define();
  const [[id]] = resourcesOf(stack, 'AWS::SES::ConfigurationSet');
  templateOf(stack).hasResourceProperties('AWS::SES::EmailIdentity', {
    EmailIdentity: 'example.com',
    ConfigurationSetAttributes: { ConfigurationSetName: { Ref: id } },
    FeedbackAttributes: { EmailForwardingEnabled: false },
    MailFromAttributes: { MailFromDomain: 'bounce.example.com', BehaviorOnMxFailure: 'USE_DEFAULT_VALUE' },
  });
});

test('the rules: TLS, suppression, reputation', () => {
  templateOf(define()).hasResourceProperties('AWS::SES::ConfigurationSet', {
    DeliveryOptions: { TlsPolicy: 'REQUIRE' },
    ReputationOptions: { ReputationMetricsEnabled: true },
    SuppressionOptions: { SuppressedReasons: ['BOUNCE', 'COMPLAINT'] },
  });
});

test('every failure is published', () => {
  templateOf(define()).hasResourceProperties('AWS::SES::ConfigurationSetEventDestination', {
    EventDestination: {
      MatchingEventTypes: ['bounce', 'complaint', 'reject', 'renderingFailure', 'deliveryDelay'],
      SnsDestination: { TopicARN: { Ref: Match.stringLikeRegexp('^MailEventsTopic') } },
    },
  });
});

test('only this configuration set may publish, and SES may use the key', () => {
  const stack = define();
  const [[, { Properties: set }]] = resourcesOf(stack, 'AWS::SES::ConfigurationSet');
  const [[, topic]] = resourcesOf(stack, 'AWS::SNS::TopicPolicy');
  const publishers = topic.Properties.PolicyDocument.Statement.filter(
    ({ Sid }: { Sid: string }) => Sid === 'MailEvents',
  );
  expect(publishers).toMatchObject([
    {
      Principal: { Service: 'ses.amazonaws.com' },
      Action: 'sns:Publish',
      Condition: { ArnEquals: {}, StringEquals: {} },
    },
  ]);
  expect(JSON.stringify(publishers[0].Condition)).toContain(`configuration-set/${set.Name}`);
  const [[, key]] = resourcesOf(stack, 'AWS::KMS::Key');
  const statements = key.Properties.KeyPolicy.Statement;
  for (const service of ['ses.amazonaws.com', 'sns.amazonaws.com']) {
    expect(statements).toContainEqual(
      expect.objectContaining({ Principal: { Service: service }, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'] }),
    );
  }
});

describe('audit', () => {
  const fixture = new Fixture();
  const mail = fixture.mail({ auditRetention: Duration.days(30) });
  const { stack } = fixture;
  const operator = new PolicyRole(stack, 'Operator', {
    assumedBy: new iam.AccountRootPrincipal(),
    description: 'An operator',
  });
  mail.grantUnsuppress(operator);
  const topicId = resourcesOf(stack, 'AWS::SNS::Topic')[0][0];
  const [[tableId, table]] = resourcesOf(stack, 'AWS::DynamoDB::GlobalTable');
  const functionId = (name: string) =>
    resourcesOf(stack, 'AWS::Lambda::Function').find(([id]) => id.startsWith(`MailSuppression${name}Function`))?.[0];

  test('events reach the function, and what does not arrive waits in its dead-letter queue', () => {
    templateOf(stack).hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'lambda',
      TopicArn: { Ref: topicId },
      Endpoint: { 'Fn::GetAtt': [functionId('Events'), 'Arn'] },
      RedrivePolicy: {
        deadLetterTargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^MailSuppressionEventsDeadLetters'), 'Arn'] },
      },
    });
    templateOf(stack).hasResourceProperties('AWS::Lambda::Permission', {
      FunctionName: { 'Fn::GetAtt': [functionId('Events'), 'Arn'] },
      Principal: 'sns.amazonaws.com',
      SourceArn: { Ref: topicId },
    });
    templateOf(stack).hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'sqs:SendMessage',
            Principal: { Service: 'sns.amazonaws.com' },
            Condition: { ArnEquals: { 'aws:SourceArn': { Ref: topicId } } },
          }),
        ]),
      },
    });
  });

  test('the table is encrypted, recoverable, kept, and forgets by itself', () => {
    expect(table).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: {
        KeySchema: [
          { AttributeName: 'address', KeyType: 'HASH' },
          { AttributeName: 'entry', KeyType: 'RANGE' },
        ],
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        Replicas: [{ DeletionProtectionEnabled: true, PointInTimeRecoverySpecification: {} }],
        SSESpecification: { SSEType: 'KMS' },
      },
    });
  });

  test('the functions know the table and how long it remembers', () => {
    for (const name of ['Events', 'Unsuppress', 'Comparison']) {
      const { Environment } = templateOf(stack).toJSON().Resources[functionId(name) as string].Properties;
      expect(Environment.Variables).toMatchObject({ AUDIT_TABLE_NAME: { Ref: tableId }, AUDIT_RETENTION_DAYS: '30' });
    }
  });

  test('the list is compared once a day', () => {
    templateOf(stack).hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(1 day)',
      Target: { Arn: { 'Fn::GetAtt': [functionId('Comparison'), 'Arn'] } },
    });
  });

  const tableArn = arnOf('AWS::DynamoDB::GlobalTable', tableId);
  test.each([
    ['Events', 'ses:PutSuppressedDestination', '*', true],
    ['Events', 'ses:DeleteSuppressedDestination', '*', false],
    ['Events', 'dynamodb:PutItem', tableArn, true],
    ['Events', 'dynamodb:DeleteItem', tableArn, false],
    ['Events', 'dynamodb:PutItem', `${tableArn}2`, false],
    ['Events', 'ses:SendEmail', 'arn:aws:ses:eu-west-1:111122223333:identity/example.com', false],
    ['Unsuppress', 'ses:DeleteSuppressedDestination', '*', true],
    ['Unsuppress', 'ses:PutSuppressedDestination', '*', false],
    ['Unsuppress', 'dynamodb:Scan', tableArn, false],
    ['Comparison', 'ses:ListSuppressedDestinations', '*', true],
    ['Comparison', 'ses:DeleteSuppressedDestination', '*', false],
    ['Comparison', 'dynamodb:Scan', tableArn, true],
  ])('%s asking for %s on %s: %s', async (name, action, resource, expected) => {
    const role = roleIdOf(stack, `Suppression/${name}/Execution/Role`);
    expect(await isAllowed(stack, role, { action, resource })).toBe(expected);
  });

  test('only who is let may release addresses', async () => {
    const invoke = (name: string) =>
      isAllowed(stack, roleIdOf(stack, 'Operator/Role'), {
        action: 'lambda:InvokeFunction',
        resource: arnOf('AWS::Lambda::Function', functionId(name) as string),
      });
    expect(await invoke('Unsuppress')).toBe(true);
    expect(await invoke('Events')).toBe(false);
  });

  test('metrics are of this mail', () => {
    const dimensions = { Mail: resourcesOf(stack, 'AWS::SES::ConfigurationSet')[0][1].Properties.Name };
    expect(mail.metricSuppressedAddresses()).toMatchObject({
      namespace: 'ChargingPlatform/Mail',
      metricName: 'SuppressedAddresses',
      statistic: 'Sum',
      dimensions,
    });
    expect(mail.metricSuppressionDrift({ statistic: 'max' })).toMatchObject({
      metricName: 'SuppressionDrift',
      statistic: 'Maximum',
      dimensions,
    });
  });
});

test('key and audit table are kept, under logical ids that do not change', () => {
  const stack = define();
  const kept = ['AWS::KMS::Key', 'AWS::DynamoDB::GlobalTable'].flatMap((type) => resourcesOf(stack, type));
  expect(kept.map(([id, { DeletionPolicy }]) => `${id} ${DeletionPolicy}`)).toEqual([
    'MailKey22838070 Retain',
    'MailSuppressionAuditACEC8282 Retain',
  ]);
});

test('a key may be given', () => {
  const fixture = new Fixture();
  fixture.mail({ encryptionKey: new kms.Key(fixture.stack, 'Own') });
  templateOf(fixture.stack).resourceCountIs('AWS::KMS::Key', 1);
});

describe('records', () => {
  test('prove the domain, in a zone of another region, without custom resources', () => {
    const records = recordsOf();
    expect(records.map(({ Type, Name, ResourceRecords }) => [Type, Name, ResourceRecords])).toEqual([
      ...[1, 2, 3].map((n) => [
        'CNAME',
        { 'Fn::GetAtt': [expect.any(String), `DkimDNSTokenName${n}`] },
        [{ 'Fn::GetAtt': [expect.any(String), `DkimDNSTokenValue${n}`] }],
      ]),
      ['MX', 'bounce.example.com.', ['10 feedback-smtp.eu-west-1.amazonses.com']],
      ['TXT', 'bounce.example.com.', ['"v=spf1 include:amazonses.com ~all"']],
      ['TXT', '_dmarc.example.com.', ['"v=DMARC1; p=quarantine"']],
    ]);
    for (const { HostedZoneId } of records) {
      expect(HostedZoneId).toEqual({
        'Fn::GetStackOutput': expect.objectContaining({ StackName: 'Platform', Region: 'eu-south-2' }),
      });
    }
  });

  test('follow the props', () => {
    const records = recordsOf({
      domain: 'mail.example.com',
      mailFromLabel: 'returns',
      dmarcPolicy: DmarcPolicy.REJECT,
      dmarcReports: 'dmarc@example.com',
    });
    expect(records.slice(3).map(({ Name, ResourceRecords }) => [Name, ...ResourceRecords])).toEqual([
      ['returns.mail.example.com.', '10 feedback-smtp.eu-west-1.amazonses.com'],
      ['returns.mail.example.com.', '"v=spf1 include:amazonses.com ~all"'],
      ['_dmarc.mail.example.com.', '"v=DMARC1; p=reject; rua=mailto:dmarc@example.com"'],
    ]);
  });

  test('are left to the reader without a zone', () => {
    templateOf(define()).resourceCountIs('AWS::Route53::RecordSet', 0);
  });
});

test('a service in another region is let send, without custom resources, from this domain only', async () => {
  const fixture = new Fixture();
  const mail = fixture.mail();
  const role = new PolicyRole(fixture.platform, 'Service', {
    assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com'),
    description: 'A service',
  });
  mail.grantSend(role);
  const roleId = roleIdOf(fixture.platform, 'Service/Role');
  const send = (resource: string) =>
    isAllowed(fixture.platform, roleId, {
      action: 'ses:SendEmail',
      resource: `arn:aws:ses:eu-west-1:111122223333:${resource}`,
    });
  const [[, { Properties: set }]] = resourcesOf(fixture.stack, 'AWS::SES::ConfigurationSet');
  expect(await send('identity/example.com')).toBe(true);
  expect(await send(`configuration-set/${set.Name}`)).toBe(true);
  expect(await send('identity/example.org')).toBe(false);
  expect(await send('configuration-set/other')).toBe(false);
  expect(JSON.stringify(templateOf(fixture.platform).toJSON())).not.toContain('Custom::');
});

test('alarms before AWS stops the mail', () => {
  const alerts = new RecordedAlerts('eu-west-1');
  const stack = define({ alerts });
  expect(alerts.alarms).toEqual([
    'BounceRate HIGH mail-bounce-rate-high',
    'ComplaintRate HIGH mail-complaint-rate-high',
    'EventsNotTaken MEDIUM mail-events-not-taken',
    'SuppressionNotCompared LOW mail-suppression-not-compared',
  ]);
  const alarms = resourcesOf(stack, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
  expect(alarms).toMatchObject([
    {
      MetricName: 'Reputation.BounceRate',
      Threshold: 0.05,
      TreatMissingData: 'ignore',
      ComparisonOperator: 'GreaterThanThreshold',
    },
    { MetricName: 'Reputation.ComplaintRate', Threshold: 0.001, TreatMissingData: 'ignore' },
    { MetricName: 'ApproximateNumberOfMessagesVisible', Threshold: 1 },
    { MetricName: 'ApproximateNumberOfMessagesVisible', Threshold: 1 },
  ]);
  templateOf(define()).resourceCountIs('AWS::CloudWatch::Alarm', 0);
});

test('passes the three packs', () => {
  expect(nagFindings(define({ alerts: new RecordedAlerts('eu-west-1') }))).toEqual([]);
});

test('satisfies the schemas of CloudFormation', () => {
  const fixture = new Fixture();
  fixture.mail({ hostedZone: fixture.zone, alerts: new RecordedAlerts('eu-west-1') });
  expect(strictFindings(fixture.stack)).toEqual([]);
});

test('two copies fit in one stack', () => {
  const fixture = new Fixture();
  fixture.mail();
  fixture.mail({ domain: 'example.org' }, 'OtherMail');
  const names = resourcesOf(fixture.stack, 'AWS::SES::ConfigurationSet').map(([, { Properties }]) => Properties.Name);
  expect(new Set(names).size).toBe(2);
});

describe('refuses', () => {
  test.each([
    ['eu-south-2', 'eu-west-1, eu-west-3 or eu-central-1'],
    ['mx-central-1', 'us-east-1 or us-west-2'],
  ])('the region %s, and says which is near', (region, near) => {
    const stack = new Stack(new App(), 'Test', { env: { ...IRELAND, region } });
    expect(() => new PlatformMail(stack, 'Mail', { domain: 'example.com' })).toThrow(
      `[Test/Mail] PlatformMail cannot be in '${region}', which has no SES; define it in a stack of ${near}`,
    );
  });

  test('alerts of another region', () => {
    expect(() => define({ alerts: new RecordedAlerts() })).toThrow(
      "[Mail/Mail] 'alerts' must be of the construct's own region 'eu-west-1', got alerts of 'eu-south-2'; define OperatorAlerts in a stack of 'eu-west-1'",
    );
  });

  test.each(['Example.com', 'example', 'example.com.', 'me@example.com'])('the domain %s', (domain) => {
    expect(() => define({ domain })).toThrow(
      `[Mail/Mail] 'domain' must be a domain in lower case known at synth, such as example.com, got '${domain}'`,
    );
  });

  test('a domain unknown at synth', () => {
    const fixture = new Fixture();
    const domain = new CfnParameter(fixture.stack, 'Domain').valueAsString;
    expect(() => fixture.mail({ domain })).toThrow(
      "[Mail/Mail] 'domain' must be a domain in lower case known at synth, such as example.com, got a token",
    );
  });

  test.each(['example.org', 'notexample.com'])('the domain %s outside the zone', (domain) => {
    const fixture = new Fixture();
    expect(() => fixture.mail({ domain, hostedZone: fixture.zone })).toThrow(
      `[Mail/Mail] 'domain' must be 'example.com' or below it, the zone that its records go to, got '${domain}'; give the zone of '${domain}' or none`,
    );
  });

  test.each(['a.b', '-a', 'A', ''])('the label %j', (mailFromLabel) => {
    expect(() => define({ mailFromLabel })).toThrow(
      `[Mail/Mail] 'mailFromLabel' must be one DNS label in lower case such as bounce, got '${mailFromLabel}'`,
    );
  });

  test('to forget within a day', () => {
    expect(() => define({ auditRetention: Duration.hours(23) })).toThrow(
      "[Mail/Mail] 'auditRetention' must be at least 1 day, got 23 hours",
    );
    expect(() => define({ auditRetention: Duration.days(1) })).not.toThrow();
  });

  test('a report address that is none', () => {
    expect(() => define({ dmarcReports: 'mailto:a@example.com' })).toThrow(
      "[Mail/Mail] 'dmarcReports' must be a mail address such as dmarc@example.com, got 'mailto:a@example.com'",
    );
  });
});

test.each(['eu-west-1', 'eu-west-3', 'eu-central-1', 'us-east-1'])('takes the region %s', (region) => {
  const stack = new Stack(new App(), 'Test', { env: { ...IRELAND, region } });
  expect(() => new PlatformMail(stack, 'Mail', { domain: 'example.com' })).not.toThrow();
});

test('takes a stack without a region', () => {
  expect(() => new PlatformMail(new Stack(new App(), 'Test'), 'Mail', { domain: 'example.com' })).not.toThrow();
});
