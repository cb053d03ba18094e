import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import * as cxapi from 'aws-cdk-lib/cx-api';
import { chargingPlatform } from '../integ/charging-platform.integ';
import { smallPlatform } from '../integ/small-platform.integ';
import { nagFindings, strictFindings } from '../support/findings';
import { replacingProperties } from '../support/replacement';

// biome-ignore lint/suspicious/noExplicitAny: templates are free JSON
type Json = any;

const EXAMPLES: [string, (app: App) => void][] = [
  ['charging-platform', chargingPlatform],
  ['small-platform', smallPlatform],
];

/** What must not be replaced by an upgrade, because data or addresses that others rely on go with it. */
const STATEFUL = [
  'AWS::ApiGateway::RestApi',
  'AWS::AutoScaling::AutoScalingGroup',
  'AWS::Backup::BackupVault',
  'AWS::CloudFront::Distribution',
  'AWS::DynamoDB::GlobalTable',
  'AWS::DynamoDB::Table',
  'AWS::EC2::CustomerGateway',
  'AWS::EC2::EIP',
  'AWS::EC2::NatGateway',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::Subnet',
  'AWS::EC2::VPC',
  'AWS::EC2::VPCPeeringConnection',
  'AWS::EC2::VPNConnection',
  'AWS::EC2::VPNGateway',
  'AWS::ECR::Repository',
  'AWS::ElasticLoadBalancingV2::LoadBalancer',
  'AWS::KMS::Key',
  'AWS::Logs::LogGroup',
  'AWS::RDS::DBCluster',
  'AWS::RDS::DBInstance',
  'AWS::RDS::DBProxy',
  'AWS::RDS::DBSubnetGroup',
  'AWS::Route53::HostedZone',
  'AWS::Route53Resolver::ResolverEndpoint',
  'AWS::S3::Bucket',
  'AWS::SES::EmailIdentity',
  'AWS::SecretsManager::Secret',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
  'AWS::Transfer::Server',
  'AWS::WAFv2::IPSet',
];

describe.each(EXAMPLES)('%s', (name, define) => {
  test('no unacknowledged finding of the three nag packs', () => {
    expect(nagFindings(stacksOf(define)[0])).toEqual([]);
  });

  test('no finding of the strict template validator', () => {
    expect(strictFindings(stacksOf(define)[0])).toEqual([]);
  });

  test('two synths are byte-identical', () => {
    expect(filesOf(define)).toEqual(filesOf(define));
  });

  test("the consumer's feature flags change nothing below our constructs", () => {
    const recommended = Object.fromEntries(
      Object.entries(cxapi.FLAGS)
        // Flags of CDK 1 are fixed in CDK 2 and refused there.
        .filter(([, { recommendedValue, introducedIn }]) => recommendedValue === true && introducedIn.v2 !== undefined)
        .filter(([flag]) => !ABOVE_US.includes(flag))
        .map(([flag]) => [flag, true]),
    );
    expect(templatesOf(define, recommended)).toEqual(templatesOf(define));
  });

  test('stateful resources keep their logical ids and the properties whose change would replace them', () => {
    const golden = path.join(__dirname, '..', 'fixtures', 'golden', `${name}.stateful.txt`);
    const found = Object.entries(templatesOf(define))
      .flatMap(([stack, template]) =>
        Object.entries<Json>(template.Resources).map(([id, resource]) => ({ stack, id, ...resource })),
      )
      .filter(({ Type }) => STATEFUL.includes(Type))
      .map(({ stack, id, Type, Properties }) => `${stack} ${Type} ${id}\n${pinned(Type, Properties)}`)
      .sort()
      .join('');
    expect(found).toBe(fs.readFileSync(golden, 'utf8'));
  });

  test('a removal keeps exactly what is listed', () => {
    const golden = path.join(__dirname, '..', 'fixtures', 'golden', `${name}.kept.txt`);
    const kept = Object.entries(templatesOf(define))
      .flatMap(([stack, template]) =>
        Object.entries<Json>(template.Resources).map(([id, resource]) => ({ stack, id, ...resource })),
      )
      .filter(({ DeletionPolicy }) => DeletionPolicy !== undefined && DeletionPolicy !== 'Delete')
      .map(({ stack, id, Type, DeletionPolicy }) => `${stack} ${Type} ${id} ${DeletionPolicy}\n`)
      .sort()
      .join('');
    expect(kept).toBe(fs.readFileSync(golden, 'utf8'));
  });

  test('no template carries a secret, and no custom resource runs at deploy', () => {
    for (const template of Object.values(templatesOf(define))) {
      expect(JSON.stringify(template)).not.toMatch(/"(MasterUserPassword|SecretString|PreSharedKey)":/);
      const custom = Object.values<Json>(template.Resources).filter(({ Type }) =>
        /^Custom::|CustomResource$/.test(Type),
      );
      expect(custom.map(({ Type }) => Type).filter((type) => !UNAVOIDABLE.includes(type))).toEqual([]);
    }
  });
});

/** Lines of a resource's properties whose change replaces it. */
function pinned(type: string, properties: Record<string, Json> = {}): string {
  return replacingProperties(type)
    .filter((name) => properties[name] !== undefined)
    .sort()
    .map((name) => `  ${name} ${JSON.stringify(properties[name])}\n`)
    .join('');
}

/** CloudFormation has no way to take the rules out of a VPC's default security group, which every audit asks for. */
const UNAVOIDABLE = ['Custom::VpcRestrictDefaultSG'];

/** Flags that the stack reads for itself, above our constructs: they spell partitions and order actions, and mean the same. */
const ABOVE_US = ['@aws-cdk/core:enablePartitionLiterals', '@aws-cdk/aws-iam:minimizePolicies'];

const ROWS: [number, string, ...string[]][] = [
  [1, 'CloudFront', 'AWS::CloudFront::Distribution', 'AWS::CloudFront::VpcOrigin'],
  [2, 'Internet gateway', 'AWS::EC2::InternetGateway'],
  [3, 'VPC', 'AWS::EC2::VPC'],
  [4, 'Subnets', 'AWS::EC2::Subnet'],
  [5, 'EC2 Ubuntu', 'AWS::EC2::LaunchTemplate'],
  [6, 'NGINX', 'AWS::ElasticLoadBalancingV2::TargetGroup'],
  [7, 'Docker services', 'AWS::ECR::Repository'],
  [8, 'RDS MySQL', 'AWS::RDS::DBInstance', 'AWS::RDS::DBParameterGroup'],
  [
    9,
    'Route 53',
    'AWS::Route53::HostedZone',
    'AWS::Route53Resolver::ResolverEndpoint',
    'AWS::Route53Resolver::ResolverRule',
  ],
  [10, 'SES', 'AWS::SES::EmailIdentity', 'AWS::SES::ConfigurationSet', 'AWS::SES::ConfigurationSetEventDestination'],
  [11, 'Lambda notifications', 'AWS::SNS::Topic', 'AWS::Lambda::Function'],
  [12, 'S3 behind SFTP', 'AWS::Transfer::Server', 'AWS::Transfer::User'],
  [13, 'Availability zones', 'AWS::EC2::Subnet'],
  [14, 'NAT gateway', 'AWS::EC2::NatGateway', 'AWS::EC2::EIP'],
  [15, 'AMI mirrors', 'AWS::AutoScaling::WarmPool', 'AWS::EC2::CapacityReservation'],
  [16, 'ALB', 'AWS::ElasticLoadBalancingV2::LoadBalancer', 'AWS::ElasticLoadBalancingV2::ListenerRule'],
  [17, 'NLB', 'AWS::ElasticLoadBalancingV2::Listener', 'AWS::EC2::EIP'],
  [18, 'RDS Proxy', 'AWS::RDS::DBProxy', 'AWS::RDS::DBProxyTargetGroup'],
  [
    19,
    'Auto Scaling',
    'AWS::AutoScaling::AutoScalingGroup',
    'AWS::AutoScaling::ScheduledAction',
    'AWS::AutoScaling::ScalingPolicy',
  ],
  [20, 'WAF', 'AWS::WAFv2::WebACL', 'AWS::WAFv2::WebACLAssociation'],
  [
    21,
    'WAF logs',
    'AWS::KinesisFirehose::DeliveryStream',
    'AWS::WAFv2::LoggingConfiguration',
    'AWS::Glue::Table',
    'AWS::Athena::WorkGroup',
  ],
  [22, 'IP list by event', 'AWS::Scheduler::Schedule', 'AWS::WAFv2::IPSet'],
  [23, 'Manual access', 'AWS::ApiGateway::RestApi'],
  [24, 'VPN gateway', 'AWS::EC2::VPNGateway', 'AWS::EC2::VPNConnection', 'AWS::EC2::CustomerGateway'],
  [25, 'Peering', 'AWS::EC2::VPCPeeringConnection', 'AWS::EC2::Route'],
  [26, 'NACL', 'AWS::EC2::NetworkAcl', 'AWS::EC2::NetworkAclEntry'],
  [27, 'Security groups', 'AWS::EC2::SecurityGroup'],
  [28, 'AWS Backup', 'AWS::Backup::BackupPlan', 'AWS::Backup::BackupSelection'],
  [29, 'Backup plan', 'AWS::Backup::BackupPlan'],
  [30, 'Backup vault', 'AWS::Backup::BackupVault'],
  [31, 'Restore', 'AWS::Backup::RestoreTestingPlan', 'AWS::Backup::RestoreTestingSelection'],
];

test.each(ROWS)('row %i, %s, has its resources in the example app', (_row, _name, ...types) => {
  const defined = new Set(
    Object.values(templatesOf(chargingPlatform)).flatMap((template) =>
      Object.values<Json>(template.Resources).map(({ Type }) => Type),
    ),
  );
  expect(types.filter((type) => !defined.has(type))).toEqual([]);
});

function stacksOf(define: (app: App) => void, context?: Record<string, unknown>): Stack[] {
  const app = new App({ context });
  define(app);
  return app.node.children.filter(Stack.isStack);
}

const synthesised = new Map<string, Record<string, Json>>();

function templatesOf(define: (app: App) => void, context: Record<string, unknown> = {}): Record<string, Json> {
  const key = `${define.name} ${JSON.stringify(context)}`;
  const known = synthesised.get(key);
  if (known) {
    return known;
  }
  const app = new App({ context });
  define(app);
  const templates = Object.fromEntries(app.synth().stacks.map((stack) => [stack.stackName, stack.template]));
  synthesised.set(key, templates);
  return templates;
}

function filesOf(define: (app: App) => void): Record<string, string> {
  const app = new App();
  define(app);
  const folder = app.synth().directory;
  return Object.fromEntries(
    fs
      .readdirSync(folder)
      .filter((file) => /\.(template|assets)\.json$/.test(file))
      .map((file) => [file, fs.readFileSync(path.join(folder, file), 'utf8')]),
  );
}
