import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { type Scope, WAFV2Client } from '@aws-sdk/client-wafv2';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { requireEnv } from '../runtime/env.lambda-shared';
import { log } from '../runtime/logger.lambda-shared';
import { changesOf, logLinesOf, messageLinesOf, type StreamRecord } from './change-log.lambda-shared';
import { readEntries } from './entries-store.lambda-shared';
import * as constants from './ip-constants';
import { planSets } from './reconcile.lambda-shared';
import { bringAllUpToDate, type IpSetTarget } from './reconcile-sets.lambda-shared';
import { reportFeeds, reportRun } from './writer-metrics.lambda-shared';

const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const sns = new SNSClient({});
const waf: Record<Scope, WAFV2Client> = {
  REGIONAL: new WAFV2Client({ maxAttempts: 8 }),
  // The API of CLOUDFRONT sets lives in us-east-1 only.
  CLOUDFRONT: new WAFV2Client({ region: 'us-east-1', maxAttempts: 8 }),
};

interface WriterEvent {
  /** Of the table's stream; a call by schedule has none. */
  readonly Records?: StreamRecord[];
  /** Of a person who wants to see what would change. */
  readonly dryRun?: boolean;
}

/** Makes the IP sets equal to the table. What woke it is only logged, so a lost or repeated event does no harm. */
export async function handler(event: WriterEvent): Promise<{ readonly changes: string[] }> {
  const targets: IpSetTarget[] = JSON.parse(requireEnv(constants.IP_SETS_ENV));
  const dryRun = event.dryRun === true || requireEnv(constants.DRY_RUN_ENV) === 'true';
  const causes = changesOf(event.Records ?? []);
  for (const line of logLinesOf(causes)) {
    log.info('entries', line);
  }
  const nowSeconds = Math.floor(Date.now() / 1000);
  const { entries, feeds } = await readEntries(dynamo, requireEnv(constants.ENTRY_TABLE_NAME_ENV));
  const plan = planSets(entries, {
    neverBlock: JSON.parse(requireEnv(constants.NEVER_BLOCK_ENV)),
    bounds: JSON.parse(requireEnv(constants.PREFIX_BOUNDS_ENV)),
    nowSeconds,
    capacity: constants.IP_SET_CAPACITY,
  });
  const cut = plan.sets.reduce((sum, set) => sum + set.cut, 0);
  if (cut > 0 || plan.invalid > 0) {
    log.warn('entries left out', { cut, invalid: plan.invalid });
  }

  const { changes, failed } = await bringAllUpToDate(waf, targets, plan.sets, { dryRun });
  const changed = dryRun ? 0 : changes.length;
  reportRun({ live: plan.live, cut, changed, failed });
  reportFeeds(feeds, nowSeconds);
  if (changed > 0) {
    await tell([...changes, '', ...messageLinesOf(causes)]);
  }
  if (failed > 0) {
    throw new Error(`${failed} of ${targets.length} IP sets could not be brought up to date`);
  }
  return { changes };
}

/** The sets are changed already, and the log says so: a message that does not leave is no reason to fail. */
async function tell(lines: readonly string[]): Promise<void> {
  const message = { TopicArn: requireEnv(constants.CHANGE_TOPIC_ENV), Subject: 'IP access changed' };
  await sns
    .send(new PublishCommand({ ...message, Message: lines.join('\n').trim() }))
    .catch((error) => log.error('message not sent', error, { lines: lines.length }));
}
