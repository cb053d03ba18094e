import { once } from 'node:events';
import * as fs from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { chargingPlatform } from '../integ/charging-platform.integ';
import { paste, shellBlocks } from '../support/doc-commands';
import { AWS_CLI, describeWith } from '../support/engines';
import { Inventory } from '../support/inventory';

// biome-ignore lint/suspicious/noExplicitAny: requests and templates are free JSON
type Json = any;

/** What AWS would answer to the operations of the pages, as little as the CLI needs to go on. */
const ANSWERS: Record<string, unknown> = {
  StartAutomationExecution: { AutomationExecutionId: '11111111-2222-3333-4444-555555555555' },
  GetAutomationExecution: {
    AutomationExecution: { AutomationExecutionStatus: 'Success', Outputs: { 'Report.Text': ['{}'] } },
  },
  RecoveryPoints: {
    RecoveryPoints: [{ CreationDate: 1764032400, Status: 'COMPLETED', RecoveryPointArn: 'arn:aws:backup:point' }],
  },
};

jest.setTimeout(120_000);

/** No engine behaves like AWS Backup or Automation, so this proves the command lines: the CLI takes them, and sends what is meant. */
describeWith([AWS_CLI], 'the commands that pages give to operators', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'docs-'));
  const sent: { operation: string; input: Json }[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const target = String(request.headers['x-amz-target'] ?? '').split('.')[1];
      const query = new URLSearchParams(body);
      const operation =
        target ?? query.get('Action') ?? (/recovery-points/.test(request.url ?? '') ? 'RecoveryPoints' : '?');
      sent.push({ operation, input: target ? JSON.parse(body) : Object.fromEntries(query) });
      const xml = `<${operation}Response><${operation}Result/></${operation}Response>`;
      response.end(query.has('Action') ? xml : JSON.stringify(ANSWERS[operation] ?? {}));
    });
  });

  beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
  afterAll(() => {
    server.close();
    fs.rmSync(folder, { recursive: true });
  });

  const operations = async (page: string) => {
    sent.length = 0;
    for (const { text } of shellBlocks(page)) {
      await paste(text, folder, {
        AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        AWS_ACCESS_KEY_ID: '111122223333',
        AWS_SECRET_ACCESS_KEY: 'example',
        AWS_REGION: 'eu-south-2',
        AWS_DEFAULT_REGION: 'eu-south-2',
        DATABASE_ARN: 'arn:aws:rds:eu-south-2:111122223333:db:charging',
        RESTORED: 'restored-charging',
        RESTORE_RUNBOOK: 'Restore',
        DELETE_OR_KEEP_RUNBOOK: 'DeleteOrKeep',
      });
    }
    return sent.map(({ operation }) => operation);
  };

  test('docs/backup.md', async () => {
    expect(await operations('docs/backup.md')).toEqual(['StartAutomationExecution', 'StartAutomationExecution']);
    expect(strangers()).toEqual([]);
  });

  test('docs/restore.md', async () => {
    expect(await operations('docs/restore.md')).toEqual([
      'RecoveryPoints',
      'StartAutomationExecution',
      'GetAutomationExecution',
      'ModifyDBInstance',
      'DescribeDBInstances',
      'DeleteDBInstance',
      'StartAutomationExecution',
    ]);
    expect(strangers()).toEqual([]);
  });

  const documents = Inventory.of(chargingPlatform).ofType('AWS::SSM::Document');

  /** Parameters of started runbooks that the deployed document does not have, or not with that value. */
  function strangers(): string[] {
    return sent
      .filter(({ operation }) => operation === 'StartAutomationExecution')
      .flatMap(({ input: { DocumentName, Parameters } }) => {
        const document = documents.find((item) => item.path.includes(`/${DocumentName}`));
        const { parameters } = document?.properties.Content ?? { parameters: {} };
        return Object.entries<string[]>(Parameters)
          .filter(([name, [value]]) => !accepts(parameters[name], value))
          .map(([name, [value]]) => `${DocumentName}: ${name}=${value}`);
      });
  }
});

function accepts(parameter: Json, value: string): boolean {
  const { allowedValues = [value], allowedPattern = '' } = parameter ?? { allowedValues: [] };
  return allowedValues.includes(value) && new RegExp(allowedPattern).test(value);
}
