import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { requireEnv } from '../runtime/env.lambda-shared';
import * as constants from './constants';
import type { OperatorMessage } from './message.lambda-shared';
import { chatOf, jsonOf, subjectOf, textOf } from './render.lambda-shared';
import { post } from './webhook.lambda-shared';

const sns = new SNSClient({});
const secrets = new SecretsManagerClient({});
const ADDRESS_LIFE_MS = 5 * 60_000;
let known: { readonly address: string; readonly until: number } | undefined;

export async function sendEmail(message: OperatorMessage): Promise<void> {
  await sns.send(
    new PublishCommand({
      TopicArn: requireEnv(constants.EMAIL_TOPIC_ENV),
      Subject: subjectOf(message),
      Message: textOf(message, requireEnv(constants.TIME_ZONE_ENV)),
    }),
  );
}

export async function callWebhook(message: OperatorMessage): Promise<void> {
  const isChat = requireEnv(constants.WEBHOOK_FORMAT_ENV) === 'CHAT';
  const body = isChat ? chatOf(message, requireEnv(constants.TIME_ZONE_ENV)) : jsonOf(message);
  try {
    await post(await webhookAddress(), body, constants.WEBHOOK_TIMEOUT_SECONDS * 1000);
  } catch (error) {
    // The address may have been changed because it no longer works.
    known = undefined;
    throw error;
  }
}

async function webhookAddress(): Promise<string> {
  if (!known || known.until < Date.now()) {
    const { SecretString } = await secrets.send(
      new GetSecretValueCommand({ SecretId: requireEnv(constants.WEBHOOK_SECRET_ENV) }),
    );
    known = { address: SecretString ?? '', until: Date.now() + ADDRESS_LIFE_MS };
  }
  return known.address;
}
