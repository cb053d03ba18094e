import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { type Scope, WAFV2Client } from '@aws-sdk/client-wafv2';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { requireEnv } from '../runtime/env.lambda-shared';
import { log } from '../runtime/logger.lambda-shared';
import { emitMetrics } from '../runtime/metrics.lambda-shared';
import type { FeedState } from './entries';
import { readEntries } from './entries-store.lambda-shared';
import * as constants from './ip-constants';
import { planSets } from './reconcile.lambda-shared';
import { bringAllUpToDate, type IpSetTarget } from './reconcile-sets.lambda-shared';

const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const sns = new SNSClient({});
const waf: Record<Scope, WAFV2Client> = {
  REGIONAL: new WAFV2Client({ maxAttempts: 8 }),
  // The API of CLOUDFRONT sets lives in us-east-1 only.
  CLOUDFRONT: new WAFV2Client({ region: 'us-east-1', maxAttempts: 8 }),
};

/** Makes the IP sets equal to the table. Why it was woken does not matter, so a lost or repeated event does no harm. */
export async function handler(): Promise<void> {
  const targets: IpSetTarget[] = JSON.parse(requireEnv(constants.IP_SETS_ENV));
  const nowSeconds = Math.floor(Date.now() / 1000);
  const { entries, feeds } = await readEntries(dynamo, requireEnv(constants.ENTRY_TABLE_NAME_ENV));
  const neverBlock: string[] = JSON.parse(requireEnv(constants.NEVER_BLOCK_ENV));
  const plan = planSets(entries, { neverBlock, nowSeconds, capacity: constants.IP_SET_CAPACITY });
  const cut = plan.sets.reduce((sum, set) => sum + set.cut, 0);
  if (cut > 0 || plan.invalid > 0) {
    log.warn('entries left out', { cut, invalid: plan.invalid });
  }

  const { changes, failed } = await bringAllUpToDate(waf, targets, plan.sets);
  emitMetrics(constants.IP_ACCESS_NAMESPACE, dimensions(), {
    [constants.LIVE_ENTRIES_METRIC]: plan.live,
    [constants.CUT_ENTRIES_METRIC]: cut,
    [constants.CHANGED_SETS_METRIC]: changes.length,
    [constants.FAILED_SETS_METRIC]: failed,
  });
  reportAges(feeds, nowSeconds);
  await tell(changes);
  if (failed > 0) {
    throw new Error(`${failed} of ${targets.length} IP sets could not be brought up to date`);
  }
}

function reportAges(feeds: readonly FeedState[], nowSeconds: number): void {
  for (const { source, fetchedAt, count } of feeds) {
    const of = { ...dimensions(), [constants.FEED_DIMENSION]: source.slice(source.indexOf(':') + 1) };
    emitMetrics(constants.IP_ACCESS_NAMESPACE, of, { [constants.FEED_AGE_METRIC]: nowSeconds - fetchedAt }, 'Seconds');
    emitMetrics(constants.IP_ACCESS_NAMESPACE, of, { [constants.FEED_ENTRIES_METRIC]: count });
  }
}

/** The sets are changed already, and the log says so: a message that does not leave is no reason to fail. */
async function tell(changes: readonly string[]): Promise<void> {
  if (changes.length > 0) {
    const message = { TopicArn: requireEnv(constants.CHANGE_TOPIC_ENV), Subject: 'IP access changed' };
    await sns
      .send(new PublishCommand({ ...message, Message: changes.join('\n') }))
      .catch((error) => log.error('message not sent', error, { changes: changes.length }));
  }
}

function dimensions(): Record<string, string> {
  return { [constants.IP_ACCESS_DIMENSION]: requireEnv(constants.IP_ACCESS_NAME_ENV) };
}
