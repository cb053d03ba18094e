import * as fs from 'node:fs';
import * as path from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { LocalPlatform } from '../local-platform';
import { waitFor } from './wait';

const EVENTS = path.join(__dirname, '..', '..', 'fixtures', 'events', 'ses');

/** Publishes an event as SES does, and gives the line that the audit has of it. */
export async function mailEvent(local: LocalPlatform, fixture: string): Promise<Record<string, string>> {
  const { mail } = local.platform.mail;
  const config = local.emulator.clientConfig('eu-west-1');
  const Message = fs.readFileSync(path.join(EVENTS, fixture), 'utf8');
  await new SNSClient(config).send(new PublishCommand({ TopicArn: await local.physicalId(mail.events), Message }));
  const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient(config));
  const TableName = await local.physicalId(mail.auditTable);
  return waitFor('the audit of the mail event', async () => {
    const { Items } = await dynamo.send(new ScanCommand({ TableName }));
    return Items?.[0] as Record<string, string> | undefined;
  });
}
