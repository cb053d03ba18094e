import {
  BackupClient,
  GetBackupSelectionCommand,
  ListBackupPlanVersionsCommand,
  ListBackupSelectionsCommand,
  ListRecoveryPointsByBackupVaultCommand,
  ListRestoreJobsCommand,
  type RecoveryPointStatus,
  type RestoreValidationStatus,
} from '@aws-sdk/client-backup';
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { handler } from '../../src/backup/evidence.lambda';

// Neither emulator makes recovery points, so AWS Backup is played here.
const backup = mockClient(BackupClient);
const s3 = mockClient(S3Client);
const DATABASE = 'arn:aws:rds:eu-south-2:111122223333:db:charging';
const MACHINE = 'arn:aws:ec2:eu-south-2:111122223333:instance/i-1';
const MEMORY = { Bucket: 'reports', Key: 'memory.json' };
const lines: string[] = [];

const point = (ResourceArn: string, date: string, Status: RecoveryPointStatus = 'COMPLETED') => ({
  RecoveryPointArn: `point-${date}`,
  ResourceArn,
  ResourceType: ResourceArn === MACHINE ? 'EC2' : 'RDS',
  CreationDate: new Date(`${date}T02:00:00Z`),
  BackupSizeInBytes: 7,
  Status,
});

beforeEach(() => {
  jest.useFakeTimers({ now: new Date('2026-11-25T12:00:00Z'), doNotFake: ['nextTick', 'setImmediate', 'setTimeout'] });
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  process.env.VAULT_NAME = 'vault';
  process.env.PLAN_ID = 'plan';
  delete process.env.RESTORE_TESTING;
  lines.length = 0;
  process.env.EVIDENCE_BUCKET = 'reports';
  process.env.POLICY_NAME = 'Backup';
  process.env.POLICY = JSON.stringify({
    rules: [{ name: 'Daily', keepDays: 30, firstOfMonth: false }],
    timeZone: 'Europe/Madrid',
    dueAfterHours: 11,
  });
  backup
    .on(ListBackupPlanVersionsCommand)
    .resolves({ BackupPlanVersionsList: ['2026-11-24', '2026-11-20'].map((at) => ({ CreationDate: new Date(at) })) });
  backup.on(ListBackupSelectionsCommand).resolves({ BackupSelectionsList: [{ SelectionId: 's' }] });
  backup.on(GetBackupSelectionCommand).resolves({
    BackupSelection: { SelectionName: 'ByArn', IamRoleArn: 'role', Resources: [DATABASE] },
  });
  backup
    .on(ListRecoveryPointsByBackupVaultCommand, { BackupVaultName: 'vault', MaxResults: 1000, NextToken: undefined })
    .resolves({
      RecoveryPoints: ['2026-11-21', '2026-11-22', '2026-11-23'].map((date) => point(DATABASE, date)),
      NextToken: 'more',
    })
    .on(ListRecoveryPointsByBackupVaultCommand, { BackupVaultName: 'vault', MaxResults: 1000, NextToken: 'more' })
    .resolves({
      RecoveryPoints: [
        point(DATABASE, '2026-11-24', 'PARTIAL'),
        point(DATABASE, '2026-11-25'),
        point(MACHINE, '2026-11-22'),
      ],
    });
  s3.reset();
  s3.on(PutObjectCommand).resolves({});
  s3.on(GetObjectCommand, MEMORY).rejects(new NoSuchKey({ message: '', $metadata: {} }));
});

afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

test('writes a line a promise, from every page, and counts what is missing', async () => {
  await handler();
  const [call] = s3.commandCalls(PutObjectCommand);
  expect(call.args[0].input).toMatchObject({ Bucket: 'reports', Key: 'evidence/2026-11-25T12-00-00Z.csv' });
  expect(String(call.args[0].input.Body).split('\n')).toEqual([
    'resource,resourceType,date,rules,keptUntil,status,recoveryPoint,bytes',
    `${DATABASE},RDS,2026-11-21,Daily,2026-12-21,PRESENT,point-2026-11-21,7`,
    `${DATABASE},RDS,2026-11-22,Daily,2026-12-22,PRESENT,point-2026-11-22,7`,
    `${DATABASE},RDS,2026-11-23,Daily,2026-12-23,PRESENT,point-2026-11-23,7`,
    `${DATABASE},RDS,2026-11-24,Daily,2026-12-24,MISSING,,`,
    `${DATABASE},RDS,2026-11-25,Daily,2026-12-25,PRESENT,point-2026-11-25,7`,
    `${MACHINE},EC2,2026-11-22,Daily,2026-12-22,PRESENT,point-2026-11-22,7`,
    '',
  ]);
  const metric = JSON.parse(lines.find((line) => line.includes('CloudWatchMetrics')) as string);
  expect(metric).toMatchObject({
    ...{ Policy: 'Backup', MissingRecoveryPoints: 1, PresentRecoveryPoints: 5 },
    UntoldMissingRecoveryPoints: 1,
  });
  expect(metric).not.toHaveProperty('UnprovenDatabases');
  expect(backup.commandCalls(ListRestoreJobsCommand)).toEqual([]);
});

test('counts the databases that the last restore test left unproven, from every page of its jobs', async () => {
  jest.setSystemTime(new Date('2026-12-07T08:00:00Z'));
  process.env.RESTORE_TESTING = JSON.stringify({ planArn: 'test-plan', validated: true });
  const asked = { ByRestoreTestingPlanArn: 'test-plan', ByCreatedAfter: new Date('2026-11-29T08:00:00Z') };
  const job = (ValidationStatus: RestoreValidationStatus) => ({
    RecoveryPointArn: 'point-2026-11-25',
    Status: 'COMPLETED' as const,
    ValidationStatus,
  });
  const pages = (last: RestoreValidationStatus) =>
    backup
      .on(ListRestoreJobsCommand, { ...asked, NextToken: undefined })
      .resolves({ RestoreJobs: [job('TIMED_OUT')], NextToken: 'more' })
      .on(ListRestoreJobsCommand, { ...asked, NextToken: 'more' })
      .resolves({ RestoreJobs: [job(last)] });
  const counted = () => JSON.parse(lines.filter((line) => line.includes('CloudWatchMetrics')).at(-1) as string);
  pages('TIMED_OUT');
  await handler();
  expect(counted()).toMatchObject({ UnprovenDatabases: 1 });
  expect(lines.join('')).toContain(`"unproven":"${DATABASE}"`);
  pages('SUCCESSFUL');
  await handler();
  expect(counted()).toMatchObject({ UnprovenDatabases: 0 });
});

test('tells a miss once, and what is missed since', async () => {
  await handler();
  const written = s3.commandCalls(PutObjectCommand)[1].args[0].input;
  expect(written).toMatchObject(MEMORY);
  expect(JSON.parse(String(written.Body))).toEqual({
    since: { [DATABASE]: '2026-11-21', [MACHINE]: '2026-11-22' },
    told: [`${DATABASE} 2026-11-24`],
  });
  const Body = { transformToString: async () => String(written.Body) } as GetObjectCommandOutput['Body'];
  s3.on(GetObjectCommand, MEMORY).resolves({ Body });
  const counted = () => JSON.parse(lines.filter((line) => line.includes('CloudWatchMetrics')).at(-1) as string);
  await handler();
  expect(counted()).toMatchObject({ MissingRecoveryPoints: 1, UntoldMissingRecoveryPoints: 0 });
  jest.setSystemTime(new Date('2026-11-26T12:00:00Z'));
  await handler();
  expect(counted()).toMatchObject({ MissingRecoveryPoints: 2, UntoldMissingRecoveryPoints: 1 });
});

test('writes nothing where its memory cannot be read, so that it is called again', async () => {
  s3.on(GetObjectCommand, MEMORY).rejects(new Error('Access Denied'));
  await expect(handler()).rejects.toThrow('Access Denied');
  expect(s3.commandCalls(PutObjectCommand)).toEqual([]);
});
