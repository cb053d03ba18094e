import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { type Entry, FEED_SOURCE_PREFIX, FEED_STATE_KEY, type FeedState } from './entries';
import { buildEntry } from './entries.lambda-shared';
import { readEntries, writeEntries } from './entries-store.lambda-shared';
import { type FetchPolicy, fetchDocument, PUBLIC_HTTPS } from './feed-fetch.lambda-shared';
import { parseFeed, refusalOf } from './feed-parse.lambda-shared';
import type { FeedSettings } from './feed-settings';

/** A state outlives its entries by this, so that the age of a dead feed goes on being told. */
const STATE_AFTERLIFE_SECONDS = 90 * 86_400;

export interface FeedRun {
  readonly entries: number;
  readonly added: number;
  readonly removed: number;
}

/**
 * Fetches a feed and makes the table's entries of that feed equal to it. Any failure is thrown before the first write, so
 * the last good list stays until its entries expire. New entries come before old ones go: killed half way, it holds too much.
 */
export async function runFeed(
  settings: FeedSettings,
  dynamo: DynamoDBDocumentClient,
  tableName: string,
  nowMs: number,
  policy: FetchPolicy = PUBLIC_HTTPS,
): Promise<FeedRun> {
  const source = `${FEED_SOURCE_PREFIX}${settings.name}`;
  const nowSeconds = Math.floor(nowMs / 1000);
  const parsed = await parseFeed(fetchDocument(settings.url, policy), settings);
  const key = { cidr: FEED_STATE_KEY, source };
  const state = await dynamo.send(new GetCommand({ TableName: tableName, Key: key, ConsistentRead: true }));
  const refusal = refusalOf(parsed, settings, state.Item as FeedState | undefined, nowSeconds);
  if (refusal) {
    throw new Error(`the list is refused: ${refusal}`);
  }
  const { entries: before } = await readEntries(dynamo, tableName, source);
  const known = new Map(before.map((entry) => [entry.cidr, entry]));
  const expiresAt = nowSeconds + settings.maximumAgeSeconds;
  const wanted = parsed.cidrs.map(
    (cidr): Entry =>
      buildEntry({
        cidr,
        source,
        list: settings.list,
        reason: `listed by ${settings.url}`,
        actor: source,
        createdAt: known.get(cidr)?.createdAt ?? new Date(nowMs).toISOString(),
        expiresAt,
      }),
  );
  const kept = new Set(parsed.cidrs);
  const gone = before.filter((entry) => !kept.has(entry.cidr));
  await writeEntries(dynamo, tableName, wanted, gone);
  const next: FeedState = { cidr: FEED_STATE_KEY, source, fetchedAt: nowSeconds, count: wanted.length };
  await dynamo.send(
    new PutCommand({ TableName: tableName, Item: { ...next, expiresAt: expiresAt + STATE_AFTERLIFE_SECONDS } }),
  );
  return {
    entries: wanted.length,
    added: wanted.filter(({ cidr }) => !known.has(cidr)).length,
    removed: gone.length,
  };
}
