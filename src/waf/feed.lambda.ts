import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { requireEnv } from '../runtime/env.lambda-shared';
import { log } from '../runtime/logger.lambda-shared';
import { emitMetrics } from '../runtime/metrics.lambda-shared';
import { runFeed } from './feed-run.lambda-shared';
import type { FeedSettings } from './feed-settings';
import * as constants from './ip-constants';

const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient({}));

/** One run of one feed; the schedule says which. A failure is thrown, so that Lambda tries twice more and keeps the event. */
export async function handler(settings: FeedSettings): Promise<void> {
  const dimensions = {
    [constants.IP_ACCESS_DIMENSION]: requireEnv(constants.IP_ACCESS_NAME_ENV),
    [constants.FEED_DIMENSION]: settings.name,
  };
  let failures = 1;
  try {
    const run = await runFeed(settings, {
      dynamo,
      tableName: requireEnv(constants.ENTRY_TABLE_NAME_ENV),
      bounds: JSON.parse(requireEnv(constants.PREFIX_BOUNDS_ENV)),
      nowMs: Date.now(),
    });
    failures = 0;
    log.info('feed taken', { feed: settings.name, ...run });
  } catch (error) {
    log.error('feed not taken, the last good list stays', error, { feed: settings.name });
    throw error;
  } finally {
    emitMetrics(constants.IP_ACCESS_NAMESPACE, dimensions, { [constants.FEED_FAILURES_METRIC]: failures });
  }
}
