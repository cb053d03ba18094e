import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ListSuppressedDestinationsCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { App, Stack } from 'aws-cdk-lib';
import { PlatformMail } from '../../src/mail';
import { SftpFileStorage, SftpPermission } from '../../src/sftp';
import { sesEvent } from '../mail/ses-events';
import { describeWith, EMULATOR, SFTP_CLIENT } from '../support/engines';
import { run } from '../support/engines/run';
import { CdkCli } from './cdk-cli';
import { ACCOUNT, Emulator } from './emulator/launcher';
import { sftpBatch } from './steps/sftp';
import { waitFor } from './steps/wait';

const SPAIN = 'eu-south-2';
const IRELAND = 'eu-west-1';

describeWith([EMULATOR, SFTP_CLIENT], 'mail and files on the emulator', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'exchange-'));
  let emulator: Emulator;

  beforeAll(async () => {
    for (const name of ['old', 'new', 'reader', 'stranger']) {
      await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', keyFile(name)]);
    }
    synthesise();
    emulator = await Emulator.start({ folder });
    const cli = new CdkCli(emulator, path.join(folder, 'cdk.out'));
    for (const result of [await cli.bootstrap(SPAIN, IRELAND), await cli.deploy()]) {
      if (result.code !== 0) {
        throw new Error(result.output.slice(-4000));
      }
    }
  }, 600_000);
  afterAll(async () => {
    await emulator?.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  function synthesise(): void {
    const app = new App({ outdir: path.join(folder, 'cdk.out') });
    const files = new SftpFileStorage(new Stack(app, 'Files', { env: { account: ACCOUNT, region: SPAIN } }), 'Sftp');
    files.addUser('acme', { publicKeys: [publicKey('old'), publicKey('new')], homePrefix: 'partners/acme' });
    files.addUser('auditor', {
      publicKeys: [publicKey('reader')],
      homePrefix: 'partners/acme',
      permission: SftpPermission.READ,
    });
    const mailStack = new Stack(app, 'Mail', { env: { account: ACCOUNT, region: IRELAND } });
    new PlatformMail(mailStack, 'Mail', { domain: 'example.com' });
    app.synth();
  }

  function keyFile(name: string): string {
    return path.join(folder, name);
  }
  function publicKey(name: string): string {
    return fs.readFileSync(`${keyFile(name)}.pub`, 'utf8');
  }
  /** Physical id of the resource of a stack whose logical id begins so. */
  async function physicalId(StackName: string, region: string, start: string): Promise<string> {
    const client = new CloudFormationClient(emulator.clientConfig(region));
    const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName }));
    return StackResources.find(({ LogicalResourceId }) => LogicalResourceId?.startsWith(start))
      ?.PhysicalResourceId as string;
  }

  describe('a partner with the sftp client', () => {
    const sftp = (user: string, key: string, ...commands: string[]) =>
      sftpBatch(emulator, user, keyFile(key), commands);
    const s3 = () => new S3Client({ ...emulator.clientConfig(SPAIN), forcePathStyle: true });
    const bucket = () => physicalId('Files', SPAIN, 'SftpFiles');
    const local = (name: string) => path.join(folder, name);

    test('uploads a file, and it stands in S3 below the prefix', async () => {
      fs.writeFileSync(local('cdr.csv'), 'id;kWh\n1;22.4\n');
      await sftp('acme', 'old', `put ${local('cdr.csv')} cdr.csv`);
      const { Body } = await s3().send(new GetObjectCommand({ Bucket: await bucket(), Key: 'partners/acme/cdr.csv' }));
      expect(await Body?.transformToString()).toBe('id;kWh\n1;22.4\n');
    }, 60_000);

    test('signs in with the second key of a rotation, too, and not with a key of somebody else', async () => {
      expect(await sftp('acme', 'new', 'ls')).toContain('cdr.csv');
      await expect(sftp('acme', 'stranger', 'ls')).rejects.toThrow('ended with 255');
    }, 60_000);

    test('cannot leave the prefix', async () => {
      const client = s3();
      const Bucket = await bucket();
      await client.send(new PutObjectCommand({ Bucket, Key: 'partners/other/secret.csv', Body: 'secret' }));
      for (const target of ['/partners/other/secret.csv', '../other/secret.csv', '/../other/secret.csv']) {
        await expect(sftp('acme', 'new', `get ${target} ${local('stolen.csv')}`)).rejects.toThrow();
      }
      expect(fs.existsSync(local('stolen.csv'))).toBe(false);
      await sftp('acme', 'new', `-put ${local('cdr.csv')} ../other/planted.csv`).catch(() => undefined);
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'partners/other/' }));
      expect(Contents.map(({ Key }) => Key)).toEqual(['partners/other/secret.csv']);
    }, 60_000);

    test('shares a home with an auditor', async () => {
      await sftp('auditor', 'reader', `get cdr.csv ${local('seen.csv')}`);
      expect(fs.readFileSync(local('seen.csv'), 'utf8')).toBe('id;kWh\n1;22.4\n');
    }, 60_000);
  });

  describe('an event of SES', () => {
    const dynamo = () => DynamoDBDocumentClient.from(new DynamoDBClient(emulator.clientConfig(IRELAND)));
    const history = async (address: string) => {
      const TableName = await physicalId('Mail', IRELAND, 'MailSuppressionAudit');
      const { Items = [] } = await dynamo().send(new ScanCommand({ TableName }));
      return Items.filter((item) => item.address === address)
        .map(({ entry, action, state }) => (entry === 'STATE' ? `is ${state}` : action))
        .sort();
    };
    const suppressed = async () => {
      const ses = new SESv2Client(emulator.clientConfig(IRELAND));
      const { SuppressedDestinationSummaries = [] } = await ses.send(new ListSuppressedDestinationsCommand({}));
      return SuppressedDestinationSummaries.map(({ EmailAddress }) => EmailAddress).sort();
    };

    test('comes by topic and function to the audit and the suppression list', async () => {
      const TopicArn = await physicalId('Mail', IRELAND, 'MailEventsTopic');
      const Message = sesEvent('bounce-permanent');
      await new SNSClient(emulator.clientConfig(IRELAND)).send(new PublishCommand({ TopicArn, Message }));
      await waitFor(
        'the audit',
        async () => ((await history('driver@example.com')).length === 2 ? true : undefined),
        60,
      );
      expect(await history('driver@example.com')).toEqual(['SUPPRESSED', 'is SUPPRESSED']);
      await waitFor('both addresses', async () => ((await suppressed()).length === 2 ? true : undefined), 30);
      expect(await suppressed()).toEqual(['Driver@Example.com', 'ann@example.com']);
    }, 150_000);

    test('is undone by an operator, who is remembered', async () => {
      const lambda = new LambdaClient(emulator.clientConfig(IRELAND));
      const { Payload, FunctionError } = await lambda.send(
        new InvokeCommand({
          FunctionName: await physicalId('Mail', IRELAND, 'MailSuppressionUnsuppressFunction'),
          Payload: JSON.stringify({ address: 'driver@example.com', actor: 'ana', reason: 'ticket 77' }),
        }),
      );
      expect({ FunctionError, answer: JSON.parse(Buffer.from(Payload as Uint8Array).toString()) }).toEqual({
        FunctionError: undefined,
        answer: { address: 'driver@example.com', released: true },
      });
      expect(await suppressed()).toEqual(['ann@example.com']);
      expect(await history('driver@example.com')).toEqual(['RELEASED', 'SUPPRESSED', 'is RELEASED']);
    }, 60_000);
  });
});
