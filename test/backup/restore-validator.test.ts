import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import {
  type MysqlRestoreValidationOptions,
  RestoreCheck,
  RestoreTest,
  RestoreValidation,
  SpanishBackupPolicy,
} from '../../src/backup';
import { RecordedAlerts } from '../support/alerts';
import { nagFindings, strictFindings } from '../support/findings';
import { isAllowed, roleIdOf } from '../support/iam';
import { resourcesOf, SPAIN, templateOf } from '../support/stacks';
import { DATABASE } from './fixture';

const HERE = 'eu-south-2:111122223333';
const PRIVATE = { privateSubnetIds: ['subnet-11111111'] };
const ISOLATED = { isolatedSubnetIds: ['subnet-22222222'] };

interface Group {
  readonly Properties: { readonly SecurityGroupEgress: object[] };
}

function define(
  options: Partial<MysqlRestoreValidationOptions> = {},
  subnets: Partial<ec2.VpcAttributes> = PRIVATE,
  alerts = new RecordedAlerts(),
) {
  const stack = new Stack(new App(), 'Test', { env: SPAIN });
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-11111111',
    availabilityZones: ['eu-south-2a'],
    ...subnets,
  });
  const policy = new SpanishBackupPolicy(stack, 'Backup', {
    resources: [DATABASE],
    alerts,
    restoreTest: RestoreTest.monthly({
      subnetGroup: rds.SubnetGroup.fromSubnetGroupName(stack, 'Subnets', 'isolated'),
      validation: RestoreValidation.mysql({ vpc, databaseName: 'charging', ...options }),
    }),
  });
  return { stack, policy, alerts };
}

describe('by default', () => {
  const { stack, policy, alerts } = define();
  const may = (role: string) => (action: string, resource: string) =>
    isAllowed(stack, roleIdOf(stack, `${role}/Execution/Role`), { action, resource });
  const groupOf = (description: string) =>
    resourcesOf(stack, 'AWS::EC2::SecurityGroup').find(
      ([, { Properties }]) => Properties.GroupDescription === description,
    )?.[0];
  const copies = groupOf('Databases that are restored to be checked');
  const checking = groupOf('Function that checks restored databases');

  test('copies let only the checking function in, and by IAM', () => {
    const id = { 'Fn::GetAtt': [copies, 'GroupId'] };
    templateOf(stack).hasResourceProperties('AWS::Backup::RestoreTestingSelection', {
      RestoreMetadataOverrides: {
        dbSubnetGroupName: 'isolated',
        publiclyAccessible: 'false',
        vpcSecurityGroupIds: { 'Fn::Join': ['', ['["', id, '"]']] },
        enableIamDatabaseAuthentication: 'true',
        port: '33306',
      },
    });
    expect(resourcesOf(stack, 'AWS::EC2::SecurityGroupIngress').map(([, { Properties }]) => Properties)).toEqual([
      expect.objectContaining({
        GroupId: id,
        SourceSecurityGroupId: { 'Fn::GetAtt': [checking, 'GroupId'] },
        ...{ IpProtocol: 'tcp', FromPort: 33306, ToPort: 33306 },
      }),
    ]);
  });

  test('the checking function reaches nothing but copies', () => {
    expect(resourcesOf(stack, 'AWS::EC2::SecurityGroupEgress').map(([, { Properties }]) => Properties)).toEqual([
      expect.objectContaining({
        GroupId: { 'Fn::GetAtt': [checking, 'GroupId'] },
        DestinationSecurityGroupId: { 'Fn::GetAtt': [copies, 'GroupId'] },
        ...{ IpProtocol: 'tcp', FromPort: 33306, ToPort: 33306 },
      }),
    ]);
    const [, restored] = resourcesOf(stack, 'AWS::EC2::SecurityGroup').find(([id]) => id === copies) as [string, Group];
    // What the CDK writes where nothing is let out.
    expect(restored.Properties.SecurityGroupEgress).toEqual([
      expect.objectContaining({ CidrIp: '255.255.255.255/32' }),
    ]);
    templateOf(stack).hasResourceProperties('AWS::Lambda::Function', {
      Description: 'Logs in to restored databases and runs checks',
      VpcConfig: { SubnetIds: ['subnet-11111111'], SecurityGroupIds: [{ 'Fn::GetAtt': [checking, 'GroupId'] }] },
      Environment: {
        Variables: {
          ...{ CHECK_USER: 'restore_check', SCHEMA: 'charging', CHECKS: '[]' },
          NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem',
        },
      },
    });
  });

  test('wakes for restores of this plan that ended well', () => {
    const [[plan]] = resourcesOf(stack, 'AWS::Backup::RestoreTestingPlan');
    templateOf(stack).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.backup'],
        'detail-type': ['Restore Job State Change'],
        detail: {
          status: ['COMPLETED'],
          resourceType: ['RDS'],
          restoreTestingPlanArn: [{ 'Fn::GetAtt': [plan, 'RestoreTestingPlanArn'] }],
        },
      },
      Targets: [Match.objectLike({ DeadLetterConfig: Match.anyValue() })],
    });
  });

  test('what EventBridge cannot deliver reaches the encrypted queue', () => {
    templateOf(stack).hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: { Statement: Match.arrayWith([Match.objectLike({ Sid: 'Events', Condition: Match.absent() })]) },
    });
  });

  test.each([
    ['rds-db:connect', `arn:aws:rds-db:${HERE}:dbuser:db-ABC123/restore_check`, true],
    ['rds-db:connect', `arn:aws:rds-db:${HERE}:dbuser:db-ABC123/admin`, false],
    ['rds-db:connect', `arn:aws:rds-db:${HERE}:dbuser:db-ABC123/restore_check2`, false],
    ['rds-db:connect', 'arn:aws:rds-db:eu-west-1:111122223333:dbuser:db-ABC123/restore_check', false],
    ['rds-db:connect', `arn:aws:rds-db:${HERE}:dbuser:cluster-ABC123/restore_check`, false],
    ['backup:PutRestoreValidationResult', '*', false],
    ['rds:DescribeDBInstances', `arn:aws:rds:${HERE}:db:awsbackup-restore-test-1`, false],
  ])('the checking function asking to %s on %s: %s', async (action, resource, expected) => {
    expect(await may('Validator/Checking')(action, resource)).toBe(expected);
  });

  test.each([
    ['rds:DescribeDBInstances', `arn:aws:rds:${HERE}:db:awsbackup-restore-test-1`, true],
    ['rds:DescribeDBInstances', `arn:aws:rds:${HERE}:db:charging`, false],
    ['rds:ModifyDBInstance', `arn:aws:rds:${HERE}:db:awsbackup-restore-test-1`, false],
    ['rds:DeleteDBInstance', `arn:aws:rds:${HERE}:db:awsbackup-restore-test-1`, false],
    ['rds-db:connect', `arn:aws:rds-db:${HERE}:dbuser:db-ABC123/restore_check`, false],
    ['backup:PutRestoreValidationResult', '*', true],
    ['backup:StartRestoreJob', '*', false],
    ['lambda:InvokeFunction', `arn:aws:lambda:${HERE}:function:neighbour`, false],
  ])('the validating function asking to %s on %s: %s', async (action, resource, expected) => {
    expect(await may('Validator/Validation')(action, resource)).toBe(expected);
  });

  test('the validating function calls the checking one', async () => {
    const [checkingId] = resourcesOf(stack, 'AWS::Lambda::Function').find(([id]) => id.includes('Checking')) ?? [];
    const [, { Properties }] = resourcesOf(stack, 'AWS::IAM::ManagedPolicy').find(([id]) =>
      id.includes('ValidatorValidation'),
    ) as [string, { Properties: { PolicyDocument: { Statement: object[] } } }];
    expect(Properties.PolicyDocument.Statement).toContainEqual({
      Effect: 'Allow',
      Action: 'lambda:InvokeFunction',
      Resource: { 'Fn::GetAtt': [checkingId, 'Arn'] },
    });
  });

  test('the evidence asks whether copies were found good', () => {
    templateOf(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: { RESTORE_TESTING: { 'Fn::Join': ['', Match.arrayWith(['","validated":true}'])] } },
      },
    });
  });

  test('what does not hold is an alarm, and so is a copy that was not checked', () => {
    expect(alerts.alarms).toEqual([
      'Missing HIGH backup-missing',
      'PointsMissing HIGH backup-points-missing',
      'EvidenceFailed MEDIUM backup-evidence-failed',
      'RestoreCheckFailed HIGH backup-restore-check-failed',
      'RestoreUnchecked MEDIUM backup-restore-unchecked',
      'RestoreUnproven MEDIUM backup-restore-unproven',
    ]);
    templateOf(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...{ Namespace: 'ChargingPlatform/Backup', MetricName: 'FailedRestoreChecks', Statistic: 'Sum' },
      ...{ Threshold: 1, EvaluationPeriods: 1, TreatMissingData: 'notBreaching' },
    });
    const [, { Properties }] = resourcesOf(stack, 'AWS::Lambda::Function').find(([id]) =>
      id.includes('ValidatorValidation'),
    ) as [string, { Properties: { Environment: { Variables: Record<string, string> } } }];
    expect(policy.metricFailedRestoreChecks().dimensions).toEqual({
      Policy: Properties.Environment.Variables.POLICY_NAME,
    });
  });

  test('results stay two years, and when the stack goes', () => {
    const [, logs] = resourcesOf(stack, 'AWS::Logs::LogGroup').find(([id]) => id.includes('ValidatorValidation')) ?? [];
    expect(logs).toMatchObject({ DeletionPolicy: 'Retain', Properties: { RetentionInDays: 731 } });
  });

  test('passes the three packs and CloudFormation', () => {
    expect(nagFindings(stack)).toEqual([]);
    expect(strictFindings(stack)).toEqual([]);
  });
});

test('without private subnets the checking function runs in the isolated ones', () => {
  templateOf(define({}, ISOLATED).stack).hasResourceProperties('AWS::Lambda::Function', {
    VpcConfig: Match.objectLike({ SubnetIds: ['subnet-22222222'] }),
  });
});

test('user, port and checks reach the function and the copies', () => {
  const { stack } = define({
    user: 'auditor',
    port: 3306,
    checks: [RestoreCheck.rowsAtLeast('sessions', 9), RestoreCheck.query('fresh', 'SELECT 1')],
  });
  templateOf(stack).hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: Match.objectLike({
        CHECK_USER: 'auditor',
        CHECKS: JSON.stringify([
          {
            name: 'sessions has 9 rows or more',
            sql: 'SELECT COUNT(*) >= 9 FROM (SELECT 1 FROM `sessions` LIMIT 9) AS found',
          },
          { name: 'fresh', sql: 'SELECT 1' },
        ]),
      }),
    },
  });
  templateOf(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 3306, ToPort: 3306 });
  templateOf(stack).hasResourceProperties('AWS::Backup::RestoreTestingSelection', {
    RestoreMetadataOverrides: Match.objectLike({ port: '3306' }),
  });
  expect(JSON.stringify(templateOf(stack).findResources('AWS::IAM::ManagedPolicy'))).toContain(':dbuser:db-*/auditor');
});

const queries = (count: number, characters = 10) =>
  Array.from({ length: count }, (_, index) =>
    RestoreCheck.query(`q${String(index).padStart(2, '0')}`, `SELECT ${'1'.repeat(characters - 7)}`),
  );
/** Three queries of 3000 characters as JSON, the first one `more` longer. */
const long = (more: number) => {
  const around = JSON.stringify(queries(3, 20).map(({ name }) => ({ name, sql: '' }))).length;
  const each = Math.floor((3000 - around) / 3);
  return [...queries(1, 3000 - around - 2 * each + more), ...queries(3, each).slice(1)];
};

test.each([
  { databaseName: 'c' },
  { databaseName: 'C_9'.padEnd(64, 'x') },
  { user: 'a' },
  { user: 'a'.repeat(32) },
  { port: 1150 },
  { port: 65_535 },
  { checks: queries(20) },
  { checks: long(0) },
])('accepts %#', (options) => {
  expect(() => define(options)).not.toThrow();
});

test('a name that only the deployment knows passes', () => {
  const databaseName = new CfnParameter(new Stack(), 'Name').valueAsString;
  expect(() => define({ databaseName })).not.toThrow();
});

const rejected: [Partial<MysqlRestoreValidationOptions>, string][] = [
  [{ databaseName: '' }, "'databaseName' must be 1 to 64 letters, digits or underscores, got ''"],
  [{ databaseName: 'c-d' }, "'databaseName' must be 1 to 64 letters, digits or underscores, got 'c-d'"],
  [
    { databaseName: 'c'.repeat(65) },
    `'databaseName' must be 1 to 64 letters, digits or underscores, got '${'c'.repeat(65)}'`,
  ],
  ...['', 'A', '1a', 'a'.repeat(33), 'a*'].map((user): [Partial<MysqlRestoreValidationOptions>, string] => [
    { user },
    `'user' must be 1 to 32 lower-case letters, digits or underscores, beginning with a letter, got '${user}'`,
  ]),
  ...[1149, 65_536, 3306.5].map((port): [Partial<MysqlRestoreValidationOptions>, string] => [
    { port },
    `'port' must be a whole number, 1150 to 65535, which RDS allows, got ${port}`,
  ]),
  [{ checks: queries(21) }, "'checks' must be at most 20, got 21; join them with AND"],
  [{ checks: [...queries(1), ...queries(1)] }, "'checks' must have different names, got 'q00' twice"],
  [
    { checks: long(1) },
    "'checks' must have at most 3000 characters together, names and JSON included, got 3001; make a view in the database",
  ],
];

test.each(rejected)('rejects %#', (options, message) => {
  expect(() => define(options)).toThrow(`[Test/Backup/RestoreTest] ${message}`);
});

test('needs the subnets of its VPC', () => {
  const stack = new Stack(new App(), 'Test', { env: SPAIN });
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-11111111',
    availabilityZones: ['eu-south-2a'],
    ...PRIVATE,
  });
  const restoreTest = RestoreTest.monthly({ validation: RestoreValidation.mysql({ vpc, databaseName: 'charging' }) });
  expect(() => new SpanishBackupPolicy(stack, 'Backup', { resources: [DATABASE], restoreTest })).toThrow(
    "[Test/Backup/RestoreTest] 'validation' of RestoreTest.monthly needs 'subnetGroup', got none; name the subnets of the VPC, such as database.subnetGroup",
  );
});

test('two of them fit in one stack', () => {
  const { stack } = define();
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Other', {
    vpcId: 'vpc-22222222',
    availabilityZones: ['eu-south-2a'],
    ...PRIVATE,
  });
  const subnetGroup = rds.SubnetGroup.fromSubnetGroupName(stack, 'OtherSubnets', 'other');
  const validation = RestoreValidation.mysql({ vpc, databaseName: 'charging' });
  new SpanishBackupPolicy(stack, 'Second', {
    resources: [DATABASE],
    restoreTest: RestoreTest.monthly({ subnetGroup, validation }),
  });
  expect(strictFindings(stack)).toEqual([]);
});
