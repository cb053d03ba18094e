import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { MotoServer } from '../support/moto';

/** DynamoDB, WAF and SNS of moto. It keeps lock tokens and conditions, but checks no addresses. */
export class Moto {
  public static async start(): Promise<Moto> {
    return new Moto(await MotoServer.start());
  }

  public readonly config: MotoServer['config'];
  public readonly environment: MotoServer['environment'];
  public readonly dynamo: DynamoDBDocumentClient;

  private constructor(private readonly server: MotoServer) {
    this.config = server.config;
    this.environment = server.environment;
    this.dynamo = DynamoDBDocumentClient.from(new DynamoDBClient(this.config));
  }

  /** A table of entries, empty. */
  public async newTable(name: string): Promise<string> {
    await this.dynamo.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'cidr', KeyType: 'HASH' },
          { AttributeName: 'source', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'cidr', AttributeType: 'S' },
          { AttributeName: 'source', AttributeType: 'S' },
        ],
      }),
    );
    return name;
  }

  /** A table of counts, empty. */
  public async newCountTable(name: string): Promise<string> {
    await this.dynamo.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'window', KeyType: 'HASH' },
          { AttributeName: 'part', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'window', AttributeType: 'S' },
          { AttributeName: 'part', AttributeType: 'S' },
        ],
      }),
    );
    return name;
  }

  public async stop(): Promise<void> {
    this.dynamo.destroy();
    await this.server.stop();
  }
}
