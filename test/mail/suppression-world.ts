import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { SuppressionAudit } from '../../src/mail/audit.lambda-shared';
import { MotoServer } from '../support/moto';
import { SesServer } from './ses-server';

/** An audit table of moto beside a suppression list, and the environment by which functions find both. */
export class SuppressionWorld {
  public static async start(): Promise<SuppressionWorld> {
    return new SuppressionWorld(await MotoServer.start(), await SesServer.start());
  }

  public readonly dynamo: DynamoDBDocumentClient;
  public readonly client: SESv2Client;
  public table = '';
  private tables = 0;

  private constructor(
    private readonly moto: MotoServer,
    public readonly ses: SesServer,
  ) {
    this.dynamo = DynamoDBDocumentClient.from(new DynamoDBClient(moto.config));
    this.client = new SESv2Client({ ...moto.config, endpoint: ses.url });
  }

  public get audit(): SuppressionAudit {
    return new SuppressionAudit(this.dynamo, this.client, this.table, 400);
  }

  /** Forgets everything. */
  public async reset(): Promise<void> {
    this.table = `audit-${this.tables++}`;
    await this.dynamo.send(
      new CreateTableCommand({
        TableName: this.table,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'address', KeyType: 'HASH' },
          { AttributeName: 'entry', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'address', AttributeType: 'S' },
          { AttributeName: 'entry', AttributeType: 'S' },
        ],
      }),
    );
    this.ses.list.clear();
    this.ses.throttled = 0;
    this.ses.broken = false;
    Object.assign(process.env, {
      AWS_REGION: this.moto.config.region,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_DYNAMODB: this.moto.config.endpoint,
      AWS_ENDPOINT_URL_SESV2: this.ses.url,
      AUDIT_TABLE_NAME: this.table,
      AUDIT_RETENTION_DAYS: '400',
      MAIL_NAME: 'Test',
    });
  }

  /** `entry action actor reason` of an address, the oldest first, the state last. */
  public async history(address: string): Promise<string[]> {
    const items = await this.items(address);
    return items.map(({ entry, event, action, state, actor, reason }) =>
      entry === 'STATE' ? `is ${state} by ${actor}: ${reason}` : `${event} ${action} by ${actor}: ${reason}`,
    );
  }

  // biome-ignore lint/suspicious/noExplicitAny: items are free JSON
  public async items(address: string): Promise<Record<string, any>[]> {
    const { Items } = await this.dynamo.send(
      new QueryCommand({
        TableName: this.table,
        KeyConditionExpression: 'address = :address',
        ExpressionAttributeValues: { ':address': address },
      }),
    );
    return Items ?? [];
  }

  public async stop(): Promise<void> {
    this.dynamo.destroy();
    this.client.destroy();
    await Promise.all([this.ses.stop(), this.moto.stop()]);
  }
}
