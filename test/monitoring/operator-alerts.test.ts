import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import { AlertSeverity, OperatorAlerts, type OperatorAlertsProps, WebhookFormat } from '../../src/monitoring';
import { arnOf, isAllowed, roleIdOf } from '../support/iam';
import { newStack, resourcesOf, SPAIN, templateOf } from '../support/stacks';

const EMAIL = 'operations@example.com';
const SECRET = `arn:aws:secretsmanager:eu-south-2:${SPAIN.account}:secret:operations/webhook-AbCdEf`;
const SECRET_KEY = `arn:aws:kms:eu-south-2:${SPAIN.account}:key/webhook`;
const METRIC = new cloudwatch.Metric({ namespace: 'Test', metricName: 'Faults' });

function withWebhook(stack: Stack, props: Partial<OperatorAlertsProps> = {}): OperatorAlerts {
  const webhook = secretsmanager.Secret.fromSecretAttributes(stack, 'Webhook', {
    secretCompleteArn: SECRET,
    encryptionKey: kms.Key.fromKeyArn(stack, 'WebhookKey', SECRET_KEY),
  });
  return new OperatorAlerts(stack, 'Alerts', { email: EMAIL, webhook, ...props });
}

function alarmOn(stack: Stack, id = 'Alarm', alarmDescription?: string): cloudwatch.Alarm {
  return new cloudwatch.Alarm(stack, id, { metric: METRIC, threshold: 1, evaluationPeriods: 1, alarmDescription });
}

// biome-ignore lint/suspicious/noExplicitAny: templates are free JSON
function statementsOf(stack: Stack, type: string, sid: string): any[] {
  return resourcesOf(stack, type)
    .flatMap(([, { Properties }]) => (Properties.PolicyDocument ?? Properties.KeyPolicy).Statement)
    .filter((statement) => statement.Sid === sid);
}

describe('with e-mail and webhook', () => {
  const stack = newStack();
  const alerts = withWebhook(stack);
  alerts.addAlarm(alarmOn(stack), { severity: AlertSeverity.HIGH, runbook: 'faults-many' });
  alerts.addEvent(stack, 'Happened', {
    severity: AlertSeverity.MEDIUM,
    runbook: 'something-happened',
    description: 'Something has happened',
    eventPattern: { source: ['aws.rds'] },
  });
  alerts.addTopic(
    stack,
    'IpChanges',
    new sns.Topic(stack, 'Changes', { enforceSSL: true, masterKey: alerts.encryptionKey }),
    {
      severity: AlertSeverity.LOW,
      runbook: 'ip-changed',
      description: 'Addresses were blocked or freed',
    },
  );
  const template = templateOf(stack);

  test('an alarm tells when it fires and when it recovers, and its description says how urgent it is and what to do', () => {
    const [high] = resourcesOf(stack, 'AWS::SNS::Topic').filter(([id]) => id.includes('HIGH'));
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'Faults',
      AlarmActions: [{ Ref: high[0] }],
      OKActions: [{ Ref: high[0] }],
      AlarmDescription:
        '[HIGH] https://github.com/cdk-charging-platform/cdk-charging-platform/blob/main/docs/runbook.md#faults-many',
    });
  });

  test('an event goes to the topic of its severity with what it means, and to the dead letters if that fails', () => {
    const [medium] = resourcesOf(stack, 'AWS::SNS::Topic').filter(([id]) => id.includes('MEDIUM'));
    const [, { Properties }] = resourcesOf(stack, 'AWS::Events::Rule')[0];
    expect(Properties.EventPattern).toEqual({ source: ['aws.rds'] });
    const [target] = Properties.Targets;
    expect(target.Arn).toEqual({ Ref: medium[0] });
    expect(target.RoleArn).toBeDefined();
    expect(target.DeadLetterConfig.Arn['Fn::GetAtt'][0]).toMatch(/DeadLetters/);
    expect(target.InputTransformer.InputTemplate).toBe(
      '{"severity":"MEDIUM","what":"Something has happened","runbook":"https://github.com/cdk-charging-platform/cdk-charging-platform/blob/main/docs/runbook.md#something-happened","event":<f1>}',
    );
    expect(target.InputTransformer.InputPathsMap).toEqual({ f1: '$' });
  });

  test('every topic leads to the queue of each channel, and nothing is lost where a queue does not take it', () => {
    const subscriptions = resourcesOf(stack, 'AWS::SNS::Subscription').map(([, { Properties }]) => Properties);
    const toQueues = subscriptions.filter(({ Protocol }) => Protocol === 'sqs');
    expect(toQueues).toHaveLength(4 * 2);
    expect(new Set(toQueues.map(({ Endpoint }) => JSON.stringify(Endpoint))).size).toBe(2);
    expect(toQueues.every(({ RedrivePolicy }) => RedrivePolicy.deadLetterTargetArn)).toBe(true);
    expect(subscriptions.filter(({ Protocol }) => Protocol === 'email')).toMatchObject([{ Endpoint: EMAIL }]);
  });

  test('a message is tried for half a day and kept for 14', () => {
    const queues = resourcesOf(stack, 'AWS::SQS::Queue').map(([, { Properties }]) => Properties);
    expect(queues.map(({ MessageRetentionPeriod }) => MessageRetentionPeriod)).toEqual([1209600, 1209600, 1209600]);
    expect(queues.filter(({ RedrivePolicy }) => RedrivePolicy?.maxReceiveCount === 60)).toHaveLength(2);
    template.allResourcesProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 1,
      ScalingConfig: { MaximumConcurrency: 2 },
    });
  });

  test('the key lets in everybody who publishes, without a condition that would shut EventBridge out', () => {
    const [publishers] = statementsOf(stack, 'AWS::KMS::Key', 'Publishers');
    expect(publishers.Principal.Service).toEqual([
      'cloudwatch.amazonaws.com',
      'backup.amazonaws.com',
      'ses.amazonaws.com',
      'events.amazonaws.com',
    ]);
    expect(publishers.Action).toEqual(['kms:Decrypt', 'kms:GenerateDataKey*']);
    expect(publishers.Condition).toBeUndefined();
    // Spain must be opted into, where topics of other regions come under the region's own name.
    const [topics] = statementsOf(stack, 'AWS::KMS::Key', 'TopicsToQueues');
    expect(topics.Principal.Service).toEqual(['sns.amazonaws.com', 'sns.eu-south-2.amazonaws.com']);
    expect(stack.resolve(topics.Condition.ArnLike['aws:SourceArn'])).toEqual({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:sns:*:${SPAIN.account}:*`]],
    });
  });

  test('topics name CloudWatch, because their policy takes the place of the one that SNS gives', () => {
    const publishers = statementsOf(stack, 'AWS::SNS::TopicPolicy', 'Publishers');
    expect(publishers).toHaveLength(4);
    for (const { Condition } of publishers) {
      expect(Condition).toEqual({ StringEquals: { 'aws:SourceAccount': SPAIN.account } });
    }
    expect(statementsOf(stack, 'AWS::SNS::TopicPolicy', 'AutoScaling')).toHaveLength(4);
  });

  test('the watchers are watched: each alarm tells as all do, and goes to the inbox past the notifier', () => {
    const [[inbox]] = resourcesOf(stack, 'AWS::SNS::Topic').filter(([id]) => id.includes('Email'));
    const watch = resourcesOf(stack, 'AWS::CloudWatch::Alarm').filter(
      ([id]) => id.includes('AlertsAlarms') && !id.includes('InboxSilent'),
    );
    expect(watch.map(([id]) => id.replace(/^AlertsAlarms|[0-9A-F]{8}$/g, ''))).toEqual(
      expect.arrayContaining(['Undelivered', 'NotifierFailing', 'EmailLate', 'WebhookLate']),
    );
    for (const [, { Properties }] of watch) {
      expect(Properties.AlarmActions).toEqual([{ Ref: expect.stringContaining('HIGH') }, { Ref: inbox }]);
    }
  });

  test('an inbox that takes nothing is told by the webhook', () => {
    const [[, { Properties }]] = resourcesOf(stack, 'AWS::CloudWatch::Alarm').filter(([id]) =>
      id.includes('InboxSilent'),
    );
    expect(Properties).toMatchObject({ Threshold: 1, AlarmActions: [{ Ref: expect.stringContaining('MEDIUM') }] });
    const [expression, ...metrics] = Properties.Metrics;
    expect(expression.Expression).toBe('IF(FILL(published, 0) > 0 AND FILL(delivered, 0) == 0, 1, 0)');
    for (const { MetricStat } of metrics) {
      expect(MetricStat.Period).toBe(900);
      expect(MetricStat.Metric.Dimensions[0].Value['Fn::GetAtt'][0]).toMatch(/Email/);
    }
  });

  test('the notifier may read its queues and its secret and write to the inbox, and nothing next to them', async () => {
    const role = roleIdOf(stack, 'Notifier/Messages/Execution/Role');
    const [webhookQueue] = resourcesOf(stack, 'AWS::SQS::Queue')
      .map(([id]) => id)
      .filter((id) => id.includes('NotifierWebhook'));
    const [[inbox]] = resourcesOf(stack, 'AWS::SNS::Topic').filter(([id]) => id.includes('Email'));
    const [[high]] = resourcesOf(stack, 'AWS::SNS::Topic').filter(([id]) => id.includes('HIGH'));
    const may = (action: string, type: string, id: string) =>
      isAllowed(stack, role, { action, resource: arnOf(type, id) });
    for (const action of ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility']) {
      expect(await may(action, 'AWS::SQS::Queue', webhookQueue)).toBe(true);
      expect(await may(action, 'AWS::SQS::Queue', 'Other')).toBe(false);
    }
    const mayRead = (resource: string) => isAllowed(stack, role, { action: 'secretsmanager:GetSecretValue', resource });
    expect(await mayRead(SECRET)).toBe(true);
    expect(await mayRead(SECRET.replace('webhook', 'database'))).toBe(false);
    // Keys have the last word by a policy of their own, so the simulator cannot tell.
    template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([{ Effect: 'Allow', Action: 'kms:Decrypt', Resource: SECRET_KEY }]),
      },
    });
    expect(await may('sns:Publish', 'AWS::SNS::Topic', inbox)).toBe(true);
    expect(await may('sns:Publish', 'AWS::SNS::Topic', high)).toBe(false);
  });

  test("the rules' role may publish to the topics of alerts only", async () => {
    const role = roleIdOf(stack, 'Topics/Events/Role');
    const [[low]] = resourcesOf(stack, 'AWS::SNS::Topic').filter(([id]) => id.includes('LOW'));
    const [[inbox]] = resourcesOf(stack, 'AWS::SNS::Topic').filter(([id]) => id.includes('Email'));
    const may = (id: string) =>
      isAllowed(stack, role, { action: 'sns:Publish', resource: arnOf('AWS::SNS::Topic', id) });
    expect(await may(low)).toBe(true);
    expect(await may(inbox)).toBe(false);
  });

  test('the address of the webhook is nowhere in the template', () => {
    expect(JSON.stringify(template.toJSON())).not.toMatch(/"SecretString"|resolve:secretsmanager/);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ WEBHOOK_FORMAT: 'CHAT', TIME_ZONE: 'Europe/Madrid' }) },
    });
  });
});

test('only e-mail: one queue, no secret', () => {
  const stack = newStack();
  new OperatorAlerts(stack, 'Alerts', { email: EMAIL });
  const [, { Properties }] = resourcesOf(stack, 'AWS::Lambda::Function')[0];
  expect(Object.keys(Properties.Environment.Variables)).toEqual(
    expect.not.arrayContaining(['WEBHOOK_QUEUE_URL', 'WEBHOOK_SECRET']),
  );
  templateOf(stack).resourceCountIs('AWS::Lambda::EventSourceMapping', 1);
});

test('only a webhook: no inbox, so that the alarms about the notifier take the only way there is', () => {
  const stack = newStack();
  const webhook = secretsmanager.Secret.fromSecretNameV2(stack, 'Webhook', 'operations/webhook');
  new OperatorAlerts(stack, 'Alerts', { webhook, webhookFormat: WebhookFormat.JSON });
  const template = templateOf(stack);
  template.resourcePropertiesCountIs('AWS::SNS::Subscription', { Protocol: 'email' }, 0);
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: Match.objectLike({ WEBHOOK_FORMAT: 'JSON' }) },
  });
  for (const [, { Properties }] of resourcesOf(stack, 'AWS::CloudWatch::Alarm')) {
    expect(Properties.AlarmActions).toHaveLength(1);
  }
});

test('without anybody to tell it is refused', () => {
  expect(() => new OperatorAlerts(newStack(), 'Alerts', {})).toThrow(
    "[Test/Alerts] one of 'email' and 'webhook' must be given, else nobody is told; better both, so that each watches over the other",
  );
});

test.each(['operations', 'a@b', 'a@b.c, d@e.f', 'a b@example.com', '@example.com'])(
  'refuses the address %s',
  (email) => {
    expect(() => new OperatorAlerts(newStack(), 'Alerts', { email })).toThrow(
      `[Test/Alerts] 'email' must be one address such as operations@example.com, got '${email}'; for several people use a list`,
    );
  },
);

test.each(['a@b.c', 'on-call+charging@mail.example.com'])('accepts the address %s', (email) => {
  expect(() => new OperatorAlerts(newStack(), 'Alerts', { email })).not.toThrow();
});

test.each(['http://wiki.example.com', 'https://wiki.example.com/#x', 'wiki', ''])(
  'refuses the runbook %p',
  (runbookBaseUrl) => {
    expect(() => new OperatorAlerts(newStack(), 'Alerts', { email: EMAIL, runbookBaseUrl })).toThrow(
      `[Test/Alerts] 'runbookBaseUrl' must be an https address without '#', got '${runbookBaseUrl}'`,
    );
  },
);

test('tokens pass', () => {
  const stack = newStack();
  const parameter = (id: string) => new CfnParameter(stack, id).valueAsString;
  const alerts = new OperatorAlerts(stack, 'Alerts', {
    email: parameter('Mail'),
    runbookBaseUrl: parameter('Runbook'),
  });
  expect(stack.resolve(alerts.runbookUrl('x-y'))).toEqual({ 'Fn::Join': ['', [{ Ref: 'Runbook' }, '#x-y']] });
});

test.each(['Database CPU', 'a--b', '-a', 'Ä', ''])('refuses the runbook key %p', (runbook) => {
  const alerts = new OperatorAlerts(newStack(), 'Alerts', { email: EMAIL });
  expect(() => alerts.runbookUrl(runbook)).toThrow(
    `'runbook' must be the anchor of a heading, lower case and digits joined by hyphens such as 'database-cpu-high', got '${runbook}'`,
  );
});

test('a description that ends with the address already is not given it twice', () => {
  const stack = newStack();
  const alerts = new OperatorAlerts(stack, 'Alerts', {
    email: EMAIL,
    runbookBaseUrl: 'https://wiki.example.com/runbook',
  });
  alerts.addAlarm(alarmOn(stack, 'Alarm', 'Too many faults. https://wiki.example.com/runbook#faults'), {
    severity: AlertSeverity.LOW,
    runbook: 'faults',
  });
  templateOf(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmDescription: '[LOW] Too many faults. https://wiki.example.com/runbook#faults',
  });
});

test('alarms and rules of another stack of the region need nothing that needs them', () => {
  const app = new App();
  const home = new Stack(app, 'Home', { env: SPAIN });
  const other = new Stack(app, 'Other', { env: SPAIN });
  const alerts = new OperatorAlerts(home, 'Alerts', { email: EMAIL });
  alerts.addAlarm(alarmOn(other), { severity: AlertSeverity.HIGH, runbook: 'x' });
  alerts.addEvent(other, 'Event', {
    severity: AlertSeverity.HIGH,
    runbook: 'x',
    description: 'x',
    eventPattern: { source: ['aws.rds'] },
  });
  expect(() => app.synth()).not.toThrow();
});

test('two fit into one stack', () => {
  const stack = newStack();
  new OperatorAlerts(stack, 'One', { email: EMAIL });
  new OperatorAlerts(stack, 'Two', { email: EMAIL });
  expect(() => templateOf(stack)).not.toThrow();
});

test('the key stays where it is', () => {
  const stack = newStack();
  new OperatorAlerts(stack, 'Alerts', { email: EMAIL });
  expect(resourcesOf(stack, 'AWS::KMS::Key').map(([id]) => id)).toEqual(['AlertsKey9E1197AF']);
});

test('a key of your own takes the place', () => {
  const stack = newStack();
  const encryptionKey = new kms.Key(stack, 'Mine');
  new OperatorAlerts(stack, 'Alerts', { email: EMAIL, encryptionKey });
  templateOf(stack).resourceCountIs('AWS::KMS::Key', 1);
});

describe('what CloudWatch and EventBridge would refuse at deployment', () => {
  const RUNBOOK_LENGTH = ' https://wiki.example.com/r#x'.length;
  const define = () => {
    const stack = newStack();
    return {
      stack,
      alerts: new OperatorAlerts(stack, 'Alerts', { email: EMAIL, runbookBaseUrl: 'https://wiki.example.com/r' }),
    };
  };
  const told = { severity: AlertSeverity.LOW, runbook: 'x' };

  test.each([
    [1024, undefined],
    [
      1025,
      "[Test/Alarm] 'alarmDescription' must have at most 1024 characters with severity and runbook, got 1025; let the runbook say the rest",
    ],
  ])('an alarm with a description of %d characters', (length, problem) => {
    const { stack, alerts } = define();
    const text = 'x'.repeat(length - '[LOW] '.length - RUNBOOK_LENGTH);
    const add = expect(() => alerts.addAlarm(alarmOn(stack, 'Alarm', text), told));
    problem === undefined ? add.not.toThrow() : add.toThrow(problem);
  });

  test.each([
    [512, undefined],
    [
      513,
      "[Test] 'description' must have at most 512 characters with severity and runbook, got 513; let the runbook say the rest",
    ],
  ])('a rule with a description of %d characters', (length, problem) => {
    const { stack, alerts } = define();
    const description = 'x'.repeat(length - '[LOW] '.length);
    const add = expect(() =>
      alerts.addEvent(stack, 'E', { ...told, description, eventPattern: { source: ['aws.rds'] } }),
    );
    problem === undefined ? add.not.toThrow() : add.toThrow(problem);
  });

  test('a topic of another region', () => {
    const { stack, alerts } = define();
    const topic = sns.Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-west-1:111122223333:mail');
    expect(() => alerts.addTopic(stack, 'Mail', topic, { ...told, description: 'x' })).toThrow(
      "[Test/Alerts] 'topic' must be of the alerts' own region 'eu-south-2', got one of 'eu-west-1'; have its service send events and use addEvent of an OperatorAlertsRelay there",
    );
  });
});
