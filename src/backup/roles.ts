import { Stack } from 'aws-cdk-lib';
import type * as backup from 'aws-cdk-lib/aws-backup';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { PolicyRole } from '../private/role';
import { acknowledgeWildcards } from '../private/wildcards';

const ANY_OF_ACCOUNT =
  'Resources come by tag or later, so their names are unknown; the pattern ends at this account and region and at what AWS Backup named itself';

/** Names of resources that AWS Backup works on, as narrow as they are known before they exist. */
function patterns(scope: Construct) {
  const { partition, region, account } = Stack.of(scope);
  const rds = `arn:${partition}:rds:${region}:${account}`;
  const ec2 = `arn:${partition}:ec2:${region}`;
  return {
    databases: `${rds}:db:*`,
    restoredDatabases: `${rds}:db:awsbackup-restore-test-*`,
    databaseSnapshots: `${rds}:snapshot:awsbackup:*`,
    subnetGroups: `${rds}:subgrp:*`,
    parameterGroups: `${rds}:pg:*`,
    optionGroups: `${rds}:og:*`,
    instances: `${ec2}:${account}:instance/*`,
    volumes: `${ec2}:${account}:volume/*`,
    images: `${ec2}::image/*`,
    snapshots: `${ec2}::snapshot/*`,
    keys: `arn:${partition}:kms:${region}:${account}:key/*`,
  };
}

/**
 * The role that copies databases, machines and volumes, and deletes the copies when their time is over: AWS Backup expires points
 * with the role that made them. It is AWS's own policy for these three types, cut down to this account and region.
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html
 */
export function defineBackupRole(scope: Construct, id: string, vault: backup.IBackupVault, key: kms.IKey): PolicyRole {
  const role = defineRole(scope, id, 'Lets AWS Backup copy databases, machines and volumes, and expire the copies');
  const { databases, databaseSnapshots, instances, volumes, images, snapshots, keys } = patterns(scope);
  role.allow(
    ['rds:CreateDBSnapshot', 'rds:DescribeDBInstances', 'rds:DescribeDBSnapshots', 'rds:ListTagsForResource'],
    [databases, databaseSnapshots],
  );
  role.allow(['rds:AddTagsToResource', 'rds:DeleteDBSnapshot'], [databaseSnapshots]);
  role.allow(['ec2:CreateImage'], [instances, images, snapshots]);
  role.allow(['ec2:CreateSnapshot'], [volumes, snapshots]);
  role.allow(['ec2:CreateTags'], [images, snapshots]);
  role.allow(['ec2:DeregisterImage'], [images]);
  role.allow(['ec2:DeleteSnapshot'], [snapshots]);
  role.allow(
    [
      'ec2:DescribeImages',
      'ec2:DescribeInstanceAttribute',
      'ec2:DescribeInstanceCreditSpecifications',
      'ec2:DescribeInstances',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSnapshots',
      'ec2:DescribeSpotInstanceRequests',
      'ec2:DescribeTags',
      'ec2:DescribeVolumes',
      'tag:GetResources',
    ],
    ['*'],
  );
  role.allow(['backup:DescribeBackupVault'], [vault.backupVaultArn]);
  role.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [key.keyArn]);
  allowResourceKeys(role, keys);
  acknowledgeWildcards(role, ANY_OF_ACCOUNT, databases, databaseSnapshots, instances, volumes, images, snapshots, keys);
  acknowledgeWildcards(role, 'IAM knows no narrower resource for these actions, which only read', '*');
  return role;
}

/** The role that restores databases for a test, under names that AWS Backup gives to tests only. */
export function defineRestoreRole(scope: Construct, id: string): PolicyRole {
  const role = defineRole(scope, id, 'Lets AWS Backup restore databases to test recovery points');
  const all = patterns(scope);
  const { databases, restoredDatabases, databaseSnapshots, subnetGroups, parameterGroups, optionGroups, keys } = all;
  role.allow(
    ['rds:DescribeDBInstances', 'rds:DescribeDBSnapshots', 'rds:ListTagsForResource'],
    [databases, databaseSnapshots],
  );
  role.allow(
    ['rds:RestoreDBInstanceFromDBSnapshot'],
    [restoredDatabases, databaseSnapshots, subnetGroups, parameterGroups, optionGroups],
  );
  role.allow(['rds:AddTagsToResource', 'rds:DeleteDBInstance'], [restoredDatabases]);
  role.allow(['kms:Decrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext'], [keys], {
    StringEquals: { 'kms:ViaService': `rds.${Stack.of(scope).region}.amazonaws.com` },
  });
  allowResourceKeys(role, keys);
  acknowledgeWildcards(
    role,
    ANY_OF_ACCOUNT,
    databases,
    restoredDatabases,
    databaseSnapshots,
    subnetGroups,
    parameterGroups,
    optionGroups,
    keys,
  );
  return role;
}

function defineRole(scope: Construct, id: string, description: string): PolicyRole {
  return new PolicyRole(scope, id, { assumedBy: new iam.ServicePrincipal('backup.amazonaws.com'), description });
}

/** Copies keep the key of what they copy, so the services must be able to hand it on; each key's own policy has the last word. */
function allowResourceKeys(role: PolicyRole, keys: string): void {
  role.allow(['kms:DescribeKey'], [keys]);
  role.allow(['kms:CreateGrant'], [keys], { Bool: { 'kms:GrantIsForAWSResource': 'true' } });
}
