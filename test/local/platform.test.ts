import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { DeleteSecretCommand, ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { paste, shellBlocks } from '../support/doc-commands';
import { AWS_CLI, describeWith, EMULATOR } from '../support/engines';
import { ACCOUNT } from './emulator/launcher';
import { LocalPlatform } from './local-platform';
import { deleteOrKeep, makeRecoveryPoints, recoveryAudit, writeEvidence } from './steps/backup';

jest.setTimeout(600_000);

describeWith([EMULATOR, AWS_CLI], 'the example app on the emulator', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'platform-'));
  let local: LocalPlatform;

  beforeAll(async () => {
    local = await LocalPlatform.start({ folder, disposable: true });
    await local.bootstrap();
    await local.deploy();
  });
  afterAll(() => local?.stop());

  test('after the deployment no stack differs from its template', async () => {
    const { code, output } = await local.cli.diff();
    expect([code, output]).toEqual([0, expect.any(String)]);
  });

  test('a second deployment changes nothing', async () => {
    const { code, output } = await local.cli.deploy();
    expect(code).toBe(0);
    const stacks = Object.keys(local.platform).length;
    expect(output.match(/\(no changes\)/g)).toHaveLength(stacks);
  });

  test('the commands of docs/monitoring.md keep the webhook', async () => {
    expect(await pasted('docs/monitoring.md', 'eu-south-2')).toContain('operations/webhook');
    const secrets = new SecretsManagerClient(local.emulator.clientConfig('eu-south-2'));
    await secrets.send(new DeleteSecretCommand({ SecretId: 'operations/webhook', ForceDeleteWithoutRecovery: true }));
  });

  test('the commands of docs/mail.md look at an address and release it', async () => {
    const { mail } = local.platform.mail;
    const output = await pasted('docs/mail.md', 'eu-west-1', {
      AUDIT_TABLE: await local.physicalId(mail.auditTable),
      UNSUPPRESS_FUNCTION: await local.physicalId(
        mail.node.findChild('Suppression').node.findChild('Unsuppress').node.findChild('Function'),
      ),
    });
    expect(output).toMatch(/"Count": 0[\s\S]*"StatusCode": 200/);
    expect(output).not.toContain('FunctionError');
  });

  test('the commands of docs/ip-access.md block an address, explain and unblock it', async () => {
    const api = local.platform.platform.ipAccess.node.findChild('Manual').node.findChild('Api');
    const address = `http://${await local.physicalId(api)}.execute-api.localhost:${local.emulator.port}/v1`;
    const output = await pasted('docs/ip-access.md', 'eu-south-2', {}, (text) =>
      text.replace(/^API=.*$/m, `API=${address}`),
    );
    expect(output).toContain('"verdict":"BLOCK"');
    expect(output).toContain('"reason":"credential stuffing, ticket 4711"');
    expect(output).toContain('"verdict":"NONE"');
  });

  test('the evidence finds the night without a recovery point, and the audit says who deleted one', async () => {
    const [oldest, middle, , newest] = await makeRecoveryPoints(local, 6, 5, 3, 2);
    const evidence = await writeEvidence(local);
    expect(evidence.present).toEqual(expect.arrayContaining([oldest, middle, newest]));
    expect(evidence.missing).toHaveLength(1);
    const asked = { Date: middle, Reason: 'asked for by the owner' };
    expect(await deleteOrKeep(local, { ...asked, Action: 'DELETE', Date: newest })).toContain('refused: ');
    expect(await deleteOrKeep(local, { ...asked, Action: 'DELETE' })).toContain('recoveryPoint');
    expect(await deleteOrKeep(local, { ...asked, Action: 'KEEP', Date: oldest, Until: '2031-12-31' })).toContain(
      'days',
    );
    expect((await writeEvidence(local)).missing).toContain(middle);
    const audit = await recoveryAudit(local);
    expect(audit.map(({ operation, reason }) => [operation, reason])).toEqual(
      ['DELETE', 'DELETE', 'KEEP'].map((operation) => [operation, asked.Reason]),
    );
    expect(audit.map(({ outcome }) => outcome)).toEqual([expect.stringContaining('is the newest'), 'DONE', 'DONE']);
    expect(audit.map(({ who }) => who)).toEqual(Array(3).fill(expect.stringMatching(/^arn:aws:iam::/)));
  });

  test('as a disposable stage it leaves nothing behind', async () => {
    await local.destroy();
    const left = await Promise.all(local.regions.map((region) => leftIn(region)));
    expect(left.flat().filter((name) => !name.startsWith('cdk-hnb659fds-'))).toEqual([]);
  });

  /** What the blocks of a page print, pasted one after another. */
  async function pasted(
    page: string,
    region: string,
    env: NodeJS.ProcessEnv = {},
    adapt = (text: string) => text,
  ): Promise<string> {
    const account = {
      AWS_ENDPOINT_URL: local.emulator.endpoint,
      AWS_ACCESS_KEY_ID: ACCOUNT,
      AWS_SECRET_ACCESS_KEY: 'emulator',
    };
    const outputs: string[] = [];
    for (const { text } of shellBlocks(page)) {
      outputs.push(
        await paste(adapt(text), folder, { ...account, AWS_REGION: region, AWS_DEFAULT_REGION: region, ...env }),
      );
    }
    return outputs.join('');
  }

  /** Names of what holds data. */
  async function leftIn(region: string): Promise<string[]> {
    const config = local.emulator.clientConfig(region);
    const [tables, databases, secrets, buckets] = await Promise.all([
      new DynamoDBClient(config).send(new ListTablesCommand({})),
      new RDSClient(config).send(new DescribeDBInstancesCommand({})),
      new SecretsManagerClient(config).send(new ListSecretsCommand({})),
      new S3Client({ ...config, forcePathStyle: true }).send(new ListBucketsCommand({})),
    ]);
    return [
      ...(tables.TableNames ?? []),
      ...(databases.DBInstances ?? []).map(({ DBInstanceIdentifier }) => DBInstanceIdentifier as string),
      ...(secrets.SecretList ?? []).map(({ Name }) => Name as string),
      ...(buckets.Buckets ?? []).map(({ Name }) => Name as string),
    ];
  }
});
