import { Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { ConnectionPool, DatabasePrivileges, ResilientMysql } from '../../src/database';
import { PRIVILEGES } from '../../src/database/constants';
import { nagFindings, strictFindings } from '../support/findings';
import { arnOf, isAllowed, roleIdOf } from '../support/iam';
import { newStack, resourcesOf, templateOf } from '../support/stacks';
import { backUp, DefinedAlerts, define, newGrantee } from './fixture';

type Intrinsic = string | { Ref?: string; 'Fn::Join'?: [string, Intrinsic[]] };

const SECRET = 'AWS::SecretsManager::Secret';
const { stack, vpc, database, alerts } = defineUsers();
const ids = (type: string, start = '') =>
  resourcesOf(stack, type)
    .map(([id]) => id)
    .filter((id) => id.startsWith(start));

function defineUsers() {
  const defined = new DefinedAlerts();
  const all = define({ alerts: defined });
  all.database.addUser('api', DatabasePrivileges.readWrite());
  all.database.addUser('reports', DatabasePrivileges.readOnly());
  backUp(all.stack, all.database.backupResource);
  return { ...all, alerts: defined };
}

const secretId = (path: string) =>
  stack.getLogicalId(
    database.node.findChild('Users').node.findChild('api').node.findChild(path).node.defaultChild as never,
  );

test('a user has a secret with a password nobody chose, and rotates it every 30 days', () => {
  templateOf(stack).hasResourceProperties(SECRET, {
    Description: 'Login of api to the MySQL server',
    KmsKeyId: Match.anyValue(),
    SecretString: Match.absent(),
    GenerateSecretString: {
      SecretStringTemplate: '{"username":"api"}',
      GenerateStringKey: 'password',
      PasswordLength: 40,
      ExcludePunctuation: true,
    },
  });
  templateOf(stack).hasResourceProperties('AWS::SecretsManager::RotationSchedule', {
    SecretId: { Ref: secretId('Secret') },
    RotationLambdaARN: { 'Fn::GetAtt': [ids('AWS::Lambda::Function')[0], 'Arn'] },
    RotationRules: { AutomaticallyAfterDays: 30 },
  });
  templateOf(stack).resourceCountIs('AWS::SecretsManager::RotationSchedule', 2);
});

test('the pool knows both MySQL users of each user, and the master', () => {
  const [[, { Properties }]] = resourcesOf(stack, 'AWS::RDS::DBProxy');
  expect(Properties.Auth.map((auth: { SecretArn: unknown }) => auth.SecretArn)).toEqual([
    { 'Fn::GetAtt': [expect.any(String), 'MasterUserSecret.SecretArn'] },
    { Ref: secretId('PoolLogin') },
    { Ref: secretId('PoolCloneLogin') },
    expect.anything(),
    expect.anything(),
  ]);
  templateOf(stack).hasResourceProperties(SECRET, {
    GenerateSecretString: Match.objectLike({ SecretStringTemplate: '{"username":"api_clone"}' }),
  });
});

test('one function rotates them all, beside the server, and is told what each may do', () => {
  const functions = resourcesOf(stack, 'AWS::Lambda::Function');
  expect(functions).toHaveLength(1);
  const [[, { Properties }]] = functions;
  expect(Properties.VpcConfig.SubnetIds).toEqual(vpc.isolatedSubnets.map(({ subnetId }) => stack.resolve(subnetId)));
  const { Variables } = Properties.Environment;
  expect(Variables).toMatchObject({ SCHEMA: 'charging', NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem' });
  const text = JSON.stringify(Variables);
  expect(text).toContain('\\"name\\":\\"api\\",\\"privileges\\":\\"readWrite\\"');
  expect(text).toContain('\\"name\\":\\"reports\\",\\"privileges\\":\\"readOnly\\"');
  expect(JSON.stringify(Variables.SERVER)).toContain(':33306');
  expect(JSON.stringify(Variables.POOL)).toContain(':3306');
});

test('it reaches server, pool and Secrets Manager, and nothing reaches it', () => {
  const rules = resourcesOf(stack, 'AWS::EC2::SecurityGroupIngress')
    .filter(([, { Properties }]) => JSON.stringify(Properties.SourceSecurityGroupId).includes('UsersSecurityGroup'))
    .map(([, { Properties }]) => Properties.FromPort);
  expect(rules.sort()).toEqual([3306, 33306, 443]);
  for (const [, { Properties }] of resourcesOf(stack, 'AWS::EC2::SecurityGroupIngress')) {
    expect(JSON.stringify(Properties.GroupId)).not.toContain('UsersSecurityGroup');
  }
  templateOf(stack).hasResourceProperties('AWS::EC2::VPCEndpoint', {
    ServiceName: 'com.amazonaws.eu-south-2.secretsmanager',
    PrivateDnsEnabled: false,
  });
});

test('its role may change the secrets of users and read the master secret, and no others', async () => {
  const role = roleIdOf(stack, 'Users/Rotation/Execution/Role');
  const may = (action: string, resource: string, context?: Record<string, string>) =>
    isAllowed(stack, role, { action, resource, context });
  const secret = arnOf(SECRET, secretId('Secret'));
  for (const action of ['DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage']) {
    expect(await may(`secretsmanager:${action}`, secret)).toBe(true);
    expect(await may(`secretsmanager:${action}`, `${secret}2`)).toBe(false);
  }
  expect(await may('secretsmanager:PutSecretValue', arnOf(SECRET, secretId('PoolLogin')))).toBe(true);
  expect(await may('secretsmanager:DeleteSecret', secret)).toBe(false);
  const networkInterface = 'arn:aws:ec2:eu-south-2:111122223333:network-interface/eni-1';
  expect(await may('ec2:DeleteNetworkInterface', networkInterface)).toBe(true);
  const ofItself = { 'lambda:SourceFunctionArn': 'arn:aws:lambda:eu-south-2:111122223333:function:f' };
  expect(await may('ec2:DeleteNetworkInterface', networkInterface, ofItself)).toBe(false);
});

test('a failed rotation is an alarm', () => {
  expect(alerts.alarms).toContain('Rotation MEDIUM database-rotation-failed');
});

test('a service is told where to connect and which secret to read, and no password', () => {
  expect(stack.resolve(database.connectionEnvironment('api'))).toEqual({
    DATABASE_HOST: expect.anything(),
    DATABASE_PORT: '3306',
    DATABASE_NAME: 'charging',
    DATABASE_SECRET_ARN: { Ref: secretId('Secret') },
  });
});

test('passes the three packs and CloudFormation as AWS would check it', () => {
  expect(nagFindings(stack).filter((finding) => !finding.includes('Test/Vpc'))).toEqual([]);
  expect(strictFindings(stack)).toEqual([]);
});

test('logical ids of secrets stay', () => {
  expect(ids(SECRET).filter((id) => id.includes('api'))).toEqual([
    'DatabaseUsersapiSecret768AC775',
    'DatabaseUsersapiPoolLogin5B73B82C',
    'DatabaseUsersapiPoolCloneLogin5D7ADE30',
  ]);
});

test('without a pool a user has one secret', () => {
  const { stack: plain, database: server } = define({ connectionPool: ConnectionPool.none() });
  server.addUser('api', DatabasePrivileges.schemaChanges());
  templateOf(plain).resourceCountIs(SECRET, 1);
  const [[, { Properties }]] = resourcesOf(plain, 'AWS::Lambda::Function');
  expect(Properties.Environment.Variables.POOL).toBeUndefined();
});

test('two databases with users of the same name fit in one stack', () => {
  const two = define();
  const second = new ResilientMysql(two.stack, 'Second', { vpc: two.vpc });
  for (const one of [two.database, second]) {
    one.addUser('api', DatabasePrivileges.readOnly());
  }
  templateOf(two.stack).resourceCountIs(SECRET, 6);
});

test('in a VPC with private subnets the function and its endpoint stand there, outside the filters of the data tier', () => {
  const own = newStack();
  const wide = new ec2.Vpc(own, 'Vpc', {
    availabilityZones: ['eu-south-2a', 'eu-south-2b'],
    natGateways: 1,
    restrictDefaultSecurityGroup: false,
    subnetConfiguration: [
      { name: 'Public', subnetType: ec2.SubnetType.PUBLIC },
      { name: 'Private', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
      { name: 'Data', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    ],
  });
  new ResilientMysql(own, 'Database', { vpc: wide }).addUser('api', DatabasePrivileges.readOnly());
  const SubnetIds = wide.privateSubnets.map(({ subnetId }) => own.resolve(subnetId));
  templateOf(own).hasResourceProperties('AWS::Lambda::Function', { VpcConfig: { SubnetIds } });
  templateOf(own).hasResourceProperties('AWS::EC2::VPCEndpoint', { SubnetIds });
});

test('rights are such as only touch the schema', () => {
  const all = Object.values(PRIVILEGES).flat();
  expect(all).not.toContain('GRANT OPTION');
  expect(PRIVILEGES.readWrite).toEqual(expect.arrayContaining([...PRIVILEGES.readOnly]));
  expect(PRIVILEGES.schemaChanges).toEqual(expect.arrayContaining([...PRIVILEGES.readWrite]));
});

describe('refuses', () => {
  const privileges = DatabasePrivileges.readOnly();
  const { database: fresh, stack: freshStack } = define();
  const rule =
    "'name' of a user must be 1 to 26 lower-case letters, digits or underscores, begin with a letter, not end in _clone and not be admin, rdsadmin, rdsrepladmin, rdsproxyadmin, root";

  test.each(['', 'Api', '1api', 'a-b', "x'", 'a'.repeat(27), 'api_clone', 'admin', '%'])('the name %j', (name) => {
    expect(() => fresh.addUser(name, privileges)).toThrow(`[Test/Database] ${rule}, got '${name}'`);
  });

  test('the same name twice, and IAM and a password for one user', () => {
    fresh.addUser('a'.repeat(26), privileges);
    expect(() => fresh.addUser('a'.repeat(26), privileges)).toThrow(
      "[Test/Database] 'name' of a user must be new, got",
    );
    fresh.addUser('api', privileges);
    expect(() => fresh.grantConnect(newGrantee(freshStack), 'api')).toThrow(
      "[Test/Database] 'user' of 'grantConnect' must log in with IAM, got 'api', who has a password; let the service read the secret that 'addUser' returned",
    );
    fresh.connectionEnvironment('ocpp');
    expect(() => fresh.addUser('ocpp', privileges)).toThrow(
      "[Test/Database] 'addUser' must come before 'grantConnect' and 'connectionEnvironment' of the same user, got 'ocpp' after them",
    );
  });

  test('more users than the environment of the function holds', () => {
    const { database: full, stack: fullStack } = define();
    for (let index = 1; index <= 6; index++) {
      full.addUser(`user${index}`.padEnd(26, '_'), DatabasePrivileges.schemaChanges());
    }
    expect(() => full.addUser('user7', privileges)).toThrow(
      "[Test/Database] 'addUser' makes up to 6 users, what the rotation function's environment holds, got 'user7' as one more; use 'grantConnect' for further services",
    );
    // As long as AWS makes them: an ARN before, twelve characters and six behind the logical id.
    const deployed = (value: Intrinsic): string => {
      if (typeof value === 'string') {
        return value;
      }
      return value['Fn::Join']?.[1].map(deployed).join('') ?? 'x'.repeat(value.Ref ? 74 + value.Ref.length : 120);
    };
    const [[, { Properties }]] = resourcesOf(fullStack, 'AWS::Lambda::Function');
    const variables = Object.entries<Intrinsic>(Properties.Environment.Variables);
    expect(variables.map(([name, value]) => name + deployed(value)).join('').length).toBeLessThan(4096);
  });
});
