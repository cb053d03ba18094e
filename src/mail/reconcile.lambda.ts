import { requireEnv } from '../runtime/env.lambda-shared';
import { log } from '../runtime/logger.lambda-shared';
import { emitMetrics } from '../runtime/metrics.lambda-shared';
import { dynamo, mailDimensions, ses, suppressionAudit } from './clients.lambda-shared';
import * as constants from './constants';
import { reconcile } from './reconcile.lambda-shared';

/** Once a day: the states of the table against SES's own list. */
export async function handler(): Promise<void> {
  const table = requireEnv(constants.AUDIT_TABLE_ENV);
  const { found, missing } = await reconcile({ dynamo, ses }, table, suppressionAudit(), new Date().toISOString());
  log.info('suppression list compared', { found, missing });
  emitMetrics(constants.MAIL_NAMESPACE, mailDimensions(), { [constants.DRIFT_METRIC]: found + missing });
}
