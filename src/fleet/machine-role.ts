import { Names, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { PolicyRole } from '../private/role';
import { acknowledgeWildcards } from '../private/wildcards';
import { FLEET_TAG, METRIC_NAMESPACE } from './constants';
import type { MachineFiles } from './machine-files';
import type { ServiceDefinition } from './service-definition';

export interface MachineRoleProps {
  readonly services: readonly ServiceDefinition[];
  readonly files: MachineFiles;
  readonly fleetTag: string;
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
  const { asset, logGroup } = props.files;
  role.allow(['s3:GetObject'], [`arn:${Stack.of(scope).partition}:s3:::${asset.s3BucketName}/${asset.s3ObjectKey}`]);
  role.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]);
  allowMetrics(role);
  allowSessions(role);
  allowOwnLifecycle(scope, role, props.fleetTag);
  allowImages(role, props.services);
  allowSecrets(scope, role, props.services);
  return role;
}

function allowMetrics(role: PolicyRole): void {
  role.allow(['cloudwatch:PutMetricData'], ['*'], { StringEquals: { 'cloudwatch:namespace': METRIC_NAMESPACE } });
}

/** Session Manager instead of SSH: what the agent needs, without the parameters and commands of the managed policy. */
function allowSessions(role: PolicyRole): void {
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
  role.allow(
    [
      'autoscaling:CompleteLifecycleAction',
      'autoscaling:RecordLifecycleActionHeartbeat',
      'autoscaling:SetInstanceHealth',
    ],
    [groups],
    { StringEquals: { [`autoscaling:ResourceTag/${FLEET_TAG}`]: fleetTag } },
  );
  acknowledgeWildcards(role, 'A condition holds the machines to the group with the tag of their own fleet', groups);
}

function allowImages(role: PolicyRole, services: readonly ServiceDefinition[]): void {
  const repositories = new Set(services.flatMap(({ image }) => image._repository?.repositoryArn ?? []));
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
  if (secrets.length === 0) {
    return;
  }
  const resources = new Set(secrets.map(resourceOf));
  role.allow(['secretsmanager:GetSecretValue'], [...resources]);
  acknowledgeWildcards(
    role,
    'The secret is known by its name only; the question marks stand for the six characters that AWS appends to it',
    ...[...resources].filter((resource) => resource.endsWith('-??????')),
  );
  const keys = new Set(
    secrets.map(({ encryptionKey }) => encryptionKey).filter((key): key is kms.IKey => key !== undefined),
  );
  if (keys.size > 0) {
    role.allow(
      ['kms:Decrypt'],
      [...keys].map(({ keyArn }) => keyArn),
      {
        StringEquals: { 'kms:ViaService': `secretsmanager.${Stack.of(scope).region}.amazonaws.com` },
      },
    );
  }
}

function resourceOf(secret: secretsmanager.ISecret): string {
  return secret.secretFullArn ?? `${secret.secretArn}-??????`;
}
