import * as fs from 'node:fs';
import * as path from 'node:path';
import type { SQSEvent } from 'aws-lambda';
import type { TopicMeaning } from '../../src/monitoring/constants';

const EVENTS = path.join(__dirname, '..', 'fixtures', 'events', 'alerts');
const TOPIC = 'arn:aws:sns:eu-south-2:111122223333:Alerts-MEDIUM';
const CHANGES = 'arn:aws:sns:eu-south-2:111122223333:IpAccess-Changes';

/** What the construct tells the notifier about its topics. */
export const MEANINGS: TopicMeaning[] = [
  { topic: TOPIC, severity: 'MEDIUM' },
  {
    topic: CHANGES,
    severity: 'LOW',
    what: 'Addresses were blocked or freed',
    runbook: 'https://runbook.example.com/#ip-changed',
  },
];

/** Names of what services send, by file. */
export const EVENT_NAMES = fs.readdirSync(EVENTS).map((file) => path.parse(file).name);

/** What a service sends, as it arrives in a queue: EventBridge's by a rule of `addEvent`, all in the envelope of SNS. */
export function bodyOf(name: string): string {
  const file = fs.readdirSync(EVENTS).find((candidate) => path.parse(candidate).name === name) as string;
  const text = fs.readFileSync(path.join(EVENTS, file), 'utf8');
  const content = file.endsWith('.json') ? JSON.parse(text) : undefined;
  const message = content?.['detail-type'] ? wrapped(content) : text;
  return envelopeOf(message, name === 'ip-access-changed' ? CHANGES : TOPIC);
}

export function envelopeOf(Message: string, TopicArn = TOPIC): string {
  return JSON.stringify({
    Type: 'Notification',
    MessageId: '5a5a5a5a-1111-2222-3333-444455556666',
    TopicArn,
    Message,
    Timestamp: '2026-11-24T10:21:08.000Z',
    UnsubscribeURL: 'https://sns.eu-south-2.amazonaws.com/?Action=Unsubscribe',
  });
}

export function sqsEvent(body: string, queue: string, attempt = 1): SQSEvent {
  return {
    Records: [
      {
        messageId: '1',
        receiptHandle: 'receipt-of-1',
        body,
        eventSource: 'aws:sqs',
        eventSourceARN: `arn:aws:sqs:eu-south-2:111122223333:${queue}`,
        awsRegion: 'eu-south-2',
        md5OfBody: '',
        messageAttributes: {},
        attributes: {
          ApproximateReceiveCount: String(attempt),
          SentTimestamp: '1790000000000',
          SenderId: 'AIDA',
          ApproximateFirstReceiveTimestamp: '1790000000000',
        },
      },
    ],
  };
}

function wrapped(event: Record<string, unknown>): string {
  return JSON.stringify({
    severity: 'HIGH',
    what: `What ${event.source} means`,
    runbook: 'https://runbook.example.com/#some-event',
    event,
  });
}
