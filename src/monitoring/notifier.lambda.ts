import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { requireEnv } from '../runtime/env.lambda-shared';
import { log } from '../runtime/logger.lambda-shared';
import * as constants from './constants';
import { callWebhook, sendEmail } from './deliver.lambda-shared';
import type { OperatorMessage } from './message.lambda-shared';
import { readMessage } from './read.lambda-shared';
import { secondsUntilRetry } from './retry.lambda-shared';
import { WebhookRefused } from './webhook.lambda-shared';

// A queue's URL is what it is called by, in every partition and on an emulator.
const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });

/** Delivers one message by the channel whose queue it comes from. A failure leaves it in the queue, for later. */
export async function handler(event: SQSEvent): Promise<void> {
  const meanings = JSON.parse(requireEnv(constants.TOPICS_ENV));
  for (const record of event.Records) {
    const channel = channelOf(record);
    const message = withDashboard(readMessage(record.body, meanings));
    if (!message) {
      log.info('nothing to tell', { channel: channel.name });
      continue;
    }
    try {
      await channel.send(message);
      log.info('told', { channel: channel.name, severity: message.severity, status: message.status });
    } catch (error) {
      await postpone(record, channel.queueUrl, error);
      throw error;
    }
  }
}

interface Channel {
  readonly name: string;
  readonly queueUrl: string;
  readonly send: (message: OperatorMessage) => Promise<void>;
}

function channelOf(record: SQSRecord): Channel {
  const email = process.env[constants.EMAIL_QUEUE_URL_ENV] ?? '';
  const isEmail = record.eventSourceARN.split(':').pop() === email.split('/').pop();
  return isEmail
    ? { name: 'email', queueUrl: email, send: sendEmail }
    : { name: 'webhook', queueUrl: requireEnv(constants.WEBHOOK_QUEUE_URL_ENV), send: callWebhook };
}

function withDashboard(message: OperatorMessage | undefined): OperatorMessage | undefined {
  const url = process.env[constants.DASHBOARD_ENV];
  return message && url ? { ...message, links: { ...message.links, Dashboard: url } } : message;
}

/** If this fails too, the message comes back by the queue's own time. */
async function postpone(record: SQSRecord, queueUrl: string, error: unknown): Promise<void> {
  const attempt = Number(record.attributes.ApproximateReceiveCount);
  const asked = error instanceof WebhookRefused ? error.retryAfter : undefined;
  const seconds = secondsUntilRetry(attempt, asked);
  log.error('message not delivered', error, { attempt, nextAttemptInSeconds: seconds });
  await sqs
    .send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: queueUrl,
        ReceiptHandle: record.receiptHandle,
        VisibilityTimeout: seconds,
      }),
    )
    .catch((failure) => log.error('wait not set', failure));
}
