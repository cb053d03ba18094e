import { BackupClient, PutRestoreValidationResultCommand } from '@aws-sdk/client-backup';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { mockClient } from 'aws-sdk-client-mock';
import { handler } from '../../src/backup/validate-restore.lambda';

// Neither emulator restores or validates, so AWS Backup is played here.
const backup = mockClient(BackupClient);
const rds = mockClient(RDSClient);
const lambda = mockClient(LambdaClient);
let lines: string[];
const event = {
  detail: {
    restoreJobId: 'job',
    createdResourceArn: 'arn:aws:rds:eu-south-2:111122223333:db:awsbackup-restore-test-1',
  },
};

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)) as never;
const result = () => backup.commandCalls(PutRestoreValidationResultCommand).map((call) => call.args[0].input);
const metrics = () => lines.filter((line) => line.includes('_aws')).map((line) => JSON.parse(line));

beforeEach(() => {
  for (const mock of [backup, rds, lambda]) {
    mock.reset();
  }
  lines = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  process.env.CHECK_FUNCTION = 'checking';
  process.env.POLICY_NAME = 'policy';
  rds
    .on(DescribeDBInstancesCommand, { DBInstanceIdentifier: 'awsbackup-restore-test-1' })
    .resolves({ DBInstances: [{ Endpoint: { Address: 'copy.example.com', Port: 33306 } }] });
  lambda.on(InvokeCommand).resolves({ Payload: bytes([]) });
  backup.on(PutRestoreValidationResultCommand).resolves({});
});
afterEach(() => jest.restoreAllMocks());

test('has the copy checked and tells AWS Backup that it holds', async () => {
  await handler(event);
  const { input } = lambda.commandCalls(InvokeCommand)[0].args[0];
  expect([input.FunctionName, JSON.parse(String(input.Payload))]).toEqual([
    'checking',
    { host: 'copy.example.com', port: 33306 },
  ]);
  expect(result()).toEqual([
    {
      RestoreJobId: 'job',
      ValidationStatus: 'SUCCESSFUL',
      ValidationStatusMessage: 'The server answers and every check holds',
    },
  ]);
  expect(metrics()).toMatchObject([{ Policy: 'policy', FailedRestoreChecks: 0 }]);
});

test('tells what does not hold, and counts it', async () => {
  lambda.on(InvokeCommand).resolves({ Payload: bytes(["'fresh' does not hold", "'many' does not hold"]) });
  await handler(event);
  expect(result()).toEqual([
    {
      RestoreJobId: 'job',
      ValidationStatus: 'FAILED',
      ValidationStatusMessage: "'fresh' does not hold; 'many' does not hold",
    },
  ]);
  expect(metrics()).toMatchObject([{ FailedRestoreChecks: 2 }]);
});

test('a long list of problems is cut', async () => {
  lambda.on(InvokeCommand).resolves({ Payload: bytes(Array(20).fill('x'.repeat(100))) });
  await handler(event);
  expect(result()[0].ValidationStatusMessage).toHaveLength(1000);
  expect(metrics()).toMatchObject([{ FailedRestoreChecks: 20 }]);
});

test('a checking function that fails is no result: it is tried again, then an alarm', async () => {
  lambda.on(InvokeCommand).resolves({ FunctionError: 'Unhandled', Payload: bytes({ errorMessage: 'out of memory' }) });
  await expect(handler(event)).rejects.toThrow('the checking function failed: out of memory');
  expect(result()).toEqual([]);
  expect(metrics()).toEqual([]);
});

test('a copy without an address is no result either', async () => {
  rds.on(DescribeDBInstancesCommand).resolves({ DBInstances: [{}] });
  await expect(handler(event)).rejects.toThrow('RDS tells no address of awsbackup-restore-test-1');
  expect(result()).toEqual([]);
});

test('a result that AWS Backup does not take is tried again before it is counted', async () => {
  backup.on(PutRestoreValidationResultCommand).rejects(new Error('throttled'));
  await expect(handler(event)).rejects.toThrow('throttled');
  expect(metrics()).toEqual([]);
});
