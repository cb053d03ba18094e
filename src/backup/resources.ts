import { Annotations, CfnResource, Reference, Token, Tokenization } from 'aws-cdk-lib';
import type * as backup from 'aws-cdk-lib/aws-backup';
import type { Construct } from 'constructs';
import { invalid } from '../private/errors';

const MAX_ARNS = 500;

/** Services whose resources the policy copies, as ARNs spell them. */
export const SERVICES = ['dynamodb', 'ec2', 'elasticfilesystem', 'rds', 's3'] as const;
export type Service = (typeof SERVICES)[number];

/** What a tag stands for: the role copies machines, their volumes and databases by tag, everything else by ARN. */
const SERVICES_BY_TAG: readonly Service[] = ['ec2', 'rds'];
/** What the CDK looks for below a construct. */
const SERVICES_BY_CONSTRUCT: readonly Service[] = ['dynamodb', 'ec2', 'elasticfilesystem', 'rds'];

/** The same services as the CDK's resource types spell them. */
const SERVICE_OF_TYPE: Record<string, Service> = {
  DynamoDB: 'dynamodb',
  EC2: 'ec2',
  EFS: 'elasticfilesystem',
  RDS: 'rds',
  S3: 's3',
};

export interface SplitResources {
  readonly byArn: backup.BackupResource[];
  readonly byTag: backup.BackupResource[];
  /** What the role must be able to copy: by service the ARNs, or `undefined` for any of the account and region. */
  readonly reach: ReadonlyMap<Service, readonly string[] | undefined>;
}

/** Sorts resources into two selections: AWS does not say how tags and ARNs of one selection combine. */
export function splitResources(scope: Construct, resources: backup.BackupResource[]): SplitResources {
  const byTag = resources.filter((resource) => resource.tagCondition !== undefined);
  const byArn = resources.filter((resource) => resource.tagCondition === undefined);
  if (resources.length === 0) {
    throw invalid(
      scope,
      `'resources' must name at least one resource, got none; a policy without resources keeps nothing`,
    );
  }
  const both = byTag.find(({ resource, construct }) => resource !== undefined || construct !== undefined);
  if (both) {
    throw invalid(
      scope,
      `'resources' must each be a tag or an ARN, got the tag '${both.tagCondition?.key}' with an ARN; AWS does not say how they combine, name them apart`,
    );
  }
  if (byArn.length > MAX_ARNS) {
    throw invalid(scope, `'resources' must be at most ${MAX_ARNS} by ARN, got ${byArn.length}; select by tag instead`);
  }
  for (const { resource } of byArn) {
    validateArn(scope, resource);
  }
  warnOfTags(scope, byTag);
  warnOfClusters(scope, byArn);
  return { byArn, byTag, reach: reachOf(scope, resources) };
}

/** The evidence holds every resource by its name, so a pattern would miss each night. */
function validateArn(scope: Construct, arn: string | undefined): void {
  if (arn === undefined || (Token.isUnresolved(arn) && !arn.includes('*'))) {
    return;
  }
  if (!arn.startsWith('arn:') || arn.includes('*')) {
    throw invalid(
      scope,
      `'resources' must be exact ARNs, got '${arn}'; select what has no name yet by tag (BackupResource.fromTag)`,
    );
  }
}

/** AWS Backup copies clusters, and the restores of this room are of instances. */
function warnOfClusters(scope: Construct, byArn: readonly backup.BackupResource[]): void {
  if (byArn.some(({ resource }) => resource !== undefined && isCluster(resource))) {
    Annotations.of(scope).addWarningV2(
      'cdk-charging-platform:backupOfCluster',
      'clusters, such as those of DatabaseStandby.readable(), are copied, but neither the monthly test nor the restore runbook restores them: the test fails each month, unless there is only RestoreTest.none(); restore one by hand as a second ResilientMysql, and acknowledge this',
    );
  }
}

function isCluster(arn: string): boolean {
  return /^arn:[^:]+:rds:.*:cluster:/.test(arn) || referredTo(arn)?.cfnResourceType === 'AWS::RDS::DBCluster';
}

/** Of a database a tag is a good name; of machines that come and go it is a bill that nobody expected. */
function warnOfTags(scope: Construct, byTag: readonly backup.BackupResource[]): void {
  if (byTag.length > 0) {
    const tags = byTag.map(({ tagCondition }) => `'${tagCondition?.key}=${tagCondition?.value}'`).join(', ');
    Annotations.of(scope).addWarningV2(
      'cdk-charging-platform:backupByTag',
      `every night each machine, volume and database with the tag ${tags} is copied, also machines that live for hours; name resources by ARN, or acknowledge this`,
    );
  }
}

function reachOf(scope: Construct, resources: readonly backup.BackupResource[]) {
  const reach = new Map<Service, string[] | undefined>();
  for (const { resource, tagCondition, construct } of resources) {
    for (const service of tagCondition ? SERVICES_BY_TAG : construct ? SERVICES_BY_CONSTRUCT : []) {
      reach.set(service, undefined);
    }
    for (const service of resource === undefined ? [] : servicesOf(scope, resource)) {
      const known = reach.get(service);
      if (known || !reach.has(service)) {
        reach.set(service, [...(known ?? []), resource as string]);
      }
    }
  }
  return reach;
}

/** The service of an ARN, which is known as text, as text around tokens, or by the resource that it is an attribute of. */
function servicesOf(scope: Construct, arn: string): readonly Service[] {
  const written = /^arn:[^:]+:([a-z0-9-]+):/.exec(arn)?.[1];
  const name = written ?? serviceOfReference(arn);
  if (name === undefined) {
    return SERVICES;
  }
  const service = SERVICES.find((candidate) => candidate === name);
  if (!service) {
    throw invalid(
      scope,
      `'resources' must be of RDS, EC2, EBS, EFS, S3 or DynamoDB, got one of '${name}'; give other services a backup plan of their own`,
    );
  }
  return [service];
}

function serviceOfReference(arn: string): string | undefined {
  const type = referredTo(arn)?.cfnResourceType.split('::')[1];
  return type && (SERVICE_OF_TYPE[type] ?? type);
}

/** The resource that an ARN is an attribute of. */
function referredTo(arn: string): CfnResource | undefined {
  const reference = Token.isUnresolved(arn) ? Tokenization.reverse(arn, { failConcat: false }) : undefined;
  return Reference.isReference(reference) && CfnResource.isCfnResource(reference.target) ? reference.target : undefined;
}
