import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** Whether `pip install "moto[server]"` was run on this machine. */
export const HAS_MOTO = spawnSync('moto_server', ['--help'], { stdio: 'ignore' }).status === 0;

/** moto's DynamoDB, WAF and SNS on the loopback address. It keeps lock tokens and conditions, but checks no addresses. */
export class Moto {
  public static async start(): Promise<Moto> {
    const port = await freePort();
    const server = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
    const moto = new Moto(server, `http://127.0.0.1:${port}`);
    await moto.ready();
    return moto;
  }

  public readonly config: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  public readonly dynamo: DynamoDBDocumentClient;

  private constructor(
    private readonly server: ChildProcess,
    endpoint: string,
  ) {
    this.config = { endpoint, region: 'eu-south-2', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
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

  public async stop(): Promise<void> {
    this.dynamo.destroy();
    this.server.kill();
    await once(this.server, 'exit');
  }

  private async ready(): Promise<void> {
    for (let attempt = 0; attempt < 300; attempt++) {
      const answer = await fetch(`${this.config.endpoint}/moto-api/`).catch(() => undefined);
      if (answer?.ok) {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('moto_server did not start within 30 seconds');
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}
