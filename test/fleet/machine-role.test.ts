import { Stack } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { DockerImage, DockerService, JobSchedule, ServiceSecret } from '../../src/fleet';
import { arnOf, isAllowed, roleIdOf } from '../support/iam';
import { newStack, resourcesOf } from '../support/stacks';
import { fleet } from './fixture';

const AT = 'eu-south-2:111122223333';

const stack = newStack();
const repository = new ecr.Repository(stack, 'Api');
new ecr.Repository(stack, 'Neighbour');
const secretKey = new kms.Key(stack, 'SecretKey');
const secret = new secretsmanager.Secret(stack, 'Password', { encryptionKey: secretKey });
const machineFleet = fleet(
  {
    services: [
      DockerService.api({
        image: DockerImage.fromEcrRepository(repository, { tagOrDigest: '1.0.0' }),
        hostNames: ['api.example.com'],
        secrets: {
          PASSWORD: ServiceSecret.fromSecretsManager(secret, 'password'),
          TOKEN: ServiceSecret.fromSecretsManager(secretsmanager.Secret.fromSecretNameV2(stack, 'Token', 'api/token')),
          PARTNER: ServiceSecret.fromSsmParameter(
            ssm.StringParameter.fromSecureStringParameterAttributes(stack, 'Partner', {
              parameterName: '/api/partner',
            }),
            secretKey,
          ),
        },
      }),
      DockerService.jobs({
        image: DockerImage.fromEcrRepository(repository, { tagOrDigest: '1.0.0' }),
        schedules: [JobSchedule.daily({ name: 'invoices', hour: 4, command: ['invoices'] })],
      }),
    ],
  },
  stack,
);
const role = roleIdOf(stack, 'Fleet/MachineRole/Role');
const idOf = (type: string, part: string) =>
  resourcesOf(stack, type)
    .map(([id]) => id)
    .find((id) => id.includes(part)) as string;
const allowed = (action: string, resource: string, context?: Record<string, string>) =>
  isAllowed(stack, role, { action, resource, context });

const leases = arnOf('AWS::DynamoDB::GlobalTable', idOf('AWS::DynamoDB::GlobalTable', 'Leases'));
const fleetKey = arnOf('AWS::KMS::Key', idOf('AWS::KMS::Key', 'FleetKey'));
const otherKey = arnOf('AWS::KMS::Key', idOf('AWS::KMS::Key', 'SecretKey'));
const apiLogs = `${arnOf('AWS::Logs::LogGroup', idOf('AWS::Logs::LogGroup', 'apiLogs')).replace(/\*$/, '')}log-stream:i-1`;
const tag = {
  'autoscaling:ResourceTag/charging-platform:fleet': machineFleet.backupResource.tagCondition?.value ?? '',
};
const group = `arn:aws:autoscaling:${AT}:autoScalingGroup:11111111-2222:autoScalingGroupName/fleet`;

/** jest takes a missing argument for a callback. */
function requests(...rows: [string, string, Record<string, string>?][]): [string, string, Record<string, string>][] {
  return rows.map(([action, resource, context = {}]) => [action, resource, context]);
}

test.each(
  requests(
    ['ecr:BatchGetImage', arnOf('AWS::ECR::Repository', idOf('AWS::ECR::Repository', 'Api'))],
    ['ecr:GetAuthorizationToken', '*'],
    [
      'secretsmanager:GetSecretValue',
      arnOf('AWS::SecretsManager::Secret', idOf('AWS::SecretsManager::Secret', 'Pass')),
    ],
    ['secretsmanager:GetSecretValue', `arn:aws:secretsmanager:${AT}:secret:api/token-AbCdEf`],
    ['ssm:GetParameter', `arn:aws:ssm:${AT}:parameter/api/partner`],
    ['kms:Decrypt', otherKey, { 'kms:ViaService': 'secretsmanager.eu-south-2.amazonaws.com' }],
    ['kms:Decrypt', otherKey, { 'kms:ViaService': 'ssm.eu-south-2.amazonaws.com' }],
    ['kms:Decrypt', fleetKey, { 'kms:ViaService': 'dynamodb.eu-south-2.amazonaws.com' }],
    ['dynamodb:PutItem', leases],
    ['logs:PutLogEvents', apiLogs],
    ['cloudwatch:PutMetricData', '*', { 'cloudwatch:namespace': 'ChargingPlatform/Fleet' }],
    ['autoscaling:CompleteLifecycleAction', group, tag],
    ['autoscaling:SetInstanceHealth', group, tag],
    ['ssmmessages:OpenDataChannel', '*'],
  ),
)('machines may %s on %s', async (action, resource, context) => {
  expect(await allowed(action, resource, context)).toBe(true);
});

test.each(
  requests(
    ['ecr:BatchGetImage', arnOf('AWS::ECR::Repository', idOf('AWS::ECR::Repository', 'Neighbour'))],
    ['ecr:PutImage', arnOf('AWS::ECR::Repository', idOf('AWS::ECR::Repository', 'Api'))],
    ['secretsmanager:GetSecretValue', `arn:aws:secretsmanager:${AT}:secret:api/token-two-AbCdEf`],
    ['secretsmanager:PutSecretValue', `arn:aws:secretsmanager:${AT}:secret:api/token-AbCdEf`],
    ['ssm:GetParameter', `arn:aws:ssm:${AT}:parameter/api/partners`],
    ['kms:Decrypt', otherKey],
    ['kms:Decrypt', fleetKey, { 'kms:ViaService': 'secretsmanager.eu-south-2.amazonaws.com' }],
    ['dynamodb:GetItem', leases],
    ['dynamodb:DeleteItem', leases],
    ['dynamodb:Scan', leases],
    ['dynamodb:PutItem', `${leases}2`],
    ['cloudwatch:PutMetricData', '*', { 'cloudwatch:namespace': 'AWS/EC2' }],
    ['autoscaling:SetInstanceHealth', group, { 'autoscaling:ResourceTag/charging-platform:fleet': 'Test/Other' }],
    ['autoscaling:TerminateInstanceInAutoScalingGroup', group, tag],
    ['s3:GetObject', 'arn:aws:s3:::cdk-hnb659fds-assets-111122223333-eu-south-2/other.zip'],
    ['ssm:SendCommand', '*'],
  ),
)('machines may not %s on %s', async (action, resource, context) => {
  expect(await allowed(action, resource, context)).toBe(false);
});

test('only machines take the role', () => {
  const [[, { Properties }]] = resourcesOf(stack, 'AWS::IAM::Role').filter(([id]) => id === role);
  expect(Properties.AssumeRolePolicyDocument.Statement).toEqual([
    { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' } },
  ]);
  expect(Properties.ManagedPolicyArns).toBeUndefined();
  expect(Stack.of(machineFleet)).toBe(stack);
});
