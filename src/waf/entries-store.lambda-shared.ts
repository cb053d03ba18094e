import {
  BatchWriteCommand,
  type BatchWriteCommandInput,
  type DynamoDBDocumentClient,
  paginateScan,
} from '@aws-sdk/lib-dynamodb';
import { type Entry, FEED_STATE_KEY, type FeedState } from './entries';

type WriteRequest = NonNullable<BatchWriteCommandInput['RequestItems']>[string][number];

const BATCH = 25;
const ATTEMPTS = 8;

export interface EntryKey {
  readonly cidr: string;
  readonly source: string;
}

/** Waits that double and vary, so that two who collided do not collide again. */
export function backOff(attempt: number, baseMs = 100): Promise<void> {
  const ceiling = Math.min(baseMs * 2 ** attempt, 5_000);
  return new Promise((resolve) => setTimeout(resolve, ceiling / 2 + (Math.random() * ceiling) / 2));
}

/** All of the table, or of one source; read consistently, because a deleted entry must not be blocked again. */
export async function readEntries(
  client: DynamoDBDocumentClient,
  tableName: string,
  source?: string,
): Promise<{ readonly entries: Entry[]; readonly feeds: FeedState[] }> {
  const filter = source && {
    FilterExpression: '#source = :source',
    ExpressionAttributeNames: { '#source': 'source' },
    ExpressionAttributeValues: { ':source': source },
  };
  const entries: Entry[] = [];
  const feeds: FeedState[] = [];
  for await (const page of paginateScan({ client }, { TableName: tableName, ConsistentRead: true, ...filter })) {
    for (const item of page.Items ?? []) {
      if (item.cidr === FEED_STATE_KEY) {
        feeds.push(item as FeedState);
      } else {
        entries.push(item as Entry);
      }
    }
  }
  return { entries, feeds };
}

/** Puts and deletes many items. What DynamoDB leaves unprocessed is sent again; what it never takes is an error. */
export async function writeEntries(
  client: DynamoDBDocumentClient,
  tableName: string,
  puts: readonly Entry[],
  deletes: readonly EntryKey[],
  wait = backOff,
): Promise<void> {
  const requests: WriteRequest[] = [
    ...puts.map((Item) => ({ PutRequest: { Item } })),
    ...deletes.map(({ cidr, source }) => ({ DeleteRequest: { Key: { cidr, source } } })),
  ];
  for (let at = 0; at < requests.length; at += BATCH) {
    let left: WriteRequest[] = requests.slice(at, at + BATCH);
    for (let attempt = 1; left.length > 0; attempt++) {
      const answer = await client.send(new BatchWriteCommand({ RequestItems: { [tableName]: left } }));
      left = answer.UnprocessedItems?.[tableName] ?? [];
      if (left.length > 0 && attempt >= ATTEMPTS) {
        throw new Error(`the table did not take ${left.length} items in ${ATTEMPTS} attempts`);
      }
      if (left.length > 0) {
        await wait(attempt);
      }
    }
  }
}
