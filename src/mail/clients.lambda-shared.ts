import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { requireEnv } from '../runtime/env.lambda-shared';
import { SuppressionAudit } from './audit.lambda-shared';
import * as constants from './constants';

export const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient({}));
/** SES takes few changes of its list a second, so a burst of bounces is met with patience. */
export const ses = new SESv2Client({ maxAttempts: 8 });

/** The audit that the function's environment tells of. */
export function suppressionAudit(): SuppressionAudit {
  const days = Number(requireEnv(constants.AUDIT_DAYS_ENV));
  return new SuppressionAudit(dynamo, ses, requireEnv(constants.AUDIT_TABLE_ENV), days);
}

export function mailDimensions(): Record<string, string> {
  return { [constants.MAIL_DIMENSION]: requireEnv(constants.MAIL_NAME_ENV) };
}
