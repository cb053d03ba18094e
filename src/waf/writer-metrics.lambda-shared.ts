import { requireEnv } from '../runtime/env.lambda-shared';
import { emitMetrics } from '../runtime/metrics.lambda-shared';
import type { FeedState } from './entries';
import * as constants from './ip-constants';

export interface RunFigures {
  readonly live: number;
  readonly cut: number;
  readonly changed: number;
  readonly failed: number;
}

/** What one run of the writer found and did. The alarm on silence counts these. */
export function reportRun({ live, cut, changed, failed }: RunFigures): void {
  emitMetrics(constants.IP_ACCESS_NAMESPACE, dimensions(), {
    [constants.LIVE_ENTRIES_METRIC]: live,
    [constants.CUT_ENTRIES_METRIC]: cut,
    [constants.CHANGED_SETS_METRIC]: changed,
    [constants.FAILED_SETS_METRIC]: failed,
  });
}

/** The writer runs more often than feeds and whether they work or not, so it tells their age. */
export function reportFeeds(feeds: readonly FeedState[], nowSeconds: number): void {
  for (const { source, fetchedAt, count } of feeds) {
    const of = { ...dimensions(), [constants.FEED_DIMENSION]: source.slice(source.indexOf(':') + 1) };
    emitMetrics(constants.IP_ACCESS_NAMESPACE, of, { [constants.FEED_AGE_METRIC]: nowSeconds - fetchedAt }, 'Seconds');
    emitMetrics(constants.IP_ACCESS_NAMESPACE, of, { [constants.FEED_ENTRIES_METRIC]: count });
  }
}

function dimensions(): Record<string, string> {
  return { [constants.IP_ACCESS_DIMENSION]: requireEnv(constants.IP_ACCESS_NAME_ENV) };
}
