import { ArnFormat, Stack } from 'aws-cdk-lib';
import type * as backup from 'aws-cdk-lib/aws-backup';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { acknowledgeWildcards } from '../private/wildcards';
import type { Service } from './resources';
import { pointPatterns } from './roles';

/** A region and account in which points lie. */
interface Place {
  readonly region: string;
  readonly account: string;
}

export interface CopyPolicyProps {
  /** The role that copies and expires. */
  readonly role: iam.IRole;
  /** Vaults that get copies. */
  readonly vaults: readonly backup.IBackupVault[];
  /** Services whose points are copied. */
  readonly services: ReadonlySet<Service>;
}

/**
 * What copies to other vaults take beyond the points themselves: a policy of its own, because one of every service has no room left.
 * The services make, tag and expire copies where they arrive, with the same role; another account must first be let in to the snapshot.
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBackupServiceRolePolicyForBackup.html
 */
export function defineCopyPolicy(
  scope: Construct,
  id: string,
  { role, vaults, services }: CopyPolicyProps,
): iam.ManagedPolicy {
  const policy = new iam.ManagedPolicy(scope, id, {
    description: 'Lets AWS Backup copy recovery points to other vaults, and expire the copies',
    roles: [role],
  });
  const stack = Stack.of(scope);
  const { partition } = stack;
  const here: Place = { region: stack.region, account: stack.account };
  const there = vaults.map(({ backupVaultArn }) => placeOf(stack, backupVaultArn));
  const places = distinct([here, ...there]);
  const isShared = there.some(({ account }) => account !== here.account);

  const points = pointPatterns(scope);
  allow(policy, ['backup:CopyFromBackupVault'], points);
  allow(
    policy,
    ['backup:CopyIntoBackupVault', 'backup:DescribeBackupVault'],
    [...new Set(vaults.map(({ backupVaultArn }) => backupVaultArn))],
  );
  const keys = places.slice(1).map(({ region, account }) => `arn:${partition}:kms:${region}:${account}:key/*`);
  if (keys.length > 0) {
    allow(policy, ['kms:DescribeKey'], keys);
    allow(policy, ['kms:CreateGrant'], keys, { Bool: { 'kms:GrantIsForAWSResource': 'true' } });
  }
  const patterns = [...points, ...keys];
  if (services.has('rds')) {
    patterns.push(...allowDatabases(policy, partition, places, isShared));
  }
  if (services.has('ec2')) {
    patterns.push(...allowImages(policy, partition, places, isShared));
  }
  acknowledgeWildcards(
    policy,
    'Copies are named when they are made; the patterns end at the regions and accounts of the vaults and at what AWS Backup named itself',
    ...patterns,
  );
  return policy;
}

function allowDatabases(
  policy: iam.ManagedPolicy,
  partition: string,
  places: readonly Place[],
  isShared: boolean,
): string[] {
  const snapshots = places.flatMap(({ region, account }) =>
    ['snapshot', 'cluster-snapshot'].map((kind) => `arn:${partition}:rds:${region}:${account}:${kind}:awsbackup:*`),
  );
  const actions = [
    ...['AddTagsToResource', 'CopyDBClusterSnapshot', 'CopyDBSnapshot', 'DeleteDBClusterSnapshot', 'DeleteDBSnapshot'],
    ...['DescribeDBClusterSnapshots', 'DescribeDBSnapshots', 'ListTagsForResource'],
    ...(isShared ? ['ModifyDBClusterSnapshotAttribute', 'ModifyDBSnapshotAttribute'] : []),
  ];
  allow(
    policy,
    actions.map((action) => `rds:${action}`),
    snapshots,
  );
  return snapshots;
}

function allowImages(
  policy: iam.ManagedPolicy,
  partition: string,
  places: readonly Place[],
  isShared: boolean,
): string[] {
  const parts = [...new Set(places.map(({ region }) => region))].flatMap((region) =>
    ['image', 'snapshot'].map((part) => `arn:${partition}:ec2:${region}::${part}/*`),
  );
  allow(
    policy,
    ['CopyImage', 'CopySnapshot', 'CreateTags', 'DeleteSnapshot', 'DeregisterImage'].map((action) => `ec2:${action}`),
    parts,
  );
  const keys = places.map(({ region, account }) => `arn:${partition}:kms:${region}:${account}:key/*`);
  allow(policy, ['kms:GenerateDataKeyWithoutPlaintext', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'], keys, {
    'ForAnyValue:StringEquals': { 'kms:EncryptionContextKeys': 'aws:ebs:id' },
    StringLike: { 'kms:ViaService': 'ec2.*.amazonaws.com' },
  });
  if (isShared) {
    allow(policy, ['ec2:ModifyImageAttribute', 'ec2:ModifySnapshotAttribute'], parts, {
      Null: { 'aws:ResourceTag/aws:backup:source-resource': 'false' },
    });
  }
  return [...parts, ...keys];
}

function allow(
  policy: iam.ManagedPolicy,
  actions: string[],
  resources: string[],
  conditions?: Record<string, Record<string, string>>,
): void {
  policy.addStatements(new iam.PolicyStatement({ actions, resources, conditions }));
}

function placeOf(stack: Stack, backupVaultArn: string): Place {
  const { region = stack.region, account = stack.account } = stack.splitArn(
    backupVaultArn,
    ArnFormat.COLON_RESOURCE_NAME,
  );
  return { region, account };
}

function distinct(places: readonly Place[]): Place[] {
  return places.filter(
    (place, index) =>
      places.findIndex(({ region, account }) => region === place.region && account === place.account) === index,
  );
}
