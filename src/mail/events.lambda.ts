import type { SNSEvent } from 'aws-lambda';
import { log } from '../runtime/logger.lambda-shared';
import { emitMetrics } from '../runtime/metrics.lambda-shared';
import { mailDimensions, suppressionAudit } from './clients.lambda-shared';
import * as constants from './constants';
import { parseMailEvent } from './mail-event.lambda-shared';

/** Events of SES become history and suppression. A message that cannot be read is thrown, and ends where people look. */
export async function handler({ Records }: SNSEvent): Promise<void> {
  const audit = suppressionAudit();
  let suppressed = 0;
  for (const { Sns } of Records) {
    const parsed = parseMailEvent(Sns.Message);
    if ('problem' in parsed) {
      throw new Error(`message ${Sns.MessageId}: ${parsed.problem}`);
    }
    for (const incident of parsed.incidents) {
      suppressed += (await audit.take(incident)).suppressed ? 1 : 0;
    }
    const [first] = parsed.incidents;
    log.info('event taken', { type: first?.event, reason: first?.reason, recipients: parsed.incidents.length });
  }
  if (suppressed > 0) {
    emitMetrics(constants.MAIL_NAMESPACE, mailDimensions(), { [constants.SUPPRESSED_METRIC]: suppressed });
  }
}
