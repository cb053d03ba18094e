import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetIPSetCommand, UpdateIPSetCommand, WAFV2Client } from '@aws-sdk/client-wafv2';
import {
  BatchWriteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';

type Item = Record<string, unknown> & { cidr: string; source: string };

/** A table and IP sets in memory, as quick as thousands of operations need; that AWS's are alike is shown against moto. */
export class MemoryWorld {
  public readonly sets = new Map<string, { addresses: string[]; token: number }>();
  public updates = 0;
  private readonly items = new Map<string, Item>();
  private readonly dynamo = mockClient(DynamoDBDocumentClient);
  private readonly waf = mockClient(WAFV2Client);
  private readonly sns = mockClient(SNSClient);

  constructor(ids: readonly string[]) {
    for (const id of ids) {
      this.sets.set(id, { addresses: [], token: 0 });
    }
    this.answerForTable();
    this.answerForSets();
    this.sns.on(PublishCommand).resolves({});
  }

  public get entries(): Item[] {
    return [...this.items.values()];
  }

  public put(item: Item): void {
    this.items.set(keyOf(item), item);
  }

  public delete(key: Pick<Item, 'cidr' | 'source'>): void {
    this.items.delete(keyOf(key));
  }

  public restore(): void {
    this.dynamo.restore();
    this.waf.restore();
    this.sns.restore();
  }

  private answerForTable(): void {
    this.dynamo.on(ScanCommand).callsFake(({ ExpressionAttributeValues: values }) => {
      const items = this.entries.filter(({ source }) => values === undefined || source === values[':source']);
      return { Items: items };
    });
    this.dynamo.on(QueryCommand).callsFake(({ ExpressionAttributeValues: values }) => ({
      Items: this.entries.filter(({ cidr }) => cidr === values[':cidr']),
    }));
    this.dynamo.on(GetCommand).callsFake(({ Key }) => ({ Item: this.items.get(keyOf(Key)) }));
    this.dynamo.on(PutCommand).callsFake(({ Item: item }) => {
      const Attributes = this.items.get(keyOf(item));
      this.put(item);
      return { Attributes };
    });
    this.dynamo.on(BatchWriteCommand).callsFake(({ RequestItems }) => {
      for (const request of Object.values(RequestItems as Record<string, never[]>).flat()) {
        const { PutRequest, DeleteRequest } = request as { PutRequest?: { Item: Item }; DeleteRequest?: { Key: Item } };
        if (PutRequest) {
          this.put(PutRequest.Item);
        } else if (DeleteRequest) {
          this.delete(DeleteRequest.Key);
        }
      }
      return {};
    });
  }

  private answerForSets(): void {
    this.waf.on(GetIPSetCommand).callsFake(({ Id }) => {
      const set = this.sets.get(Id);
      return { IPSet: { Addresses: set?.addresses }, LockToken: String(set?.token) };
    });
    this.waf.on(UpdateIPSetCommand).callsFake(({ Id, LockToken, Addresses }) => {
      const set = this.sets.get(Id);
      if (!set || LockToken !== String(set.token)) {
        throw Object.assign(new Error('stale'), { name: 'WAFOptimisticLockException' });
      }
      this.sets.set(Id, { addresses: Addresses, token: set.token + 1 });
      this.updates++;
      return {};
    });
  }
}

function keyOf({ cidr, source }: Pick<Item, 'cidr' | 'source'>): string {
  return `${cidr} ${source}`;
}
