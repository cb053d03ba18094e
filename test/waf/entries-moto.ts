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
  public newTable(name: string): Promise<string> {
    return this.createTable(name, 'cidr', 'source');
  }

  /** A table of counts, empty. */
  public newCountTable(name: string): Promise<string> {
    return this.createTable(name, 'window', 'part');
  }

  public async stop(): Promise<void> {
    this.dynamo.destroy();
    await this.server.stop();
  }

  private async createTable(TableName: string, ...keys: [partition: string, sort: string]): Promise<string> {
    await this.dynamo.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: keys.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
        AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      }),
    );
    return TableName;
  }
}
