import {
  BackupClient,
  DeleteRecoveryPointCommand,
  DescribeBackupVaultCommand,
  DescribeRestoreJobCommand,
  GetRecoveryPointRestoreMetadataCommand,
  ListRecoveryPointsByBackupVaultCommand,
  StartRestoreJobCommand,
  UpdateRecoveryPointLifecycleCommand,
} from '@aws-sdk/client-backup';
import { CloudWatchLogsClient, CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { GetAutomationExecutionCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { handler } from '../../src/backup/recovery.lambda';

// Neither emulator makes recovery points or restores, so AWS Backup is played here.
const backup = mockClient(BackupClient);
const rds = mockClient(RDSClient);
const ssm = mockClient(SSMClient);
const logs = mockClient(CloudWatchLogsClient);
const DATABASE = 'arn:aws:rds:eu-south-2:111122223333:db:charging';
const OPERATOR = 'arn:aws:iam::111122223333:user/marta';
const common = { executionId: 'execution', resource: DATABASE, reason: 'asked for by the owner' };

const point = (date: string, Status: 'COMPLETED' | 'PARTIAL' = 'COMPLETED') => ({
  RecoveryPointArn: `point-${date}`,
  Status,
  CreationDate: new Date(`${date}T02:00:00Z`),
  CalculatedLifecycle: { DeleteAt: new Date(Date.parse(`${date}T02:00:00Z`) + 30 * 24 * 3600 * 1000) },
});
const audited = () =>
  logs
    .commandCalls(PutLogEventsCommand)
    .map((call) => JSON.parse(call.args[0].input.logEvents?.[0].message as string) as Record<string, string>);

beforeEach(() => {
  for (const mock of [backup, rds, ssm, logs]) {
    mock.reset();
  }
  jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  process.env.VAULT_NAME = 'vault';
  process.env.AUDIT_LOG_GROUP = 'audit';
  process.env.RESTORE_ROLE_ARN = 'arn:aws:iam::111122223333:role/restore';
  process.env.POLICY = JSON.stringify({
    rules: [{ name: 'Daily', keepDays: 30, firstOfMonth: false }],
    timeZone: 'Europe/Madrid',
    dueAfterHours: 11,
  });
  ssm
    .on(GetAutomationExecutionCommand, { AutomationExecutionId: 'execution' })
    .resolves({ AutomationExecution: { ExecutedBy: OPERATOR } });
  logs.on(CreateLogStreamCommand).resolves({}).on(PutLogEventsCommand).resolves({});
  backup
    .on(ListRecoveryPointsByBackupVaultCommand, { BackupVaultName: 'vault', ByResourceArn: DATABASE, MaxResults: 1000 })
    .resolves({ RecoveryPoints: [point('2026-11-23'), point('2026-11-25', 'PARTIAL'), point('2026-11-24')] })
    .on(DescribeBackupVaultCommand)
    .resolves({ Locked: false })
    .on(GetRecoveryPointRestoreMetadataCommand)
    .resolves({ RestoreMetadata: { DBInstanceIdentifier: 'charging', DBSubnetGroupName: 'isolated' } })
    .on(StartRestoreJobCommand)
    .resolves({ RestoreJobId: 'job' });
});

afterEach(() => jest.restoreAllMocks());

test('restores the newest completed point beside the original, with what the original had', async () => {
  const empty = { subnet: '', securityGroups: '', instanceType: '' };
  // The next step of the runbook takes it as it is.
  expect(await handler({ ...common, ...empty, operation: 'RESTORE', moment: '' })).toBe('job');
  const [call] = backup.commandCalls(StartRestoreJobCommand);
  expect(call.args[0].input).toMatchObject({
    RecoveryPointArn: 'point-2026-11-24',
    ResourceType: 'RDS',
    IamRoleArn: 'arn:aws:iam::111122223333:role/restore',
    // A call that is repeated in the same minute restores once.
    IdempotencyToken: expect.stringMatching(/^restored-charging-\d{8}-\d{4}-1795485600000$/),
    Metadata: {
      DBSubnetGroupName: 'isolated',
      DBInstanceIdentifier: expect.stringMatching(/^restored-charging-\d{8}-\d{4}$/),
    },
  });
  expect(call.args[0].input.Metadata).not.toHaveProperty('VpcSecurityGroupIds');
  expect(audited()).toMatchObject([
    { who: OPERATOR, operation: 'RESTORE', outcome: 'DONE', reason: common.reason, recoveryPoint: 'point-2026-11-24' },
  ]);
});

test.each([
  [
    DATABASE,
    { subnet: 'other', securityGroups: 'sg-1,sg-2', instanceType: 'db.m7g.large' },
    { DBSubnetGroupName: 'other', VpcSecurityGroupIds: '["sg-1","sg-2"]', DBInstanceClass: 'db.m7g.large' },
  ],
  [
    'arn:aws:ec2:eu-south-2:111122223333:instance/i-1',
    { subnet: 'subnet-1', securityGroups: 'sg-1', instanceType: 'm7g.large' },
    { SubnetId: 'subnet-1', SecurityGroupIds: '["sg-1"]', InstanceType: 'm7g.large' },
  ],
])('restores %s where and as large as told', async (resource, wanted, metadata) => {
  backup.on(ListRecoveryPointsByBackupVaultCommand).resolves({ RecoveryPoints: [point('2026-11-24')] });
  await handler({ ...common, ...wanted, resource, operation: 'RESTORE' });
  expect(backup.commandCalls(StartRestoreJobCommand)[0].args[0].input.Metadata).toMatchObject(metadata);
});

test('restores what was there at a moment', async () => {
  await handler({ ...common, operation: 'RESTORE', moment: '2026-11-23T12:00:00Z' });
  expect(backup.commandCalls(StartRestoreJobCommand)[0].args[0].input.RecoveryPointArn).toBe('point-2026-11-23');
});

test('restores a machine without the permissions that it had', async () => {
  const resource = 'arn:aws:ec2:eu-south-2:111122223333:instance/i-1';
  backup
    .on(ListRecoveryPointsByBackupVaultCommand)
    .resolves({ RecoveryPoints: [point('2026-11-24')] })
    .on(GetRecoveryPointRestoreMetadataCommand)
    .resolves({ RestoreMetadata: { InstanceType: 'm7g.large', IamInstanceProfileName: 'machines' } });
  await handler({ ...common, resource, operation: 'RESTORE' });
  expect(backup.commandCalls(StartRestoreJobCommand)[0].args[0].input).toMatchObject({
    ResourceType: 'EC2',
    Metadata: { InstanceType: 'm7g.large' },
  });
  expect(backup.commandCalls(StartRestoreJobCommand)[0].args[0].input.Metadata).not.toHaveProperty(
    'IamInstanceProfileName',
  );
});

test.each([
  'arn:aws:dynamodb:eu-south-2:111122223333:table/entries',
  'arn:aws:rds:eu-south-2:111122223333:cluster:charging',
  'arn:aws:ec2:eu-south-2:111122223333:volume/vol-1',
])('does not restore %s', async (resource) => {
  backup.on(ListRecoveryPointsByBackupVaultCommand).resolves({ RecoveryPoints: [point('2026-11-24')] });
  await expect(handler({ ...common, resource, operation: 'RESTORE' })).rejects.toThrow(
    `only database instances of RDS and machines of EC2 are restored by this runbook, got ${resource}; of a cluster make a second ResilientMysql with DatabaseSource.snapshot`,
  );
  expect(backup.commandCalls(StartRestoreJobCommand)).toHaveLength(0);
});

const restored = (CreatedResourceArn: string) =>
  backup.on(DescribeRestoreJobCommand, { RestoreJobId: 'job' }).resolves({
    Status: 'COMPLETED',
    CreationDate: new Date('2026-11-25T10:00:00Z'),
    CompletionDate: new Date('2026-11-25T10:17:29Z'),
    RecoveryPointArn: 'point-2026-11-24',
    RecoveryPointCreationDate: new Date('2026-11-24T02:00:00Z'),
    CreatedResourceArn,
  });
const reported = {
  status: 'COMPLETED',
  message: '',
  recoveryPoint: 'point-2026-11-24',
  createdAt: '2026-11-24T02:00:00.000Z',
  minutes: 17,
};

test('reports where the restored database listens and how long it took', async () => {
  const resource = 'arn:aws:rds:eu-south-2:111122223333:db:restored-charging';
  restored(resource);
  rds
    .on(DescribeDBInstancesCommand, { DBInstanceIdentifier: 'restored-charging' })
    .resolves({ DBInstances: [{ Endpoint: { Address: 'restored-charging.example.com', Port: 33306 } }] });
  expect(await handler({ ...common, operation: 'REPORT', jobId: 'job' })).toEqual({
    ...reported,
    resource,
    endpoint: 'restored-charging.example.com:33306',
  });
});

test('reports a restored machine by its id', async () => {
  const resource = 'arn:aws:ec2:eu-south-2:111122223333:instance/i-2';
  restored(resource);
  expect(await handler({ ...common, operation: 'REPORT', jobId: 'job' })).toEqual({ ...reported, resource });
  expect(rds.calls()).toEqual([]);
});

test('a restore that failed fails its runbook, with the reason', async () => {
  backup.on(DescribeRestoreJobCommand).resolves({
    Status: 'FAILED',
    StatusMessage: 'no subnet group',
    CreationDate: new Date('2026-11-25T10:00:00Z'),
    CompletionDate: new Date('2026-11-25T10:02:00Z'),
  });
  await expect(handler({ ...common, operation: 'REPORT', jobId: 'job' })).rejects.toThrow(
    'the restore job job is FAILED after 2 minutes: no subnet group',
  );
});

test.each([
  ['DELETE', {}],
  ['KEEP', { until: '2031-12-31' }],
])('%s in a locked vault is refused, and that is written down', async (operation, more) => {
  backup.on(DescribeBackupVaultCommand).resolves({ Locked: true, MinRetentionDays: 1 });
  await expect(handler({ ...common, ...more, operation, date: '2026-11-23' })).rejects.toThrow('the vault is locked');
  expect(backup.commandCalls(DeleteRecoveryPointCommand)).toHaveLength(0);
  expect(backup.commandCalls(UpdateRecoveryPointLifecycleCommand)).toHaveLength(0);
  expect(audited()).toMatchObject([{ operation, outcome: expect.stringContaining('the vault is locked') }]);
});

test('deletes the point of a date, and writes down who asked', async () => {
  await handler({ ...common, operation: 'DELETE', date: '2026-11-23' });
  expect(backup.commandCalls(DeleteRecoveryPointCommand)[0].args[0].input).toEqual({
    BackupVaultName: 'vault',
    RecoveryPointArn: 'point-2026-11-23',
  });
  expect(audited()).toMatchObject([
    { who: OPERATOR, operation: 'DELETE', recoveryPoint: 'point-2026-11-23', outcome: 'DONE', reason: common.reason },
  ]);
});

test('does not delete the newest, and writes that down too', async () => {
  await expect(handler({ ...common, operation: 'DELETE', date: '2026-11-24' })).rejects.toThrow('is the newest');
  expect(backup.commandCalls(DeleteRecoveryPointCommand)).toHaveLength(0);
  expect(audited()).toMatchObject([{ who: OPERATOR, outcome: expect.stringContaining('is the newest') }]);
});

test('keeps a point longer', async () => {
  await handler({ ...common, operation: 'KEEP', date: '2026-11-23', until: '2031-12-31' });
  expect(backup.commandCalls(UpdateRecoveryPointLifecycleCommand)[0].args[0].input).toEqual({
    BackupVaultName: 'vault',
    RecoveryPointArn: 'point-2026-11-23',
    Lifecycle: { DeleteAfterDays: 1865 },
  });
});

test('shows a point and changes nothing', async () => {
  expect(await handler({ ...common, operation: 'FIND', date: '2026-11-23' })).toEqual({
    recoveryPoint: 'point-2026-11-23',
    createdAt: '2026-11-23T02:00:00.000Z',
    keptUntil: '2026-12-23T02:00:00.000Z',
  });
});

test('does nothing for somebody whom Systems Manager does not know', async () => {
  ssm.on(GetAutomationExecutionCommand).resolves({});
  await expect(handler({ ...common, operation: 'DELETE', date: '2026-11-23' })).rejects.toThrow(
    'Systems Manager does not say who started the execution execution',
  );
  expect(backup.calls()).toHaveLength(0);
});
