import * as fs from 'node:fs';
import * as path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  type StackResource,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CopyObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Offence } from '../../src/waf/offence';
import { PlatformWebAcl } from '../../src/waf/platform-web-acl';
import { WafLogAnalytics } from '../../src/waf/waf-log-analytics';
import type { WafLogDelivery } from '../../src/waf/waf-log-delivery';
import { CdkCli } from '../local/cdk-cli';
import { ACCOUNT, Emulator } from '../local/emulator/launcher';
import { SPAIN } from '../support/stacks';
import { TrinoServer } from './trino-server';

const REGION = SPAIN.region as string;

/** Log analytics in one stack, deployed to an emulator by the CDK CLI, with Trino reading their tables. */
export class WafLogDeployment {
  /** Deploys an analytics for each delivery, by the name of its construct. */
  public static async start(
    folder: string,
    deliveries: Readonly<Record<string, WafLogDelivery>>,
  ): Promise<WafLogDeployment> {
    fs.mkdirSync(folder, { recursive: true });
    const app = new App({ outdir: path.join(folder, 'cdk.out') });
    const stack = new Stack(app, 'Test', { env: SPAIN });
    const analytics = Object.entries(deliveries).map(
      ([id, delivery]) =>
        new WafLogAnalytics(stack, id, {
          webAcl: new PlatformWebAcl(stack, `${id}WebAcl`),
          delivery,
          directHosts: ['*'],
          offences: [Offence.blockedRequests({ threshold: 100, window: Duration.minutes(5) })],
        }),
    );
    app.synth();
    const emulator = await Emulator.start({ folder });
    const cli = new CdkCli(emulator, path.join(folder, 'cdk.out'));
    for (const { code, output } of [await cli.bootstrap(REGION), await cli.deploy()]) {
      if (code !== 0) {
        await emulator.stop();
        throw new Error(`the CDK CLI ended with ${code}:\n${output.slice(-3000)}`);
      }
    }
    const trino = await TrinoServer.start({
      folder,
      endpoint: emulator.endpoint,
      region: REGION,
      account: ACCOUNT,
    }).catch(async (error) => {
      await emulator.stop();
      throw error;
    });
    const client = new CloudFormationClient(emulator.clientConfig(REGION));
    const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName: 'Test' }));
    return new WafLogDeployment(emulator, trino, analytics, StackResources);
  }

  private constructor(
    private readonly emulator: Emulator,
    public readonly trino: TrinoServer,
    private readonly analytics: readonly WafLogAnalytics[],
    private readonly resources: readonly StackResource[],
  ) {}

  public log(id: string): DeployedWafLog {
    return new DeployedWafLog(this, this.analytics.find(({ node }) => node.id === id) as WafLogAnalytics);
  }

  public physicalId(type: string, prefix: string): string {
    const found = this.resources.find(
      ({ LogicalResourceId, ResourceType }) => ResourceType === type && LogicalResourceId?.startsWith(prefix),
    );
    return found?.PhysicalResourceId as string;
  }

  public get clientConfig() {
    return this.emulator.clientConfig(REGION);
  }

  public async stop(): Promise<void> {
    await this.trino.stop();
    await this.emulator.stop();
    fs.rmSync(this.emulator.folder, { recursive: true, force: true });
  }
}

/** One of the analytics. */
export class DeployedWafLog {
  public readonly bucket: string;
  private readonly s3: S3Client;

  constructor(
    private readonly deployment: WafLogDeployment,
    public readonly wafLogs: WafLogAnalytics,
  ) {
    this.bucket = this.physicalId('AWS::S3::Bucket', 'Log');
    this.s3 = new S3Client({ ...this.clientConfig, forcePathStyle: true });
  }

  /** Sends records as WAF does. */
  public async put(lines: readonly string[]): Promise<void> {
    if (this.wafLogs.deliveryStreamName) {
      await this.putToStream(lines, this.wafLogs.deliveryStreamName);
    } else {
      await this.deliver(lines);
    }
  }

  private async putToStream(lines: readonly string[], DeliveryStreamName: string): Promise<void> {
    const firehose = new FirehoseClient(this.clientConfig);
    for (let at = 0; at < lines.length; at += 500) {
      const Records = lines.slice(at, at + 500).map((line) => ({ Data: Buffer.from(`${line}\n`) }));
      const answer = await firehose.send(new PutRecordBatchCommand({ DeliveryStreamName, Records }));
      if (answer.FailedPutCount !== 0) {
        throw new Error(`${answer.FailedPutCount} records were refused`);
      }
    }
  }

  /**
   * One object, named as WAF names what it delivers itself.
   * @see https://docs.aws.amazon.com/waf/latest/developerguide/logging-s3.html
   */
  private async deliver(lines: readonly string[]): Promise<void> {
    const start = new Date(Math.floor(Date.now() / 300_000) * 300_000).toISOString();
    const folder = start.slice(0, 16).replace(/[-T:]/g, '/');
    const time = `${start.slice(0, 16).replace(/[-:]/g, '')}Z`;
    const name = `${ACCOUNT}_waflogs_${REGION}_${this.wafLogs.node.id}_${time}_e0ca43b5.log.gz`;
    await this.store(`${this.wafLogs.sourcePrefix}${folder}/${name}`, gzipSync(`${lines.join('\n')}\n`));
  }

  public async keys(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await this.s3.send(
        new ListObjectsV2Command({ Bucket: this.bucket, Prefix: prefix, ContinuationToken }),
      );
      keys.push(...(page.Contents ?? []).map(({ Key }) => Key as string));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    return keys;
  }

  public async copy(from: string, to: string): Promise<void> {
    await this.s3.send(new CopyObjectCommand({ Bucket: this.bucket, CopySource: `${this.bucket}/${from}`, Key: to }));
  }

  public async store(key: string, body: Buffer): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: body }));
  }

  /** Tells the parser of an object, as EventBridge does on AWS: the emulator's own rules try a function only once. */
  public async tellParser(key: string): Promise<void> {
    const event = { 'detail-type': 'Object Created', detail: { bucket: { name: this.bucket }, object: { key } } };
    await new LambdaClient(this.clientConfig).send(
      new InvokeCommand({
        FunctionName: this.physicalId('AWS::Lambda::Function', 'Parser'),
        InvocationType: 'Event',
        Payload: JSON.stringify(event),
      }),
    );
  }

  /** What the parser has counted, within `seconds` of being woken. */
  public async counts(seconds: number): Promise<string> {
    const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient(this.clientConfig));
    const TableName = this.physicalId('AWS::DynamoDB::GlobalTable', 'ParserCounts');
    for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
      const { Items = [] } = await dynamo.send(new ScanCommand({ TableName }));
      if (Items.length > 0) {
        return Items.map(({ counts }) => gunzipSync(counts).toString()).join('\n');
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return '';
  }

  /** The first message in the parser's dead-letter queue within `seconds`. */
  public async deadLetter(seconds: number): Promise<string | undefined> {
    const sqs = new SQSClient(this.clientConfig);
    const QueueUrl = this.physicalId('AWS::SQS::Queue', 'Parser');
    for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
      if (Messages.length > 0) {
        return Messages[0].Body;
      }
    }
    return undefined;
  }

  public get clientConfig() {
    return this.deployment.clientConfig;
  }

  public query(sql: string) {
    return this.deployment.trino.query(sql, this.wafLogs.databaseName);
  }

  /** Of the first resource of a type whose place below the analytics begins so. */
  private physicalId(type: string, prefix: string): string {
    return this.deployment.physicalId(type, `${this.wafLogs.node.id}${prefix}`);
  }
}
