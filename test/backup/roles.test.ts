import { Lazy } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import { RestoreTest } from '../../src/backup';
import { nagFindings } from '../support/findings';
import { isAllowed, roleIdOf } from '../support/iam';
import { resourcesOf, templateOf } from '../support/stacks';
import { define, MACHINES } from './fixture';

const HERE = 'eu-south-2:111122223333';
const { stack } = define();

const may = (role: string) => (action: string, resource: string) =>
  isAllowed(stack, roleIdOf(stack, role), { action, resource });
const backups = may('Backup/Backup/Role');
const restores = may('RestoreTest/Restore/Role');

test.each([
  ['rds:CreateDBSnapshot', `arn:aws:rds:${HERE}:db:charging`],
  ['rds:CreateDBSnapshot', `arn:aws:rds:${HERE}:snapshot:awsbackup:job-1`],
  ['rds:DeleteDBSnapshot', `arn:aws:rds:${HERE}:snapshot:awsbackup:job-1`],
  ['ec2:CreateImage', `arn:aws:ec2:${HERE}:instance/i-1`],
  ['ec2:CreateSnapshot', `arn:aws:ec2:${HERE}:volume/vol-1`],
  ['ec2:DeregisterImage', 'arn:aws:ec2:eu-south-2::image/ami-1'],
  ['ec2:DeleteSnapshot', 'arn:aws:ec2:eu-south-2::snapshot/snap-1'],
])('backups may %s on %s', async (action, resource) => {
  expect(await backups(action, resource)).toBe(true);
});

test.each([
  ['rds:DeleteDBSnapshot', `arn:aws:rds:${HERE}:snapshot:before-the-upgrade`],
  ['rds:DeleteDBInstance', `arn:aws:rds:${HERE}:db:charging`],
  ['rds:ModifyDBInstance', `arn:aws:rds:${HERE}:db:charging`],
  ['rds:CreateDBSnapshot', 'arn:aws:rds:eu-west-1:111122223333:db:charging'],
  ['ec2:TerminateInstances', `arn:aws:ec2:${HERE}:instance/i-1`],
  ['ec2:DeleteVolume', `arn:aws:ec2:${HERE}:volume/vol-1`],
])('backups may not %s on %s', async (action, resource) => {
  expect(await backups(action, resource)).toBe(false);
});

// The simulator wants each key's own policy, which belongs to other stacks.
test('keys of resources are handed on to AWS only, and restores use them through RDS only', () => {
  const statements = resourcesOf(stack, 'AWS::IAM::ManagedPolicy').flatMap(([id, { Properties }]) =>
    Properties.PolicyDocument.Statement.filter((statement: { Action: unknown; Resource: unknown }) =>
      JSON.stringify(statement.Resource).includes(':key/*'),
    ).map((statement: { Action: unknown; Condition: unknown }) => [
      /RestoreTest|RestoreRole/.exec(id)?.[0] ?? 'Backup',
      statement.Action,
      statement.Condition,
    ]),
  );
  const handOn = ['kms:CreateGrant', { Bool: { 'kms:GrantIsForAWSResource': 'true' } }];
  expect(statements).toEqual([
    ...[
      ['Backup', 'kms:DescribeKey', undefined],
      ['Backup', ...handOn],
    ],
    ...['RestoreTest', 'RestoreRole'].flatMap((role) => [
      [
        role,
        ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext'],
        { StringEquals: { 'kms:ViaService': 'rds.eu-south-2.amazonaws.com' } },
      ],
      [role, 'kms:DescribeKey', undefined],
      [role, ...handOn],
    ]),
  ]);
});

test.each([
  ['rds:DeleteDBInstance', `arn:aws:rds:${HERE}:db:awsbackup-restore-test-1`, true],
  ['rds:DeleteDBInstance', `arn:aws:rds:${HERE}:db:charging`, false],
  ['rds:RestoreDBInstanceFromDBSnapshot', `arn:aws:rds:${HERE}:db:awsbackup-restore-test-1`, true],
  ['rds:RestoreDBInstanceFromDBSnapshot', `arn:aws:rds:${HERE}:db:charging`, false],
  ['rds:RestoreDBInstanceFromDBSnapshot', `arn:aws:rds:${HERE}:snapshot:awsbackup:job-1`, true],
  ['rds:RestoreDBInstanceFromDBSnapshot', `arn:aws:rds:${HERE}:snapshot:before-the-upgrade`, false],
  ['rds:DeleteDBSnapshot', `arn:aws:rds:${HERE}:snapshot:awsbackup:job-1`, false],
])('restore tests asking to %s on %s: %s', async (action, resource, expected) => {
  expect(await restores(action, resource)).toBe(expected);
});

test.each([
  ['rds:RestoreDBInstanceFromDBSnapshot', `arn:aws:rds:${HERE}:db:restored-charging-20261125-0300`, true],
  ['rds:RestoreDBInstanceFromDBSnapshot', `arn:aws:rds:${HERE}:db:charging`, false],
  ['rds:DeleteDBInstance', `arn:aws:rds:${HERE}:db:charging`, false],
  ['ec2:RunInstances', `arn:aws:ec2:${HERE}:instance/i-1`, true],
  ['ec2:TerminateInstances', `arn:aws:ec2:${HERE}:instance/i-1`, false],
  ['iam:PassRole', 'arn:aws:iam::111122223333:role/machines', false],
])('the restore runbook asking to %s on %s: %s', async (action, resource, expected) => {
  expect(await may('Recovery/RestoreRole/Role')(action, resource)).toBe(expected);
});

test('the function of the runbooks passes on no role but the one that restores', async () => {
  const steps = may('Recovery/Steps/Execution/Role');
  const context = { 'iam:PassedToService': 'backup.amazonaws.com' };
  const passes = (resource: string) =>
    isAllowed(stack, roleIdOf(stack, 'Recovery/Steps/Execution/Role'), { action: 'iam:PassRole', resource, context });
  expect(await steps('backup:DeleteRecoveryPoint', `arn:aws:rds:${HERE}:snapshot:awsbackup:job-1`)).toBe(true);
  expect(await steps('backup:DeleteRecoveryPoint', `arn:aws:rds:${HERE}:snapshot:mine`)).toBe(false);
  expect(await steps('rds:DescribeDBInstances', `arn:aws:rds:${HERE}:db:restored-charging-20261125-0300`)).toBe(true);
  expect(await steps('rds:DescribeDBInstances', `arn:aws:rds:${HERE}:db:charging`)).toBe(false);
  expect(await steps('backup:DeleteBackupVault', `arn:aws:backup:${HERE}:backup-vault:x`)).toBe(false);
  expect(await passes('arn:aws:iam::111122223333:role/administrator')).toBe(false);
});

test('the evidence lists restores where there is a test, and changes nothing', async () => {
  const elsewhere = { action: 's3:GetObject', resource: 'arn:aws:s3:::elsewhere/memory.json' };
  const writer = (some: typeof stack) => (action: string) =>
    isAllowed(some, roleIdOf(some, 'Evidence/Writer/Execution/Role'), { action, resource: '*' });
  expect(await writer(stack)('backup:ListRestoreJobs')).toBe(true);
  expect(await writer(define({ restoreTest: RestoreTest.none() }).stack)('backup:ListRestoreJobs')).toBe(false);
  expect(await writer(stack)('backup:StartRestoreJob')).toBe(false);
  expect(await isAllowed(stack, roleIdOf(stack, 'Evidence/Writer/Execution/Role'), elsewhere)).toBe(false);
});

describe('of resources that are known by ARN', () => {
  const table = `arn:aws:dynamodb:${HERE}:table/entries`;
  const fileSystem = `arn:aws:elasticfilesystem:${HERE}:file-system/fs-1`;
  const exact = define({
    resources: [table, fileSystem, 'arn:aws:s3:::files'].map((arn) => backup.BackupResource.fromArn(arn)),
  });

  test.each([
    ['dynamodb:StartAwsBackupJob', table, true],
    ['dynamodb:DeleteBackup', `${table}/backup/1`, true],
    ['dynamodb:StartAwsBackupJob', `arn:aws:dynamodb:${HERE}:table/neighbour`, false],
    ['dynamodb:DeleteTable', table, false],
    ['elasticfilesystem:Backup', fileSystem, true],
    ['elasticfilesystem:Backup', `arn:aws:elasticfilesystem:${HERE}:file-system/fs-2`, false],
    ['s3:GetObjectVersion', 'arn:aws:s3:::files/a', true],
    ['s3:GetObjectVersion', 'arn:aws:s3:::neighbour/a', false],
    ['s3:DeleteObject', 'arn:aws:s3:::files/a', false],
    ['rds:CreateDBSnapshot', `arn:aws:rds:${HERE}:db:charging`, false],
  ])('backups asking to %s on %s: %s', async (action, resource, expected) => {
    const request = { action, resource };
    expect(await isAllowed(exact.stack, roleIdOf(exact.stack, 'Backup/Backup/Role'), request)).toBe(expected);
  });

  test('passes the three packs', () => {
    expect(nagFindings(exact.stack)).toEqual([]);
  });
});

test('the policy of every service at once is within the 6144 characters of IAM', () => {
  const hidden = Lazy.string({ produce: () => 'arn:aws:s3:::files' });
  const all = define({ resources: [backup.BackupResource.fromArn(hidden), MACHINES] });
  for (const [, { Properties }] of resourcesOf(all.stack, 'AWS::IAM::ManagedPolicy')) {
    expect(JSON.stringify(Properties.PolicyDocument).length).toBeLessThan(6144);
  }
});

test('no role carries a policy of AWS or an inline policy', () => {
  templateOf(stack).resourceCountIs('AWS::IAM::Policy', 0);
  for (const role of Object.values(templateOf(stack).findResources('AWS::IAM::Role'))) {
    expect(role.Properties.ManagedPolicyArns ?? []).toEqual([]);
  }
});
