import { isAllowed, roleIdOf } from '../support/iam';
import { resourcesOf, templateOf } from '../support/stacks';
import { define } from './fixture';

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
      id.includes('RestoreTest'),
      statement.Action,
      statement.Condition,
    ]),
  );
  const handOn = ['kms:CreateGrant', { Bool: { 'kms:GrantIsForAWSResource': 'true' } }];
  expect(statements).toEqual([
    [false, 'kms:DescribeKey', undefined],
    [false, ...handOn],
    [
      true,
      ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext'],
      { StringEquals: { 'kms:ViaService': 'rds.eu-south-2.amazonaws.com' } },
    ],
    [true, 'kms:DescribeKey', undefined],
    [true, ...handOn],
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

test('no role carries a policy of AWS or an inline policy', () => {
  templateOf(stack).resourceCountIs('AWS::IAM::Policy', 0);
  for (const role of Object.values(templateOf(stack).findResources('AWS::IAM::Role'))) {
    expect(role.Properties.ManagedPolicyArns ?? []).toEqual([]);
  }
});
