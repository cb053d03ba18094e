import { Stack } from 'aws-cdk-lib';
import type * as backup from 'aws-cdk-lib/aws-backup';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { PolicyRole } from '../private/role';
import { acknowledgeWildcards } from '../private/wildcards';
import type { Service, SplitResources } from './resources';

const ANY_OF_ACCOUNT =
  'Resources come by tag or later, so their names are unknown; the pattern ends at this account and region and at what AWS Backup named itself';

/** Names of resources that AWS Backup works on, as narrow as they are known before they exist. */
function patterns(scope: Construct) {
  const { partition, region, account } = Stack.of(scope);
  const rds = `arn:${partition}:rds:${region}:${account}`;
  const ec2 = `arn:${partition}:ec2:${region}`;
  return {
    region,
    databases: `${rds}:db:*`,
    clusters: `${rds}:cluster:*`,
    clusterSnapshots: `${rds}:cluster-snapshot:awsbackup:*`,
    databaseSnapshots: `${rds}:snapshot:awsbackup:*`,
    subnetGroups: `${rds}:subgrp:*`,
    parameterGroups: `${rds}:pg:*`,
    optionGroups: `${rds}:og:*`,
    instances: `${ec2}:${account}:instance/*`,
    volumes: `${ec2}:${account}:volume/*`,
    machineParts: ['key-pair', 'network-interface', 'security-group', 'subnet'].map(
      (part) => `${ec2}:${account}:${part}/*`,
    ),
    images: `${ec2}::image/*`,
    snapshots: `${ec2}::snapshot/*`,
    fileSystems: `arn:${partition}:elasticfilesystem:${region}:${account}:file-system/*`,
    tables: `arn:${partition}:dynamodb:${region}:${account}:table/*`,
    buckets: `arn:${partition}:s3:::*`,
    rules: `arn:${partition}:events:${region}:${account}:rule/AwsBackupManagedRule*`,
    keys: `arn:${partition}:kms:${region}:${account}:key/*`,
  };
}

/**
 * The role that copies, and deletes the copies when their time is over: AWS Backup expires points with the role that made them. It
 * is AWS's own policies cut down to the services in use, this account and region, and where they are known, to the ARNs.
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html
 */
export function defineBackupRole(scope: Construct, id: string, props: BackupRoleProps): PolicyRole {
  const { vault, encryptionKey, reach } = props;
  const role = defineRole(scope, id, 'Lets AWS Backup copy resources, and expire the copies');
  for (const [service, arns] of reach) {
    ALLOW_COPIES[service](role, patterns(scope), arns);
  }
  role.allow(['tag:GetResources'], ['*']);
  role.allow(['backup:DescribeBackupVault'], [vault.backupVaultArn]);
  role.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [encryptionKey.keyArn]);
  allowResourceKeys(role, patterns(scope).keys);
  acknowledgeWildcards(role, ANY_OF_ACCOUNT, patterns(scope).keys);
  acknowledgeWildcards(role, 'IAM knows no narrower resource for these actions, which only read', '*');
  return role;
}

export interface BackupRoleProps {
  readonly vault: backup.IBackupVault;
  readonly encryptionKey: kms.IKey;
  readonly reach: SplitResources['reach'];
}

type AllowCopies = (
  role: PolicyRole,
  all: Patterns,
  /** Exact ARNs; without them any of the account and region. */
  arns: readonly string[] | undefined,
) => void;

const ALLOW_COPIES: Record<Service, AllowCopies> = {
  rds(role, { databases, clusters, databaseSnapshots, clusterSnapshots }, arns) {
    const sources = arns ? [...arns] : [databases, clusters];
    const snapshots = [databaseSnapshots, clusterSnapshots];
    role.allow(
      [
        'rds:CreateDBClusterSnapshot',
        'rds:CreateDBSnapshot',
        'rds:DescribeDBClusterSnapshots',
        'rds:DescribeDBClusters',
        'rds:DescribeDBInstances',
        'rds:DescribeDBSnapshots',
        'rds:ListTagsForResource',
      ],
      [...sources, ...snapshots],
    );
    role.allow(['rds:AddTagsToResource', 'rds:DeleteDBClusterSnapshot', 'rds:DeleteDBSnapshot'], snapshots);
    acknowledgeWildcards(role, ANY_OF_ACCOUNT, ...snapshots, ...(arns ? [] : sources));
  },

  /** An image takes the instance and every volume of it, so exact ARNs would not be enough. */
  ec2(role, { instances, volumes, images, snapshots }) {
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
      ],
      ['*'],
    );
    acknowledgeWildcards(role, ANY_OF_ACCOUNT, instances, volumes, images, snapshots);
  },

  elasticfilesystem(role, { fileSystems }, arns) {
    const sources = arns ? [...arns] : [fileSystems];
    role.allow(['elasticfilesystem:Backup', 'elasticfilesystem:DescribeTags'], sources);
    acknowledgeWildcards(role, ANY_OF_ACCOUNT, ...(arns ? [] : sources));
  },

  dynamodb(role, { tables }, arns) {
    const sources = arns ? [...arns] : [tables];
    const copies = sources.map((table) => `${table}/backup/*`);
    role.allow(
      ['dynamodb:CreateBackup', 'dynamodb:DescribeTable', 'dynamodb:ListTagsOfResource', 'dynamodb:StartAwsBackupJob'],
      sources,
    );
    role.allow(['dynamodb:DeleteBackup', 'dynamodb:DescribeBackup'], copies);
    acknowledgeWildcards(role, ANY_OF_ACCOUNT, ...copies, ...(arns ? [] : sources));
  },

  s3(role, { buckets, rules, region }, arns) {
    const sources = arns ? [...arns] : [buckets];
    const objects = sources.map((bucket) => `${bucket}/*`);
    role.allow(
      [
        's3:GetBucketAcl',
        's3:GetBucketLocation',
        's3:GetBucketNotification',
        's3:GetBucketTagging',
        's3:GetBucketVersioning',
        's3:GetInventoryConfiguration',
        's3:ListBucket',
        's3:ListBucketVersions',
        's3:PutBucketNotification',
        's3:PutInventoryConfiguration',
      ],
      sources,
    );
    role.allow(
      [
        's3:GetObject',
        's3:GetObjectAcl',
        's3:GetObjectTagging',
        's3:GetObjectVersion',
        's3:GetObjectVersionAcl',
        's3:GetObjectVersionTagging',
      ],
      objects,
    );
    role.allow(
      [
        'events:DeleteRule',
        'events:DescribeRule',
        'events:DisableRule',
        'events:EnableRule',
        'events:ListTargetsByRule',
        'events:PutRule',
        'events:PutTargets',
        'events:RemoveTargets',
      ],
      [rules],
    );
    role.allow(['cloudwatch:GetMetricData', 'events:ListRules', 's3:ListAllMyBuckets'], ['*']);
    role.allow(['kms:Decrypt', 'kms:DescribeKey'], ['*'], {
      StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` },
    });
    acknowledgeWildcards(role, ANY_OF_ACCOUNT, ...objects, rules, ...(arns ? [] : sources));
  },
};

export interface RestoreRoleProps {
  readonly description: string;
  /** Beginning of the names that restored databases get; nothing of another name is made, tagged or deleted. */
  readonly prefix: string;
  /** Whether machines are restored too. */
  readonly machines: boolean;
}

/** A role that restores beside what lives: databases under names of its own, machines without permissions of theirs. */
export function defineRestoreRole(scope: Construct, id: string, props: RestoreRoleProps): PolicyRole {
  const role = defineRole(scope, id, props.description);
  const all = patterns(scope);
  const { databases, databaseSnapshots, subnetGroups, parameterGroups, optionGroups, keys } = all;
  const restored = databases.replace(/\*$/, `${props.prefix}*`);
  role.allow(
    ['rds:DescribeDBInstances', 'rds:DescribeDBSnapshots', 'rds:ListTagsForResource'],
    [databases, databaseSnapshots],
  );
  role.allow(
    ['rds:RestoreDBInstanceFromDBSnapshot'],
    [restored, databaseSnapshots, subnetGroups, parameterGroups, optionGroups],
  );
  role.allow(['rds:AddTagsToResource', 'rds:DeleteDBInstance'], [restored]);
  role.allow(['kms:Decrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext'], [keys], {
    StringEquals: { 'kms:ViaService': `rds.${Stack.of(scope).region}.amazonaws.com` },
  });
  allowResourceKeys(role, keys);
  acknowledgeWildcards(
    role,
    ANY_OF_ACCOUNT,
    ...[databases, restored, databaseSnapshots, subnetGroups, parameterGroups, optionGroups, keys],
  );
  if (props.machines) {
    allowMachines(role, all);
  }
  return role;
}

/** Without `iam:PassRole`: a machine of yesterday must not act with today's permissions until somebody gives it them. */
function allowMachines(role: PolicyRole, { images, snapshots, instances, volumes, machineParts }: Patterns): void {
  role.allow(['ec2:RunInstances'], [images, snapshots, instances, volumes, ...machineParts]);
  role.allow(['ec2:CreateTags'], [instances, volumes], { StringEquals: { 'ec2:CreateAction': 'RunInstances' } });
  role.allow(['ec2:DescribeImages', 'ec2:DescribeInstances', 'ec2:DescribeSnapshots', 'ec2:DescribeVolumes'], ['*']);
  acknowledgeWildcards(role, ANY_OF_ACCOUNT, images, snapshots, instances, volumes, ...machineParts);
  acknowledgeWildcards(role, 'IAM knows no narrower resource for these actions, which only read', '*');
}

type Patterns = ReturnType<typeof patterns>;

function defineRole(scope: Construct, id: string, description: string): PolicyRole {
  return new PolicyRole(scope, id, { assumedBy: new iam.ServicePrincipal('backup.amazonaws.com'), description });
}

/** Copies keep the key of what they copy, so the services must be able to hand it on; each key's own policy has the last word. */
function allowResourceKeys(role: PolicyRole, keys: string): void {
  role.allow(['kms:DescribeKey'], [keys]);
  role.allow(['kms:CreateGrant'], [keys], { Bool: { 'kms:GrantIsForAWSResource': 'true' } });
}

/** Points of databases and machines are snapshots and images of their services; those of other services belong to AWS Backup. */
export function pointPatterns(scope: Construct): string[] {
  const { partition, region, account } = Stack.of(scope);
  return [
    `arn:${partition}:backup:${region}:${account}:recovery-point:*`,
    `arn:${partition}:ec2:${region}::image/*`,
    `arn:${partition}:ec2:${region}::snapshot/*`,
    `arn:${partition}:rds:${region}:${account}:cluster-snapshot:awsbackup:*`,
    `arn:${partition}:rds:${region}:${account}:snapshot:awsbackup:*`,
  ];
}
