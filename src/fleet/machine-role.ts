import { Names, Stack } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { PolicyRole } from '../private/role';
import { acknowledgeWildcards } from '../private/wildcards';
import { FLEET_TAG, METRIC_NAMESPACE } from './constants';
import type { MachineFiles } from './machine-files';
import type { PulledImage, ServiceDefinition } from './service-definition';

export interface MachineRoleProps {
  readonly services: readonly ServiceDefinition[];
  readonly images: readonly PulledImage[];
  readonly files: MachineFiles;
  readonly fleetTag: string;
  readonly encryptionKey: kms.IKey;
  /** Where a job takes its lease. @default - no service has jobs */
  readonly leases?: dynamodb.ITableV2;
}

/** What the tag of a fleet's machines says; no other fleet of the account and region says the same. */
export function fleetTagOf(scope: Construct): string {
  return `${Stack.of(scope).stackName}/${Names.uniqueResourceName(scope, { maxLength: 64 })}`;
}

/** The role of the machines: what the machine itself needs, and what its services were given. */
export function defineMachineRole(scope: Construct, id: string, props: MachineRoleProps): PolicyRole {
  const role = new PolicyRole(scope, id, {
    assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com'),
    description: 'Machines of the platform',
  });
  const { asset, machineLogs, serviceLogs } = props.files;
  role.allow(['s3:GetObject'], [`arn:${Stack.of(scope).partition}:s3:::${asset.s3BucketName}/${asset.s3ObjectKey}`]);
  role.allow(
    ['logs:CreateLogStream', 'logs:PutLogEvents'],
    [machineLogs, ...serviceLogs.values()].map(({ logGroupArn }) => logGroupArn),
  );
  allowMetrics(role);
  allowManagement(role);
  allowOwnLifecycle(scope, role, props.fleetTag);
  allowImages(role, props.images);
  allowSecrets(scope, role, props.services);
  if (props.leases) {
    allowLeases(scope, role, props.leases, props.encryptionKey);
  }
  return role;
}

function allowMetrics(role: PolicyRole): void {
  role.allow(['cloudwatch:PutMetricData'], ['*'], { StringEquals: { 'cloudwatch:namespace': METRIC_NAMESPACE } });
}

/** Session Manager instead of SSH: what the agent needs, without the parameters and inventories of the managed policy. */
export function allowManagement(role: PolicyRole): void {
  role.allow(
    [
      'ssm:UpdateInstanceInformation',
      'ssmmessages:CreateControlChannel',
      'ssmmessages:CreateDataChannel',
      'ssmmessages:OpenControlChannel',
      'ssmmessages:OpenDataChannel',
    ],
    ['*'],
  );
  acknowledgeWildcards(
    role,
    'Session Manager, ECR log-in and metrics know no resources; metrics are held to one namespace',
    '*',
  );
}

/** Groups are named by AWS at creation, and naming this one in the policy that it depends on would be a circle: hence the tag. */
function allowOwnLifecycle(scope: Construct, role: PolicyRole, fleetTag: string): void {
  const { partition, region, account } = Stack.of(scope);
  const groups = `arn:${partition}:autoscaling:${region}:${account}:autoScalingGroup:*:autoScalingGroupName/*`;
  role.allow(['autoscaling:CompleteLifecycleAction', 'autoscaling:SetInstanceHealth'], [groups], {
    StringEquals: { [`autoscaling:ResourceTag/${FLEET_TAG}`]: fleetTag },
  });
  acknowledgeWildcards(role, 'A condition holds the machines to the group with the tag of their own fleet', groups);
}

/** To pull from the repositories that the services name. */
export function allowImages(role: PolicyRole, images: readonly PulledImage[]): void {
  const repositories = new Set(images.flatMap(({ repository }) => repository?.repositoryArn ?? []));
  if (repositories.size > 0) {
    role.allow(['ecr:GetAuthorizationToken'], ['*']);
    role.allow(
      ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      [...repositories],
    );
  }
}

function allowSecrets(scope: Construct, role: PolicyRole, services: readonly ServiceDefinition[]): void {
  const secrets = services.flatMap((service) => Object.values(service.secrets));
  for (const [store, action] of [
    ['secretsmanager', 'secretsmanager:GetSecretValue'],
    ['ssm', 'ssm:GetParameter'],
  ]) {
    const stored = secrets.filter(({ _store }) => _store === store);
    const resources = new Set(stored.map(({ _resource }) => _resource));
    if (resources.size === 0) {
      continue;
    }
    role.allow([action], [...resources]);
    acknowledgeWildcards(
      role,
      'The secret is known by its name only; the question marks stand for the six characters that AWS appends to it',
      ...[...resources].filter((resource) => resource.endsWith('-??????')),
    );
    const keys = new Set(stored.flatMap(({ _encryptionKey }) => _encryptionKey ?? []));
    if (keys.size > 0) {
      allowDecryption(scope, role, [...keys], store);
    }
  }
}

/** Whoever writes first has the lease: nobody reads, lists or deletes them, and DynamoDB forgets them. */
function allowLeases(scope: Construct, role: PolicyRole, leases: dynamodb.ITableV2, key: kms.IKey): void {
  role.allow(['dynamodb:PutItem'], [leases.tableArn]);
  allowDecryption(scope, role, [key], 'dynamodb');
}

function allowDecryption(scope: Construct, role: PolicyRole, keys: readonly kms.IKey[], service: string): void {
  role.allow(
    ['kms:Decrypt'],
    keys.map(({ keyArn }) => keyArn),
    { StringEquals: { 'kms:ViaService': `${service}.${Stack.of(scope).region}.amazonaws.com` } },
  );
}
