import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { type Entry, type EntryList, FEED_STATE_KEY } from './entries';
import { isLive } from './entries.lambda-shared';
import type { EntryKey } from './entries-store.lambda-shared';

export type { EntryKey } from './entries-store.lambda-shared';

/** Pages of the table, of 1 MB each, that one call reads; a rare entry is then found by the next call. */
const TABLE_PAGES = 8;

export interface PageRequest {
  readonly list?: EntryList;
  /** Beginning of the source. */
  readonly source: string;
  readonly limit: number;
  readonly after?: EntryKey;
}

export interface EntryPage {
  readonly entries: Entry[];
  readonly next?: string;
}

export async function readPage(
  dynamo: DynamoDBDocumentClient,
  tableName: string,
  { list, source, limit, after }: PageRequest,
  nowSeconds: number,
): Promise<EntryPage> {
  const isWanted = (entry: Entry) =>
    entry.cidr !== FEED_STATE_KEY &&
    isLive(entry, nowSeconds) &&
    (list === undefined || entry.list === list) &&
    entry.source.startsWith(source);
  const entries: Entry[] = [];
  let start: EntryKey | undefined = after;
  for (let page = 0; page < TABLE_PAGES; page++) {
    const { Items = [], LastEvaluatedKey } = await dynamo.send(
      new ScanCommand({ TableName: tableName, ConsistentRead: true, ExclusiveStartKey: start && { ...start } }),
    );
    for (const entry of Items as Entry[]) {
      if (isWanted(entry)) {
        entries.push(entry);
        if (entries.length === limit) {
          return { entries, next: pageToken(entry) };
        }
      }
    }
    start = LastEvaluatedKey as EntryKey | undefined;
    if (!start) {
      return { entries };
    }
  }
  return { entries, ...(start ? { next: pageToken(start) } : {}) };
}

export function pageToken({ cidr, source }: EntryKey): string {
  return Buffer.from(JSON.stringify([cidr, source])).toString('base64url');
}

/** The key that a token holds; whatever a caller made up holds none. */
export function readPageToken(token: string): EntryKey | undefined {
  try {
    const [cidr, source, ...rest]: unknown[] = JSON.parse(Buffer.from(token, 'base64url').toString());
    const isKey = typeof cidr === 'string' && typeof source === 'string' && rest.length === 0;
    return isKey && cidr !== '' && source !== '' ? { cidr, source } : undefined;
  } catch {
    return undefined;
  }
}
