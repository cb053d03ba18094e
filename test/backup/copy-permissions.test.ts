import { App, Lazy, Stack } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import { BackupCopy, SpanishBackupPolicy } from '../../src/backup';
import { nagFindings, strictFindings } from '../support/findings';
import { isAllowed, roleIdOf } from '../support/iam';
import { resourcesOf, SPAIN } from '../support/stacks';
import { DATABASE, define, MACHINES } from './fixture';

const HERE = 'eu-south-2:111122223333';
const IRELAND = 'arn:aws:backup:eu-west-1:111122223333:backup-vault:second';
const OTHERS = 'arn:aws:backup:eu-south-2:444455556666:backup-vault:theirs';

function copying(vaultArns: string[], resources = [DATABASE, MACHINES]): Stack {
  const stack = new Stack(new App(), 'Test', { env: SPAIN });
  const copies = vaultArns.map((arn, index) =>
    BackupCopy.toVault(backup.BackupVault.fromBackupVaultArn(stack, `Vault${index}`, arn)),
  );
  new SpanishBackupPolicy(stack, 'Backup', { resources, copies });
  return stack;
}

const may = (stack: Stack) => (action: string, resource: string, context?: Record<string, string>) =>
  isAllowed(stack, roleIdOf(stack, 'Backup/Backup/Role'), { action, resource, context });

describe('to another region', () => {
  const asked = may(copying([IRELAND]));

  test.each([
    ['backup:CopyIntoBackupVault', IRELAND, true],
    ['backup:CopyIntoBackupVault', 'arn:aws:backup:eu-west-1:111122223333:backup-vault:other', false],
    ['backup:CopyFromBackupVault', `arn:aws:rds:${HERE}:snapshot:awsbackup:job-1`, true],
    ['backup:CopyFromBackupVault', `arn:aws:rds:${HERE}:snapshot:mine`, false],
    ['rds:CopyDBSnapshot', `arn:aws:rds:${HERE}:snapshot:awsbackup:job-1`, true],
    ['rds:CopyDBSnapshot', 'arn:aws:rds:eu-west-1:111122223333:snapshot:awsbackup:copyjob-1', true],
    ['rds:CopyDBSnapshot', `arn:aws:rds:${HERE}:snapshot:mine`, false],
    ['rds:CopyDBSnapshot', 'arn:aws:rds:eu-central-1:111122223333:snapshot:awsbackup:copyjob-1', false],
    ['rds:CopyDBClusterSnapshot', 'arn:aws:rds:eu-west-1:111122223333:cluster-snapshot:awsbackup:copyjob-1', true],
    ['rds:DeleteDBSnapshot', 'arn:aws:rds:eu-west-1:111122223333:snapshot:awsbackup:copyjob-1', true],
    ['rds:DeleteDBSnapshot', 'arn:aws:rds:eu-west-1:111122223333:snapshot:mine', false],
    ['rds:ModifyDBSnapshotAttribute', `arn:aws:rds:${HERE}:snapshot:awsbackup:job-1`, false],
    ['ec2:CopySnapshot', 'arn:aws:ec2:eu-west-1::snapshot/snap-1', true],
    ['ec2:CopySnapshot', 'arn:aws:ec2:eu-central-1::snapshot/snap-1', false],
    ['ec2:CopyImage', 'arn:aws:ec2:eu-west-1::image/ami-1', true],
    ['ec2:DeregisterImage', 'arn:aws:ec2:eu-west-1::image/ami-1', true],
    ['ec2:RunInstances', 'arn:aws:ec2:eu-west-1::image/ami-1', false],
    ['ec2:ModifySnapshotAttribute', 'arn:aws:ec2:eu-south-2::snapshot/snap-1', false],
  ])('copies asking to %s on %s: %s', async (action, resource, expected) => {
    expect(await asked(action, resource)).toBe(expected);
  });
});

test('to another account, what AWS Backup made is shared, and nothing else', async () => {
  const asked = may(copying([OTHERS]));
  const made = { 'aws:ResourceTag/aws:backup:source-resource': 'i-1' };
  const snapshot = 'arn:aws:ec2:eu-south-2::snapshot/snap-1';
  expect(await asked('rds:ModifyDBSnapshotAttribute', `arn:aws:rds:${HERE}:snapshot:awsbackup:job-1`)).toBe(true);
  expect(await asked('rds:ModifyDBSnapshotAttribute', `arn:aws:rds:${HERE}:snapshot:mine`)).toBe(false);
  expect(await asked('ec2:ModifySnapshotAttribute', snapshot, made)).toBe(true);
  expect(await asked('ec2:ModifySnapshotAttribute', snapshot)).toBe(false);
  expect(await asked('backup:CopyIntoBackupVault', OTHERS)).toBe(true);
});

test('keys are handed on to AWS only, also where copies arrive', () => {
  const statements = resourcesOf(copying([IRELAND], [DATABASE]), 'AWS::IAM::ManagedPolicy').flatMap(
    ([, { Properties }]) =>
      Properties.PolicyDocument.Statement.filter(({ Resource }: { Resource: unknown }) =>
        JSON.stringify(Resource).includes(':kms:eu-west-1:111122223333:key/*'),
      ).map(({ Action, Condition }: Record<string, unknown>) => [Action, Condition]),
  );
  expect(statements).toEqual([
    ['kms:DescribeKey', undefined],
    ['kms:CreateGrant', { Bool: { 'kms:GrantIsForAWSResource': 'true' } }],
  ]);
});

test('without copies nothing is copied', async () => {
  const asked = may(define().stack);
  expect(await asked('backup:CopyFromBackupVault', `arn:aws:rds:${HERE}:snapshot:awsbackup:job-1`)).toBe(false);
  expect(await asked('rds:CopyDBSnapshot', `arn:aws:rds:${HERE}:snapshot:awsbackup:job-1`)).toBe(false);
  expect(await asked('ec2:CopySnapshot', 'arn:aws:ec2:eu-south-2::snapshot/snap-1')).toBe(false);
});

test('every service at once, copied to two places, is within the 6144 characters of IAM', () => {
  const hidden = Lazy.string({ produce: () => 'arn:aws:s3:::files' });
  const stack = copying([IRELAND, OTHERS], [backup.BackupResource.fromArn(hidden), MACHINES]);
  for (const [, { Properties }] of resourcesOf(stack, 'AWS::IAM::ManagedPolicy')) {
    expect(JSON.stringify(Properties.PolicyDocument).length).toBeLessThan(6144);
  }
  expect(nagFindings(stack)).toEqual([]);
  expect(strictFindings(stack)).toEqual([]);
});

test('no copy begins before its permissions', () => {
  const selections = resourcesOf(copying([IRELAND]), 'AWS::Backup::BackupSelection');
  expect(selections).toHaveLength(2);
  for (const [, { DependsOn }] of selections) {
    expect(DependsOn).toContainEqual(expect.stringContaining('BackupCopyPolicy'));
  }
});

test('a vault that only the deployment knows is in its own region and account', async () => {
  const stack = new Stack(new App(), 'Test', { env: SPAIN });
  const second = new backup.BackupVault(stack, 'Second');
  new SpanishBackupPolicy(stack, 'Backup', { resources: [DATABASE], copies: [BackupCopy.toVault(second)] });
  expect(nagFindings(stack).filter((finding) => !JSON.stringify(finding).includes('Second'))).toEqual([]);
});
