import * as fs from 'node:fs';
import * as path from 'node:path';
import type { SNSEvent } from 'aws-lambda';

const FOLDER = path.join(__dirname, '../fixtures/events/ses');

/** Text of an event as SES publishes it. */
export function sesEvent(name: string): string {
  return fs.readFileSync(path.join(FOLDER, `${name}.json`), 'utf8');
}

/** The event types of SES, as the files' contents name them. */
export function sesEventTypes(): string[] {
  const types = fs
    .readdirSync(FOLDER)
    .map((file) => JSON.parse(fs.readFileSync(path.join(FOLDER, file), 'utf8')).eventType);
  return [...new Set<string>(types)].sort();
}

/** What Lambda is given of messages that a topic delivers. */
export function snsEvent(...messages: string[]): SNSEvent {
  const records = messages.map((Message, index) => ({ Sns: { Message, MessageId: `message-${index}` } }));
  return { Records: records } as SNSEvent;
}
