import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { DmarcPolicy, PlatformMail, type PlatformMailProps } from '../../src/mail';
import { PolicyRole } from '../../src/private/role';
import { RecordedAlerts } from '../support/alerts';
import { nagFindings, strictFindings } from '../support/findings';
import { isAllowed, roleIdOf } from '../support/iam';
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

test('events are kept 14 days, encrypted, and what does not arrive is not lost', () => {
  const stack = define();
  for (const [, queue] of resourcesOf(stack, 'AWS::SQS::Queue')) {
    expect(queue.Properties.MessageRetentionPeriod).toBe(14 * 24 * 3600);
    expect(queue.Properties.KmsMasterKeyId).toEqual({ 'Fn::GetAtt': ['MailKey22838070', 'Arn'] });
  }
  templateOf(stack).hasResourceProperties('AWS::SNS::Subscription', {
    Protocol: 'sqs',
    RawMessageDelivery: true,
    Endpoint: { 'Fn::GetAtt': [Match.stringLikeRegexp('^MailEventsRecord'), 'Arn'] },
    RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^MailEventsUndelivered'), 'Arn'] } },
  });
});

test('the key is kept, under a logical id that does not change', () => {
  expect(resourcesOf(define(), 'AWS::KMS::Key').map(([id, { DeletionPolicy }]) => [id, DeletionPolicy])).toEqual([
    ['MailKey22838070', 'Retain'],
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
    'UndeliveredEvents MEDIUM mail-events-undelivered',
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
