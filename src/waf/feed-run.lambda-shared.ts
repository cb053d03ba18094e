import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import {
  type Entry,
  FEED_SOURCE_PREFIX,
  FEED_STATE_KEY,
  type FeedState,
  NEVER_BLOCK,
  type PrefixBounds,
} from './entries';
import { buildEntry, isLive } from './entries.lambda-shared';
import { readEntries, writeEntries } from './entries-store.lambda-shared';
import { type FetchPolicy, fetchDocument, PUBLIC_HTTPS, type Validators } from './feed-fetch.lambda-shared';
import { parseFeed, refusalOf } from './feed-parse.lambda-shared';
import type { FeedSettings } from './feed-settings';

/** A state outlives its entries by this, so that the age of a dead feed goes on being told. */
const STATE_AFTERLIFE_SECONDS = 90 * 86_400;

export interface FeedRun {
  readonly entries: number;
  readonly added: number;
  readonly removed: number;
  /** Whether the server said that the list is the last one. */
  readonly unchanged: boolean;
}

export interface FeedContext {
  readonly dynamo: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly bounds: PrefixBounds;
  readonly nowMs: number;
  /** @default PUBLIC_HTTPS */
  readonly policy?: FetchPolicy;
}

interface List extends Validators {
  readonly cidrs: string[];
  readonly unchanged: boolean;
}

/**
 * Fetches a feed and makes the table's entries of that feed equal to it. Any failure is thrown before the first write, so
 * the last good list stays until its entries expire. New entries come before old ones go: killed half way, it holds too much.
 */
export async function runFeed(settings: FeedSettings, context: FeedContext): Promise<FeedRun> {
  const { dynamo, tableName, nowMs } = context;
  const source = `${FEED_SOURCE_PREFIX}${settings.name}`;
  const nowSeconds = Math.floor(nowMs / 1000);
  const state = await dynamo.send(
    new GetCommand({ TableName: tableName, Key: { cidr: FEED_STATE_KEY, source }, ConsistentRead: true }),
  );
  const { entries: before } = await readEntries(dynamo, tableName, source);
  const list = await fetchList(settings, context, state.Item as FeedState | undefined, before);
  const known = new Map(before.map((entry) => [entry.cidr, entry]));
  const expiresAt = nowSeconds + settings.maximumAgeSeconds;
  const wanted = list.cidrs.map(
    (cidr): Entry =>
      buildEntry({
        cidr,
        source,
        list: settings.list,
        reason: `listed by ${settings.url}`,
        actor: source,
        createdAt: known.get(cidr)?.createdAt ?? new Date(nowMs).toISOString(),
        // What must never be blocked stays so when its feed dies.
        expiresAt: settings.list === NEVER_BLOCK ? undefined : expiresAt,
      }),
  );
  const kept = new Set(list.cidrs);
  const gone = before.filter((entry) => !kept.has(entry.cidr));
  await writeEntries(dynamo, tableName, wanted, gone);
  const next: FeedState = {
    cidr: FEED_STATE_KEY,
    source,
    fetchedAt: nowSeconds,
    count: wanted.length,
    settings: JSON.stringify(settings),
    ...(list.etag ? { etag: list.etag } : {}),
    ...(list.lastModified ? { lastModified: list.lastModified } : {}),
  };
  await dynamo.send(
    new PutCommand({ TableName: tableName, Item: { ...next, expiresAt: expiresAt + STATE_AFTERLIFE_SECONDS } }),
  );
  return {
    entries: wanted.length,
    added: wanted.filter(({ cidr }) => !known.has(cidr)).length,
    removed: gone.length,
    unchanged: list.unchanged,
  };
}

/** The server may answer "not modified" only while the table holds the whole of what it last sent, read the same way. */
async function fetchList(
  settings: FeedSettings,
  { bounds, nowMs, policy = PUBLIC_HTTPS }: FeedContext,
  state: FeedState | undefined,
  before: readonly Entry[],
): Promise<List> {
  const nowSeconds = Math.floor(nowMs / 1000);
  const held = before.filter((entry) => isLive(entry, nowSeconds)).map(({ cidr }) => cidr);
  const isWhole = state?.settings === JSON.stringify(settings) && state.count === held.length;
  const { body, ...validators } = await fetchDocument(settings.url, isWhole ? state : {}, policy);
  if (!body) {
    return { cidrs: held, unchanged: true, ...validators };
  }
  const parsed = await parseFeed(body, settings, bounds);
  const refusal = refusalOf(parsed, settings, state, nowSeconds);
  if (refusal) {
    throw new Error(`the list is refused: ${refusal}`);
  }
  return { cidrs: parsed.cidrs, unchanged: false, ...validators };
}
