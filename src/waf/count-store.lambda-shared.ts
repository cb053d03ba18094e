import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type DynamoDBDocumentClient, PutCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { COUNT_PARTITION_KEY, COUNT_SORT_KEY, COUNT_TTL_ATTRIBUTE } from './log-constants';
import type { OffenceSpec } from './offence-spec';
import type { Counts, WindowCounts } from './tally.lambda-shared';

/** Packed, far below the 400 KB that an item may have. */
const CLIENTS_PER_ITEM = 10_000;
/** Objects come late, but not by days. */
const KEEP_SECONDS = 2 * 86_400;

/**
 * Adds up what many objects say of one window. Each object has items of its own, which it only ever writes whole: doing it again,
 * or going on after half of it, changes nothing. Whoever writes reads the others' afterwards, so of two that run at once the
 * later one sees both. One item holds thousands of clients, so a flood of addresses costs a handful of writes.
 */
export class CountStore {
  constructor(
    private readonly dynamo: DynamoDBDocumentClient,
    private readonly tableName: string,
  ) {}

  /** What all objects counted together, of the clients that this object has. */
  public async addUp(objectId: string, window: WindowCounts): Promise<Counts> {
    const partition = `${identityOf(window.offence)}#${window.start}`;
    const prefix = `${shortHash(objectId)}#`;
    await this.put(partition, prefix, window);
    const sums: Counts = new Map(window.counts);
    const query = {
      TableName: this.tableName,
      ConsistentRead: true,
      KeyConditionExpression: '#window = :window',
      ExpressionAttributeNames: { '#window': COUNT_PARTITION_KEY },
      ExpressionAttributeValues: { ':window': partition },
    };
    for await (const { Items = [] } of paginateQuery({ client: this.dynamo }, query)) {
      for (const item of Items.filter(({ [COUNT_SORT_KEY]: part }) => !String(part).startsWith(prefix))) {
        addTo(sums, unpack(item.counts));
      }
    }
    return sums;
  }

  private async put(partition: string, prefix: string, { offence, start, counts }: WindowCounts): Promise<void> {
    const clients = [...counts];
    for (let at = 0; at < clients.length; at += CLIENTS_PER_ITEM) {
      const Item = {
        [COUNT_PARTITION_KEY]: partition,
        [COUNT_SORT_KEY]: `${prefix}${at}`,
        [COUNT_TTL_ATTRIBUTE]: start + offence.windowSeconds + KEEP_SECONDS,
        counts: gzipSync(JSON.stringify(clients.slice(at, at + CLIENTS_PER_ITEM)), { level: 1 }),
      };
      await this.dynamo.send(new PutCommand({ TableName: this.tableName, Item }));
    }
  }
}

/** Only clients that are there already: the others are the concern of the object that has them. */
function addTo(sums: Counts, counts: readonly (readonly [string, number])[]): void {
  for (const [client, count] of counts) {
    const sum = sums.get(client);
    if (sum !== undefined) {
      sums.set(client, sum + count);
    }
  }
}

function unpack(packed: Uint8Array): [string, number][] {
  return JSON.parse(gunzipSync(packed).toString());
}

/** An offence whose rule changes begins to count anew. */
function identityOf(offence: OffenceSpec): string {
  return shortHash(JSON.stringify(offence));
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}
