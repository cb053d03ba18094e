import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import * as constants from '../../src/monitoring/constants';
import { handler } from '../../src/monitoring/notifier.lambda';
import { fails, limits, WebhookServer } from '../support/webhook-server';
import { bodyOf, MEANINGS, sqsEvent } from './fixture';

const sns = mockClient(SNSClient);
const sqs = mockClient(SQSClient);
const secrets = mockClient(SecretsManagerClient);

let server: WebhookServer;
let logged: string;
/** Each test is a day later than the one before, so that no address is remembered from there. */
let now = Date.now();

beforeAll(async () => {
  server = await WebhookServer.start();
});
afterAll(() => server.stop());

beforeEach(() => {
  for (const client of [sns, sqs, secrets]) {
    client.reset();
  }
  sns.on(PublishCommand).resolves({});
  sqs.on(ChangeMessageVisibilityCommand).resolves({});
  secrets.on(GetSecretValueCommand).resolves({ SecretString: server.address });
  Object.assign(process.env, {
    [constants.EMAIL_QUEUE_URL_ENV]: 'https://sqs.eu-south-2.amazonaws.com/111122223333/Alerts-Email',
    [constants.WEBHOOK_QUEUE_URL_ENV]: 'https://sqs.eu-south-2.amazonaws.com/111122223333/Alerts-Webhook',
    [constants.EMAIL_TOPIC_ENV]: 'arn:aws:sns:eu-south-2:111122223333:Alerts-Inbox',
    [constants.WEBHOOK_SECRET_ENV]: 'arn:aws:secretsmanager:eu-south-2:111122223333:secret:operations/webhook-AbCdEf',
    [constants.WEBHOOK_FORMAT_ENV]: 'CHAT',
    [constants.TIME_ZONE_ENV]: 'Europe/Madrid',
    [constants.TOPICS_ENV]: JSON.stringify(MEANINGS),
  });
  delete process.env[constants.DASHBOARD_ENV];
  server.taken.length = 0;
  logged = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    logged += chunk;
    return true;
  });
  now += 86_400_000;
  jest.spyOn(Date, 'now').mockReturnValue(now);
});
afterEach(() => {
  jest.restoreAllMocks();
  expect(logged).not.toContain(server.secret);
});

const email = (name: string, attempt = 1) => sqsEvent(bodyOf(name), 'Alerts-Email', attempt);
const webhook = (name: string, attempt = 1) => sqsEvent(bodyOf(name), 'Alerts-Webhook', attempt);
const waits = () =>
  sqs
    .commandCalls(ChangeMessageVisibilityCommand)
    .map(({ args: [{ input }] }) => [input.QueueUrl, input.VisibilityTimeout]);

test('a message of the e-mail queue goes to the inbox and nowhere else', async () => {
  await handler(email('alarm-metric'));
  const [{ args }] = sns.commandCalls(PublishCommand);
  expect(args[0].input).toMatchObject({
    TopicArn: 'arn:aws:sns:eu-south-2:111122223333:Alerts-Inbox',
    Subject: 'MEDIUM: The database server has used 80 % of its processors for 15 minutes',
    Message: expect.stringContaining('Runbook: https://runbook.example.com/#database-cpu-high'),
  });
  expect(server.taken).toEqual([]);
});

test('a message of the webhook queue goes to the webhook and nowhere else', async () => {
  await handler(webhook('alarm-metric'));
  expect(server.taken).toEqual([{ text: expect.stringMatching(/^:large_orange_circle: \*MEDIUM\* The database/) }]);
  expect(sns.calls()).toHaveLength(0);
});

test('as JSON if told so', async () => {
  process.env[constants.WEBHOOK_FORMAT_ENV] = 'JSON';
  await handler(webhook('alarm-metric'));
  expect(server.taken).toMatchObject([
    { severity: 'MEDIUM', status: 'ALARM', value: '87.53', threshold: 'at or above 80' },
  ]);
});

test('with a link to the dashboard, if there is one', async () => {
  process.env[constants.DASHBOARD_ENV] = 'https://console.example.com/dashboard';
  await handler(webhook('rds-failover'));
  expect(server.taken[0].text).toContain('<https://console.example.com/dashboard|Dashboard>');
});

test('an alarm that was just made and finds all well is not told', async () => {
  await handler(webhook('alarm-newly-made'));
  await handler(email('alarm-newly-made'));
  expect(server.taken).toEqual([]);
  expect(sns.calls()).toHaveLength(0);
});

test('a webhook that fails leaves the message in the queue, for longer each time', async () => {
  for (const attempt of [1, 4]) {
    server.plan.push(fails);
    await expect(handler(webhook('alarm-metric', attempt))).rejects.toThrow('the webhook answered with status 500');
  }
  const [[url, first], [, fourth]] = waits();
  expect(url).toBe('https://sqs.eu-south-2.amazonaws.com/111122223333/Alerts-Webhook');
  expect(first).toBeGreaterThanOrEqual(15);
  expect(first).toBeLessThanOrEqual(30);
  expect(fourth).toBeGreaterThanOrEqual(120);
  expect(fourth).toBeLessThanOrEqual(240);
});

test('a webhook that limits is left alone for as long as it asks', async () => {
  server.plan.push(limits('42'));
  await expect(handler(webhook('alarm-metric'))).rejects.toThrow('the webhook answered with status 429');
  expect(waits().map(([, seconds]) => seconds)).toEqual([42]);
});

test('an inbox that fails is tried again too', async () => {
  sns.on(PublishCommand).rejectsOnce(new Error('throttled'));
  await expect(handler(email('alarm-metric'))).rejects.toThrow('throttled');
  expect(waits()).toHaveLength(1);
  await handler(email('alarm-metric', 2));
  expect(sns.commandCalls(PublishCommand)).toHaveLength(2);
});

test('a message whose wait cannot be set still comes back', async () => {
  sqs.on(ChangeMessageVisibilityCommand).rejects(new Error('denied'));
  server.plan.push(fails);
  await expect(handler(webhook('alarm-metric'))).rejects.toThrow('the webhook answered with status 500');
});

test('the address is read once, and again after a failure: it may have been changed for that', async () => {
  await handler(webhook('alarm-metric'));
  await handler(webhook('alarm-metric'));
  expect(secrets.calls()).toHaveLength(1);
  server.plan.push(fails);
  await expect(handler(webhook('alarm-metric'))).rejects.toThrow();
  await handler(webhook('alarm-metric', 2));
  expect(secrets.calls()).toHaveLength(2);
  expect(server.taken).toHaveLength(3);
});

test('a secret without an address is said, without its content', async () => {
  secrets.on(GetSecretValueCommand).resolves({ SecretString: `{"url":"${server.address}"}` });
  await expect(handler(webhook('alarm-metric'))).rejects.toThrow(
    "the webhook's secret does not hold an https address as plain text",
  );
  expect(logged).toContain('does not hold an https address');
});

test('nothing is lost: of twenty messages to a webhook that fails every second time, twenty arrive', async () => {
  const waiting = Array.from({ length: 20 }, () => webhook('alarm-metric'));
  for (let turn = 0; waiting.length > 0; turn++) {
    const event = waiting.shift() as ReturnType<typeof webhook>;
    server.plan.push(...(turn % 2 === 0 ? [fails] : []));
    await handler(event).catch(() => waiting.push(event));
  }
  expect(server.taken).toHaveLength(20);
});

test('logs carry counts and names', async () => {
  await handler(webhook('ses-bounce'));
  expect(JSON.parse(logged)).toEqual({
    level: 'INFO',
    message: 'told',
    channel: 'webhook',
    severity: 'HIGH',
    status: 'EVENT',
  });
});
