import * as fs from 'node:fs';
import * as path from 'node:path';
import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CopyObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Offence } from '../../src/waf/offence';
import { PlatformWebAcl } from '../../src/waf/platform-web-acl';
import { WafLogAnalytics } from '../../src/waf/waf-log-analytics';
import { CdkCli } from '../local/cdk-cli';
import { ACCOUNT, Emulator } from '../local/emulator/launcher';
import { SPAIN } from '../support/stacks';
import { TrinoServer } from './trino-server';

const REGION = SPAIN.region as string;

/** A log analytics, deployed to an emulator by the CDK CLI, with Trino reading its tables. */
export class DeployedWafLog {
  public static async start(folder: string): Promise<DeployedWafLog> {
    fs.mkdirSync(folder, { recursive: true });
    const app = new App({ outdir: path.join(folder, 'cdk.out') });
    const stack = new Stack(app, 'Test', { env: SPAIN });
    const wafLogs = new WafLogAnalytics(stack, 'WafLogs', {
      webAcl: new PlatformWebAcl(stack, 'WebAcl'),
      directHosts: ['*'],
      offences: [Offence.blockedRequests({ threshold: 100, window: Duration.minutes(5) })],
    });
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
    return new DeployedWafLog(emulator, trino, wafLogs, await physicalId(emulator, 'AWS::S3::Bucket', 'WafLogsLog'));
  }

  private readonly s3: S3Client;

  private constructor(
    private readonly emulator: Emulator,
    public readonly trino: TrinoServer,
    public readonly wafLogs: WafLogAnalytics,
    public readonly bucket: string,
  ) {
    this.s3 = new S3Client({ ...emulator.clientConfig(REGION), forcePathStyle: true });
  }

  public async stop(): Promise<void> {
    await this.trino.stop();
    await this.emulator.stop();
    fs.rmSync(this.emulator.folder, { recursive: true, force: true });
  }

  /** Sends records as WAF does. */
  public async put(lines: readonly string[]): Promise<void> {
    const firehose = new FirehoseClient(this.emulator.clientConfig(REGION));
    for (let at = 0; at < lines.length; at += 500) {
      const Records = lines.slice(at, at + 500).map((line) => ({ Data: Buffer.from(`${line}\n`) }));
      const answer = await firehose.send(
        new PutRecordBatchCommand({ DeliveryStreamName: this.wafLogs.deliveryStreamName, Records }),
      );
      if (answer.FailedPutCount !== 0) {
        throw new Error(`${answer.FailedPutCount} records were refused`);
      }
    }
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
        FunctionName: await physicalId(this.emulator, 'AWS::Lambda::Function', 'WafLogsParser'),
        InvocationType: 'Event',
        Payload: JSON.stringify(event),
      }),
    );
  }

  /** The first message in the parser's dead-letter queue within `seconds`. */
  public async deadLetter(seconds: number): Promise<string | undefined> {
    const sqs = new SQSClient(this.clientConfig);
    const QueueUrl = await physicalId(this.emulator, 'AWS::SQS::Queue', 'WafLogsParser');
    for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
      if (Messages.length > 0) {
        return Messages[0].Body;
      }
    }
    return undefined;
  }

  public get clientConfig() {
    return this.emulator.clientConfig(REGION);
  }

  public query(sql: string) {
    return this.trino.query(sql, this.wafLogs.databaseName);
  }
}

async function physicalId(emulator: Emulator, type: string, prefix: string): Promise<string> {
  const client = new CloudFormationClient(emulator.clientConfig(REGION));
  const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName: 'Test' }));
  const found = StackResources.find(
    ({ LogicalResourceId, ResourceType }) => ResourceType === type && LogicalResourceId?.startsWith(prefix),
  );
  return found?.PhysicalResourceId as string;
}
