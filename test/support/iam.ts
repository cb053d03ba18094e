import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { Stack } from 'aws-cdk-lib';
import { SPAIN, templateOf } from './stacks';

type Json = ReturnType<typeof JSON.parse>;

/** What a principal asks for. */
export interface IamRequest {
  readonly action: string;
  readonly resource: string;
  readonly context?: Record<string, string>;
  /** Policy of the session, as it stands in the template. @default - none */
  readonly sessionPolicy?: Json;
}

/**
 * Evaluates the policies of one role of the template as IAM would. `Ref`s and `GetAtt`s of resources become
 * `arnOf(logicalId)`, so requests name resources of the template the same way.
 */
export async function isAllowed(stack: Stack, roleLogicalId: string, request: IamRequest): Promise<boolean> {
  const resources: Record<string, Json> = templateOf(stack).toJSON().Resources;
  const attached = (policy: Json) => (policy.Properties.Roles ?? []).some((role: Json) => role.Ref === roleLogicalId);
  const identityPolicies = Object.entries(resources)
    .filter(([, r]) => ['AWS::IAM::ManagedPolicy', 'AWS::IAM::Policy'].includes(r.Type) && attached(r))
    .map(([name, r]) => ({ name, policy: resolve(r.Properties.PolicyDocument, resources) }));
  const response = await runSimulation(
    {
      request: {
        principal: request.sessionPolicy
          ? `arn:aws:sts::${SPAIN.account}:assumed-role/${roleLogicalId}/session`
          : `arn:aws:iam::${SPAIN.account}:role/${roleLogicalId}`,
        action: request.action,
        resource: { resource: request.resource, accountId: SPAIN.account as string },
        contextVariables: request.context ?? {},
      },
      identityPolicies,
      sessionPolicy: request.sessionPolicy && JSON.parse(resolve(request.sessionPolicy, resources)),
      resourcePolicy: keyPolicyOf(request.resource, resources),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (response.resultType === 'error') {
    throw new Error(
      `the simulator refused ${request.action} on ${request.resource}: ${JSON.stringify(response.errors)}`,
    );
  }
  return response.overallResult === 'Allowed';
}

/** A key's policy, without which KMS denies what the account's own policies allow. */
function keyPolicyOf(arn: string, resources: Record<string, Json>): Json {
  const key = Object.entries(resources).find(
    ([id, { Type }]) => Type === 'AWS::KMS::Key' && arnOf('AWS::KMS::Key', id) === arn,
  );
  return key && resolve(key[1].Properties.KeyPolicy, resources);
}

/** Logical id of the only role whose construct path ends in `path`, e.g. `Parser/Execution/Role`. */
export function roleIdOf(stack: Stack, path: string): string {
  const role = stack.node.findAll().find((child) => child.node.path.endsWith(`${path}/Resource`));
  if (!role) {
    throw new Error(`no role at ${path}`);
  }
  return stack.getLogicalId(role as Parameters<Stack['getLogicalId']>[0]);
}

/** The ARN that stands for a resource of the template in requests. */
export function arnOf(type: string, logicalId: string): string {
  const at = `${SPAIN.region}:${SPAIN.account}`;
  switch (type) {
    case 'AWS::S3::Bucket':
      return `arn:aws:s3:::${logicalId.toLowerCase()}`;
    case 'AWS::DynamoDB::GlobalTable':
    case 'AWS::DynamoDB::Table':
      return `arn:aws:dynamodb:${at}:table/${logicalId}`;
    case 'AWS::KMS::Key':
      return `arn:aws:kms:${at}:key/${logicalId}`;
    case 'AWS::SecretsManager::Secret':
      return `arn:aws:secretsmanager:${at}:secret:${logicalId}`;
    case 'AWS::Logs::LogGroup':
      return `arn:aws:logs:${at}:log-group:${logicalId}:*`;
    case 'AWS::SQS::Queue':
      return `arn:aws:sqs:${at}:${logicalId}`;
    case 'AWS::SNS::Topic':
      return `arn:aws:sns:${at}:${logicalId}`;
    case 'AWS::WAFv2::IPSet':
      return `arn:aws:wafv2:${at}:regional/ipset/${logicalId}/11111111-2222-3333-4444-555555555555`;
    case 'AWS::KinesisFirehose::DeliveryStream':
      return `arn:aws:firehose:${at}:deliverystream/${logicalId}`;
    case 'AWS::ECR::Repository':
      return `arn:aws:ecr:${at}:repository/${logicalId}`;
    case 'AWS::IAM::Role':
      return `arn:aws:iam::${SPAIN.account}:role/${logicalId}`;
    case 'AWS::Lambda::Function':
      return `arn:aws:lambda:${at}:function:${logicalId}`;
    default:
      return `arn:aws:${type.split('::')[1].toLowerCase()}:${at}:${logicalId}`;
  }
}

function resolve(value: Json, resources: Record<string, Json>): Json {
  if (Array.isArray(value)) {
    return value.map((item) => resolve(item, resources));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if ('Ref' in value) {
    return pseudo(value.Ref) ?? nameOf(arnOf(resources[value.Ref]?.Type ?? 'AWS::Unknown::X', value.Ref));
  }
  if ('Fn::GetAtt' in value) {
    const [id] = value['Fn::GetAtt'];
    return arnOf(resources[id].Type, id);
  }
  if ('Fn::Join' in value) {
    const [separator, parts] = value['Fn::Join'];
    return resolve(parts, resources).join(separator);
  }
  if ('Fn::Sub' in value || 'Fn::Select' in value || 'Fn::Split' in value) {
    throw new Error(`the simulator helper does not resolve ${JSON.stringify(value)}`);
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, resources)]));
}

function pseudo(name: string): string | undefined {
  return {
    'AWS::Partition': 'aws',
    'AWS::Region': SPAIN.region,
    'AWS::AccountId': SPAIN.account,
    'AWS::URLSuffix': 'amazonaws.com',
  }[name];
}

/** What `Ref` gives: the last part of the ARN; of topics and secrets, CloudFormation's own exceptions, the whole. */
function nameOf(arn: string): string {
  return /:(sns|secretsmanager):/.test(arn) ? arn : arn.slice(Math.max(arn.lastIndexOf(':'), arn.lastIndexOf('/')) + 1);
}
