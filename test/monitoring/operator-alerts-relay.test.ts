import { App, Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import {
  AlertSeverity,
  type IOperatorAlerts,
  OperatorAlerts,
  type OperatorAlertsProps,
  OperatorAlertsRelay,
  PlatformDashboard,
} from '../../src/monitoring';
import { nagFindings, strictFindings } from '../support/findings';
import { EDGE, resourcesOf, SPAIN, templateOf } from '../support/stacks';

const RUNBOOK = 'https://wiki.example.com/runbook';

function define(props: Partial<OperatorAlertsProps> = {}, region = EDGE) {
  const app = new App();
  const spain = new Stack(app, 'Platform', { env: SPAIN });
  const webhook = secretsmanager.Secret.fromSecretNameV2(spain, 'Webhook', 'operations/webhook');
  const home = new OperatorAlerts(spain, 'Alerts', {
    email: 'a@example.com',
    webhook,
    runbookBaseUrl: RUNBOOK,
    ...props,
  });
  const edge = new Stack(app, 'Edge', { env: region });
  const relay = new OperatorAlertsRelay(edge, 'Alerts', { home });
  return { spain, edge, home, relay };
}

function tell(stack: Stack, alerts: IOperatorAlerts): void {
  const metric = new cloudwatch.Metric({ namespace: 'AWS/CloudFront', metricName: '5xxErrorRate' });
  const alarm = new cloudwatch.Alarm(stack, 'Errors', { metric, threshold: 5, evaluationPeriods: 1 });
  alerts.addAlarm(alarm, { severity: AlertSeverity.HIGH, runbook: 'cdn-server-errors' });
  alerts.addEvent(stack, 'Bounced', {
    severity: AlertSeverity.LOW,
    runbook: 'mail-bounced',
    description: 'A mail came back',
    eventPattern: { source: ['aws.ses'] },
  });
}

describe('a relay in us-east-1 for a platform in Spain', () => {
  const { edge, spain, home, relay } = define();
  tell(edge, relay);
  tell(spain, home);
  home.addTopic(
    spain,
    'IpChanges',
    new sns.Topic(spain, 'Changes', { enforceSSL: true, masterKey: home.encryptionKey }),
    { severity: AlertSeverity.LOW, runbook: 'ip-access-changed', description: 'Addresses were blocked or freed' },
  );
  new PlatformDashboard(spain, 'Dashboard', {
    alerts: home,
    backups: [home.metricUndelivered(), home.metricFailedAttempts()],
  });

  // Once for the whole room: the strict validator costs seconds per process.
  test('no finding of the three nag packs nor of the strict validator in either region', () => {
    expect(nagFindings(edge)).toEqual([]);
    expect(strictFindings(edge)).toEqual([]);
  });

  test('its topics lead to the queues at home, without a custom resource', () => {
    const subscriptions = resourcesOf(edge, 'AWS::SNS::Subscription')
      .map(([, { Properties }]) => Properties)
      .filter(({ Protocol }) => Protocol === 'sqs');
    expect(subscriptions).toHaveLength(3 * 2);
    for (const { Endpoint, RedrivePolicy } of subscriptions) {
      expect(Endpoint['Fn::GetStackOutput']).toMatchObject({ StackName: 'Platform', Region: 'eu-south-2' });
      expect(RedrivePolicy.deadLetterTargetArn['Fn::GetAtt'][0]).toMatch(/DeadLetters/);
    }
    for (const stack of [edge, spain]) {
      expect(JSON.stringify(templateOf(stack).toJSON())).not.toMatch(/Custom::/);
    }
  });

  test('the queues at home, their key and the dead letters let topics of other regions in', () => {
    const principals = ['sns.amazonaws.com', 'sns.eu-south-2.amazonaws.com'];
    const policies = resourcesOf(spain, 'AWS::SQS::QueuePolicy').flatMap(
      ([, { Properties }]) => Properties.PolicyDocument.Statement,
    );
    const topics = policies.filter(({ Sid }) => Sid === 'Topics');
    expect(topics).toHaveLength(3);
    expect(topics.every(({ Principal }) => JSON.stringify(Principal.Service) === JSON.stringify(principals))).toBe(
      true,
    );
  });

  test('alarms and events speak to topics of their own region, with the runbook of home', () => {
    const [high] = resourcesOf(edge, 'AWS::SNS::Topic')
      .map(([id]) => id)
      .filter((id) => id.includes('HIGH'));
    templateOf(edge).hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmActions: [{ Ref: high }],
      OKActions: [{ Ref: high }],
      AlarmDescription: `[HIGH] ${RUNBOOK}#cdn-server-errors`,
    });
    templateOf(edge).hasResourceProperties('AWS::Events::Rule', {
      Targets: [{ InputTransformer: { InputTemplate: Match.stringLikeRegexp('"severity":"LOW"') } }],
    });
  });

  test('what it cannot hand over it tells straight to the inbox', () => {
    const [inbox] = resourcesOf(edge, 'AWS::SNS::Topic')
      .map(([id]) => id)
      .filter((id) => id.includes('Email'));
    templateOf(edge).hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ApproximateNumberOfMessagesVisible',
      AlarmDescription: Match.stringLikeRegexp('#alerts-relay-failing$'),
      AlarmActions: Match.arrayWith([{ Ref: inbox }]),
    });
    templateOf(edge).hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'a@example.com' });
  });

  test('it tells its region, so that constructs of another refuse it', () => {
    expect(relay.region).toBe('us-east-1');
  });
});

test('without an inbox at home it has none', () => {
  const { edge } = define({ email: undefined });
  templateOf(edge).resourcePropertiesCountIs('AWS::SNS::Subscription', { Protocol: 'email' }, 0);
  templateOf(edge).resourceCountIs('AWS::SNS::Subscription', 3);
});

test('two fit into one stack, and a key of your own takes the place', () => {
  const { edge, home } = define();
  new OperatorAlertsRelay(edge, 'Second', { home, encryptionKey: new kms.Key(edge, 'Mine') });
  templateOf(edge).resourceCountIs('AWS::KMS::Key', 2);
  expect(resourcesOf(edge, 'AWS::KMS::Key').map(([id]) => id)).toContain('AlertsKey9E1197AF');
});

test('a relay in the region of home is refused', () => {
  expect(() => define({}, SPAIN)).toThrow(
    "[Edge/Alerts] 'home' must be of another region than the relay's 'eu-south-2'; give constructs of this region 'home' itself",
  );
});

test('a relay in a region that must be opted into is refused', () => {
  expect(() => define({}, { ...SPAIN, region: 'eu-south-1' })).toThrow(
    "[Edge/Alerts] the relay's region must be one that every account has, got 'eu-south-1', from which SNS does not reach all regions; define OperatorAlerts there too",
  );
});

test('a relay in a region that is not known yet passes', () => {
  const { home } = define();
  expect(() => new OperatorAlertsRelay(new Stack(home.node.root as App, 'Anywhere'), 'Alerts', { home })).not.toThrow();
});
