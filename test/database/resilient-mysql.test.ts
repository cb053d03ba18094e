import { App, Duration, Size, Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as rds from 'aws-cdk-lib/aws-rds';
import {
  ConnectionPool,
  DatabaseSource,
  DatabaseStandby,
  ResilientMysql,
  type ResilientMysqlProps,
} from '../../src/database';
import { RecordedAlerts } from '../support/alerts';
import { nagFindings, strictFindings } from '../support/findings';
import { isAllowed, roleIdOf } from '../support/iam';
import { resourcesOf, SPAIN, templateOf } from '../support/stacks';
import { backUp, DefinedAlerts, define, newGrantee, newVpc } from './fixture';

const INSTANCE = 'AWS::RDS::DBInstance';
const PROXY = 'AWS::RDS::DBProxy';

function hasInstance(props: Partial<ResilientMysqlProps>, expected: Record<string, unknown>): void {
  templateOf(define(props).stack).hasResourceProperties(INSTANCE, expected);
}

/** Findings of everything but the VPC, which is the fixture's. */
function findings(props: Partial<ResilientMysqlProps>): string[] {
  const { stack, database } = define({ alerts: new RecordedAlerts(), ...props });
  backUp(stack, database.backupResource);
  return nagFindings(stack).filter((finding) => !finding.includes('Test/Vpc'));
}

describe('by default', () => {
  test('is MySQL 8.4 in two zones, encrypted, protected, in isolated subnets, without Extended Support', () => {
    hasInstance(
      {},
      {
        Engine: 'mysql',
        EngineVersion: '8.4.10',
        EngineLifecycleSupport: 'open-source-rds-extended-support-disabled',
        AutoMinorVersionUpgrade: true,
        DBInstanceClass: 'db.m7g.large',
        MultiAZ: true,
        PubliclyAccessible: false,
        StorageEncrypted: true,
        StorageType: 'gp3',
        AllocatedStorage: '100',
        MaxAllocatedStorage: 500,
        DBName: 'charging',
        Port: '33306',
        DeletionProtection: true,
        DeleteAutomatedBackups: false,
        CopyTagsToSnapshot: true,
        BackupRetentionPeriod: 14,
        PreferredBackupWindow: '22:30-23:30',
        PreferredMaintenanceWindow: 'Sun:05:00-Sun:06:00',
        EnableIAMDatabaseAuthentication: true,
        EnablePerformanceInsights: true,
        MonitoringInterval: 60,
        Iops: Match.absent(),
      },
    );
  });

  test('leaves a snapshot, the key, the option group and the audit log when it goes', () => {
    const template = templateOf(define().stack);
    template.hasResource(INSTANCE, { DeletionPolicy: 'Snapshot', UpdateReplacePolicy: 'Snapshot' });
    template.hasResource('AWS::KMS::Key', { DeletionPolicy: 'Retain' });
    template.hasResource('AWS::RDS::OptionGroup', { DeletionPolicy: 'Retain' });
    template.hasResource('AWS::Logs::LogGroup', {
      Properties: { LogGroupName: Match.stringLikeRegexp('/audit$'), RetentionInDays: 365 },
      DeletionPolicy: 'RetainExceptOnCreate',
    });
  });

  test('lets RDS make, keep and encrypt the master password, and no other secret exists', () => {
    const { stack } = define();
    const [[key]] = resourcesOf(stack, 'AWS::KMS::Key');
    templateOf(stack).hasResourceProperties(INSTANCE, {
      MasterUsername: 'admin',
      MasterUserPassword: Match.absent(),
      ManageMasterUserPassword: true,
      MasterUserSecret: { KmsKeyId: { 'Fn::GetAtt': [key, 'Arn'] } },
    });
    templateOf(stack).resourceCountIs('AWS::SecretsManager::Secret', 0);
  });

  test('audits connections, definitions and rights', () => {
    templateOf(define().stack).hasResourceProperties('AWS::RDS::OptionGroup', {
      MajorEngineVersion: '8.4',
      OptionConfigurations: [
        {
          OptionName: 'MARIADB_AUDIT_PLUGIN',
          OptionSettings: [
            { Name: 'SERVER_AUDIT_EVENTS', Value: 'CONNECT,QUERY_DDL,QUERY_DCL' },
            { Name: 'SERVER_AUDIT_EXCL_USERS', Value: 'rdsadmin' },
          ],
        },
      ],
    });
  });

  test('has each exported log in an encrypted group with an end, made before the instance', () => {
    const { stack } = define();
    const [[, instance]] = resourcesOf(stack, INSTANCE);
    const groups = resourcesOf(stack, 'AWS::Logs::LogGroup');
    expect(instance.Properties.EnableCloudwatchLogsExports).toEqual(['error', 'slowquery', 'audit']);
    for (const name of instance.Properties.EnableCloudwatchLogsExports) {
      const wanted = `/aws/rds/instance/${instance.Properties.DBInstanceIdentifier}/${name}`;
      const group = groups.find(([, { Properties }]) => Properties.LogGroupName === wanted);
      expect(instance.DependsOn).toContain(group?.[0]);
    }
    expect(groups).toHaveLength(4);
    for (const [, { Properties }] of groups) {
      expect(Properties).toMatchObject({ KmsKeyId: expect.anything(), RetentionInDays: expect.any(Number) });
    }
    templateOf(stack).resourceCountIs('AWS::Lambda::Function', 0);
  });

  test('has a proxy that demands TLS and passes IAM logins on', () => {
    const { stack } = define();
    templateOf(stack).hasResourceProperties(PROXY, {
      EngineFamily: 'MYSQL',
      RequireTLS: true,
      DefaultAuthScheme: 'IAM_AUTH',
      Auth: [Match.objectLike({ ClientPasswordAuthType: 'MYSQL_CACHING_SHA2_PASSWORD', IAMAuth: 'DISABLED' })],
      IdleClientTimeout: 1800,
    });
    templateOf(stack).hasResourceProperties('AWS::RDS::DBProxyTargetGroup', {
      TargetGroupName: 'default',
      ConnectionPoolConfigurationInfo: {
        MaxConnectionsPercent: 90,
        MaxIdleConnectionsPercent: 50,
        ConnectionBorrowTimeout: 30,
      },
    });
  });

  test('defines no alarms and no rules', () => {
    const template = templateOf(define().stack);
    template.resourceCountIs('AWS::CloudWatch::Alarm', 0);
    template.resourceCountIs('AWS::Events::Rule', 0);
  });
});

describe('the way in', () => {
  test('leads from a service to the proxy, from the proxy to the server, and nowhere else', () => {
    const { stack, vpc, database } = define();
    const fleet = new ec2.SecurityGroup(stack, 'Fleet', { vpc, description: 'fleet', allowAllOutbound: false });
    database.connections.allowDefaultPortFrom(fleet);
    const groups = resourcesOf(stack, 'AWS::EC2::SecurityGroup');
    const ref = (start: string) => ({
      'Fn::GetAtt': [groups.find(([id]) => id.startsWith(start))?.[0], 'GroupId'],
    });
    const doors = resourcesOf(stack, 'AWS::EC2::SecurityGroupIngress').map(([, { Properties }]) => ({
      from: Properties.SourceSecurityGroupId,
      to: Properties.GroupId,
      ports: [Properties.FromPort, Properties.ToPort],
    }));
    expect(doors).toHaveLength(2);
    expect(doors).toContainEqual({ from: ref('Fleet'), to: ref('DatabasePool'), ports: [3306, 3306] });
    expect(doors).toContainEqual({
      from: ref('DatabasePool'),
      to: ref('DatabaseServer'),
      ports: [33306, 33306],
    });
    for (const [, { Properties }] of groups) {
      expect(Properties.SecurityGroupIngress ?? []).toEqual([]);
    }
  });

  test('without a pool leads from a service to the server', () => {
    const { stack, vpc, database } = define({ connectionPool: ConnectionPool.none() });
    const fleet = new ec2.SecurityGroup(stack, 'Fleet', { vpc, description: 'fleet' });
    database.connections.allowDefaultPortFrom(fleet);
    templateOf(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 33306, ToPort: 33306 });
    templateOf(stack).resourceCountIs(PROXY, 0);
  });
});

describe('logging in', () => {
  test('opens the proxy to the service and the server to the proxy, for one user', () => {
    const { stack, database } = define();
    database.grantConnect(newGrantee(stack), 'api');
    const statements = resourcesOf(stack, 'AWS::IAM::ManagedPolicy')
      .map(([, { Properties }]) => [JSON.stringify(Properties.Roles), Properties.PolicyDocument.Statement] as const)
      .map(([roles, all]) => [roles, all.filter((s: { Action: string }) => s.Action === 'rds-db:connect')] as const)
      .filter(([, some]) => some.length > 0);
    expect(statements).toHaveLength(2);
    for (const [roles, [statement]] of statements) {
      const resource = JSON.stringify(statement.Resource);
      expect(resource).toContain('dbuser:');
      expect(resource).toContain('/api"');
      expect(resource).toContain(roles.includes('Service') ? 'DBProxyArn' : 'DbiResourceId');
    }
  });

  test('without a pool opens the server to the service', () => {
    const { stack, database } = define({ connectionPool: ConnectionPool.none() });
    database.grantConnect(newGrantee(stack), 'api');
    templateOf(stack).hasResourceProperties('AWS::IAM::ManagedPolicy', {
      Roles: [{ Ref: Match.stringLikeRegexp('^Service') }],
      PolicyDocument: {
        Statement: [
          {
            Action: 'rds-db:connect',
            Effect: 'Allow',
            Resource: {
              'Fn::Join': [
                '',
                [
                  'arn:',
                  { Ref: 'AWS::Partition' },
                  ':rds-db:eu-south-2:111122223333:dbuser:',
                  { 'Fn::GetAtt': [Match.anyValue(), 'DbiResourceId'] },
                  '/api',
                ],
              ],
            },
          },
        ],
      },
    });
  });

  test('refuses users that would be more than one', () => {
    const { stack, database } = define();
    const message = (user: string) =>
      `[Test/Database] 'user' must be 1 to 32 lower-case letters, digits or underscores, begin with a letter and not be admin, rdsadmin, rdsrepladmin, rdsproxyadmin, root, got '${user}'`;
    expect(() => database.grantConnect(newGrantee(stack), '*')).toThrow(message('*'));
    expect(() => database.connectionEnvironment('admin')).toThrow(message('admin'));
  });

  test('tells a service where to connect and as whom, and no password', () => {
    const { stack, database } = define({ databaseName: 'csms' });
    const [[proxy]] = resourcesOf(stack, PROXY);
    expect(stack.resolve(database.connectionEnvironment('api'))).toEqual({
      DATABASE_HOST: { 'Fn::GetAtt': [proxy, 'Endpoint'] },
      DATABASE_PORT: '3306',
      DATABASE_NAME: 'csms',
      DATABASE_USER: 'api',
    });
  });

  test('without a pool names the server', () => {
    const { stack, database } = define({ connectionPool: ConnectionPool.none() });
    const [[instance]] = resourcesOf(stack, INSTANCE);
    expect(stack.resolve(database.connectionEnvironment('api'))).toMatchObject({
      DATABASE_HOST: { 'Fn::GetAtt': [instance, 'Endpoint.Address'] },
      DATABASE_PORT: '33306',
    });
  });

  test('lets an operator read the master credentials, key included', () => {
    const { stack, database } = define();
    database.grantReadMasterCredentials(newGrantee(stack));
    templateOf(stack).hasResourceProperties('AWS::IAM::ManagedPolicy', {
      Roles: [{ Ref: Match.stringLikeRegexp('^Service') }],
      PolicyDocument: {
        Statement: [
          {
            Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
            Resource: { 'Fn::GetAtt': [Match.anyValue(), 'MasterUserSecret.SecretArn'] },
          },
          {
            Action: 'kms:Decrypt',
            Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-south-2.amazonaws.com' } },
          },
        ],
      },
    });
  });
});

describe('roles', () => {
  test('enhanced monitoring writes its own log streams and no others', async () => {
    const { stack } = define();
    const role = roleIdOf(stack, 'Server/Monitoring/Role');
    const write = (group: string) =>
      isAllowed(stack, role, {
        action: 'logs:PutLogEvents',
        resource: `arn:aws:logs:eu-south-2:111122223333:log-group:${group}:log-stream:db-1`,
      });
    expect(await write('RDSOSMetrics')).toBe(true);
    expect(await write('RDSOSMetrics2')).toBe(false);
  });

  test('the proxy reads the master secret and nothing else, until a user is granted', () => {
    const { stack } = define();
    const [[, policy]] = resourcesOf(stack, 'AWS::IAM::ManagedPolicy').filter(([id]) => id.includes('PoolAccess'));
    const [read, decrypt, ...rest] = policy.Properties.PolicyDocument.Statement;
    expect(read).toEqual({
      Action: 'secretsmanager:GetSecretValue',
      Effect: 'Allow',
      Resource: { 'Fn::GetAtt': [expect.any(String), 'MasterUserSecret.SecretArn'] },
    });
    expect(decrypt).toMatchObject({
      Action: 'kms:Decrypt',
      Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-south-2.amazonaws.com' } },
    });
    expect(rest).toEqual([]);
  });

  test('nothing has an inline policy, and what uses a role waits for its policy', () => {
    const { stack } = define();
    templateOf(stack).resourceCountIs('AWS::IAM::Policy', 0);
    const [[, proxy]] = resourcesOf(stack, PROXY);
    expect(proxy.DependsOn).toContainEqual(expect.stringContaining('PoolAccessPolicy'));
    const [[, instance]] = resourcesOf(stack, INSTANCE);
    expect(instance.DependsOn).toContainEqual(expect.stringContaining('MonitoringPolicy'));
  });
});

describe('props', () => {
  test('DatabaseStandby.none() is one zone', () =>
    hasInstance({ standby: DatabaseStandby.none() }, { MultiAZ: false }));

  test('instanceType sets the class, and the connections its memory holds', () => {
    const { stack, database } = define({ instanceType: new ec2.InstanceType('r7g.xlarge') });
    templateOf(stack).hasResourceProperties(INSTANCE, { DBInstanceClass: 'db.r7g.xlarge' });
    templateOf(stack).hasResourceProperties('AWS::RDS::DBParameterGroup', { Parameters: { max_connections: '2457' } });
    expect(database.maxConnections).toBe(2457);
  });

  test.each(['t4g.micro', 't3.small'])('%s collects no query statistics, which it cannot', (name) => {
    hasInstance({ instanceType: new ec2.InstanceType(name) }, { EnablePerformanceInsights: Match.absent() });
  });

  test('t4g.medium collects query statistics', () => {
    hasInstance({ instanceType: new ec2.InstanceType('t4g.medium') }, { EnablePerformanceInsights: true });
  });

  test('storage', () => {
    hasInstance(
      { allocatedStorage: Size.gibibytes(400), maxAllocatedStorage: Size.gibibytes(600), iops: 15_000 },
      { AllocatedStorage: '400', MaxAllocatedStorage: 600, Iops: 15_000 },
    );
  });

  test('maxConnections', () => {
    templateOf(define({ maxConnections: 200 }).stack).hasResourceProperties('AWS::RDS::DBParameterGroup', {
      Parameters: { max_connections: '200', require_secure_transport: 'ON' },
    });
  });

  test('backupRetention', () => hasInstance({ backupRetention: Duration.days(35) }, { BackupRetentionPeriod: 35 }));

  test('windows', () => {
    hasInstance(
      { backupWindow: '20:00-20:30', maintenanceWindow: 'Tue:10:00-Tue:11:00' },
      { PreferredBackupWindow: '20:00-20:30', PreferredMaintenanceWindow: 'Tue:10:00-Tue:11:00' },
    );
  });

  test('engineVersion', () => {
    hasInstance({ engineVersion: rds.MysqlEngineVersion.of('8.4.11', '8.4') }, { EngineVersion: '8.4.11' });
  });

  test('databaseName', () => hasInstance({ databaseName: 'csms' }, { DBName: 'csms' }));

  test('connectionPool', () => {
    const connectionPool = ConnectionPool.rdsProxy({
      borrowTimeout: Duration.seconds(5),
      maxConnectionsPercent: 40,
      initQuery: 'SET a = 1',
    });
    templateOf(define({ connectionPool }).stack).hasResourceProperties('AWS::RDS::DBProxyTargetGroup', {
      ConnectionPoolConfigurationInfo: {
        ConnectionBorrowTimeout: 5,
        InitQuery: 'SET a = 1',
        MaxConnectionsPercent: 40,
        MaxIdleConnectionsPercent: 40,
      },
    });
  });

  test('peakConnections fits into what services may have: with a pool its share, without nine tenths', () => {
    expect(() => define({ peakConnections: 552 })).not.toThrow();
    expect(() => define({ peakConnections: 552, connectionPool: ConnectionPool.none() })).not.toThrow();
    const smallPool = ConnectionPool.rdsProxy({ maxConnectionsPercent: 50 });
    expect(() => define({ peakConnections: 308, connectionPool: smallPool })).toThrow(
      "[Test/Database] 'peakConnections' must be a whole number of 1 to 307, which is what services may have of 'maxConnections', got 308; take a larger 'instanceType', or fewer or smaller pools in the services",
    );
  });

  test('insightsMode ADVANCED keeps statistics for fifteen months', () => {
    hasInstance(
      { insightsMode: rds.DatabaseInsightsMode.ADVANCED },
      { DatabaseInsightsMode: 'advanced', PerformanceInsightsRetentionPeriod: 465 },
    );
  });

  test('a burstable class is watched for its credits', () => {
    const alerts = new DefinedAlerts();
    define({ alerts, instanceType: new ec2.InstanceType('t4g.medium') });
    expect(alerts.alarms).toContain('Credits MEDIUM database-cpu-high');
  });

  test('encryptionKey replaces the key of its own', () => {
    const stack = new Stack(new App(), 'Test', { env: SPAIN });
    const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-south-2:111122223333:key/1234');
    new ResilientMysql(stack, 'Database', { vpc: newVpc(stack), encryptionKey });
    templateOf(stack).resourceCountIs('AWS::KMS::Key', 0);
    templateOf(stack).hasResourceProperties(INSTANCE, { KmsKeyId: encryptionKey.keyArn });
  });

  test.each([
    [{ engineVersion: rds.MysqlEngineVersion.of('8.0.46', '8.0') }, "'engineVersion' must be MySQL 8.4 or later"],
    [{ instanceType: new ec2.InstanceType('c7g.large') }, "'instanceType' must be"],
    [{ allocatedStorage: Size.gibibytes(19) }, "'allocatedStorage' must be"],
    [{ iops: 12_000 }, "'iops' cannot be chosen"],
    [{ maxConnections: 5000 }, "'maxConnections' must be"],
    [{ backupRetention: Duration.days(0) }, "'backupRetention' must be"],
    [{ backupWindow: '02:00-03:00' }, "'backupWindow' must keep clear"],
    [{ maintenanceWindow: 'Sun:03:00-Sun:04:00' }, "'maintenanceWindow' and the hour before it must keep clear"],
    [{ databaseName: 'a-b' }, "'databaseName' must be"],
    [{ peakConnections: 553 }, "'peakConnections' must be a whole number of 1 to 552"],
    [{ nightlyBackup: { hour: 24 } }, "'hour' of 'nightlyBackup' must be"],
    [
      { insightsMode: rds.DatabaseInsightsMode.ADVANCED, instanceType: new ec2.InstanceType('t4g.micro') },
      "'insightsMode' cannot be given on t4g.micro, which collects no statistics of queries; take a medium class or larger, or leave it out",
    ],
    [{ connectionPool: ConnectionPool.rdsProxy({ borrowTimeout: Duration.minutes(6) }) }, "'borrowTimeout' must be"],
  ])('%j reaches its validator', (props, message) => {
    expect(() => define(props)).toThrow(`[Test/Database] ${message}`);
  });
});

describe('alerts', () => {
  test('define alarms and events, each with its severity and runbook heading', () => {
    const alerts = new DefinedAlerts();
    define({ alerts });
    expect(alerts.alarms).toEqual([
      'Cpu MEDIUM database-cpu-high',
      'Storage HIGH database-storage-low',
      'Memory MEDIUM database-memory-low',
      'Connections MEDIUM database-connections-high',
      'ReadLatency MEDIUM database-latency-high',
      'WriteLatency MEDIUM database-latency-high',
      'DiskQueue MEDIUM database-latency-high',
      'Pool HIGH database-pool-unavailable',
      'Borrow HIGH database-pool-exhausted',
      'Logins MEDIUM database-logins-refused',
    ]);
    expect(alerts.events).toEqual(['Failover MEDIUM database-failover', 'Failure HIGH database-failure']);
  });

  test('measure against the size of this database', () => {
    const { stack } = define({
      alerts: new DefinedAlerts(),
      maxConnections: 100,
      allocatedStorage: Size.gibibytes(50),
    });
    const alarm = (MetricName: string, Threshold: number, ComparisonOperator: string) =>
      templateOf(stack).hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName, Threshold, ComparisonOperator });
    alarm('DatabaseConnections', 80, 'GreaterThanOrEqualToThreshold');
    alarm('FreeStorageSpace', 5 * 2 ** 30, 'LessThanOrEqualToThreshold');
    alarm('FreeableMemory', Math.floor(8 * 2 ** 30 * 0.05), 'LessThanOrEqualToThreshold');
  });

  test('without a pool leave out the alarms of the pool', () => {
    const alerts = new DefinedAlerts();
    define({ alerts, connectionPool: ConnectionPool.none() });
    expect(alerts.alarms).toHaveLength(7);
    expect(alerts.alarms.join()).not.toMatch(/pool|logins/);
  });

  test('hear only of this database', () => {
    const { stack } = define({ alerts: new DefinedAlerts() });
    const [[instance]] = resourcesOf(stack, INSTANCE);
    const rules = resourcesOf(stack, 'AWS::Events::Rule').map(([, { Properties }]) => Properties.EventPattern);
    expect(rules.map(({ detail }) => detail.EventCategories)).toEqual([['failover'], ['failure', 'low storage']]);
    for (const { resources } of rules) {
      expect(JSON.stringify(resources)).toContain(`"Ref":"${instance}"`);
    }
  });
});

describe('metrics', () => {
  test.each([
    ['metricCpuUtilization', 'CPUUtilization', 'Average'],
    ['metricFreeStorageSpace', 'FreeStorageSpace', 'Minimum'],
    ['metricFreeableMemory', 'FreeableMemory', 'Average'],
    ['metricDatabaseConnections', 'DatabaseConnections', 'Maximum'],
    ['metricReadLatency', 'ReadLatency', 'Average'],
    ['metricWriteLatency', 'WriteLatency', 'Average'],
    ['metricDiskQueueDepth', 'DiskQueueDepth', 'Average'],
  ] as const)('%s is %s', (method, metricName, statistic) => {
    const { database } = define();
    expect(database[method]()).toMatchObject({ namespace: 'AWS/RDS', metricName, statistic });
    expect(database[method]({ statistic: 'p99' }).statistic).toBe('p99');
  });

  test('of the pool carry its name', () => {
    const { stack, database } = define();
    const [[proxy]] = resourcesOf(stack, PROXY);
    const metric = database.metricPool('ClientConnections');
    expect(stack.resolve(metric.dimensions)).toEqual({ ProxyName: { Ref: proxy } });
  });

  test('of a pool that is not there are refused', () => {
    const { database } = define({ connectionPool: ConnectionPool.none() });
    expect(() => database.metricPool('ClientConnections')).toThrow(
      "[Test/Database] 'metricPool' needs a pool, got ConnectionPool.none(); use ConnectionPool.rdsProxy()",
    );
  });
});

test('is backed up by its exact ARN', () => {
  const { stack, database } = define();
  const [[instance]] = resourcesOf(stack, INSTANCE);
  expect(stack.resolve(database.backupResource.resource)).toEqual({
    'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':rds:eu-south-2:111122223333:db:', { Ref: instance }]],
  });
});

test('passes the three packs without standby and pool, restored from a snapshot', () => {
  const source = DatabaseSource.snapshot('before');
  expect(findings({ standby: DatabaseStandby.none(), connectionPool: ConnectionPool.none(), source })).toEqual([]);
});

test('passes the three packs where account and region are unknown', () => {
  const stack = new Stack(new App(), 'Test');
  const database = new ResilientMysql(stack, 'Database', { vpc: importedVpc(stack) });
  backUp(stack, database.backupResource);
  expect(nagFindings(stack).filter((finding) => finding.includes('Test/Database'))).toEqual([]);
});

function importedVpc(stack: Stack): ec2.IVpc {
  return ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-1',
    availabilityZones: ['eu-south-2a', 'eu-south-2b'],
    isolatedSubnetIds: ['subnet-1', 'subnet-2'],
  });
}

test("a class that the region does not offer is a finding of the CDK's own check of the template", () => {
  const { stack } = define({ instanceType: new ec2.InstanceType('r5b.large') });
  const [finding, ...rest] = strictFindings(stack);
  expect(finding).toMatch(/^E3025 \| DBInstanceClass: 'db\.r5b\.large' is not one of .* in 'eu-south-2'/);
  expect(rest).toEqual([]);
});

test('two databases fit in one stack', () => {
  const { stack, vpc } = define();
  new ResilientMysql(stack, 'Second', { vpc });
  const names = (type: string, prop: string) => resourcesOf(stack, type).map(([, { Properties }]) => Properties[prop]);
  for (const [type, prop] of [
    [INSTANCE, 'DBInstanceIdentifier'],
    [PROXY, 'DBProxyName'],
    ['AWS::Logs::LogGroup', 'LogGroupName'],
  ]) {
    const all = names(type, prop);
    expect(new Set(all).size).toBe(all.length);
  }
});

test('names are such as RDS accepts, however long the path is', () => {
  const stack = new Stack(new App(), `A${'-Long9'.repeat(20)}`, { env: SPAIN });
  new ResilientMysql(stack, 'Database', { vpc: newVpc(stack) });
  const valid = /^(?=.{1,63}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
  const [[, instance]] = resourcesOf(stack, INSTANCE);
  const [[, proxy]] = resourcesOf(stack, PROXY);
  expect(instance.Properties.DBInstanceIdentifier).toMatch(valid);
  expect(proxy.Properties.DBProxyName).toMatch(valid);
});

test('a third zone gives the proxy, which it replaces, another name, and the instance the same', () => {
  const names = [2, 3].map((zones) => {
    const { stack } = define({}, zones);
    const [[, instance]] = resourcesOf(stack, INSTANCE);
    const [[, proxy]] = resourcesOf(stack, PROXY);
    return { instance: instance.Properties.DBInstanceIdentifier, proxy: proxy.Properties.DBProxyName };
  });
  expect(names[0].instance).toBe(names[1].instance);
  expect(names[0].proxy).not.toBe(names[1].proxy);
});

test('logical ids and names of what holds data stay', () => {
  const { stack } = define();
  const ids = [INSTANCE, 'AWS::KMS::Key', 'AWS::RDS::OptionGroup', 'AWS::RDS::DBSubnetGroup'].map(
    (type) => resourcesOf(stack, type)[0][0],
  );
  expect(ids).toEqual([
    'DatabaseServerInstance7312F3E4',
    'DatabaseKey5E5D9547',
    'DatabaseServerOptionsF53E1969',
    'DatabaseServerSubnetGroup23C3A590',
  ]);
  const [[, instance]] = resourcesOf(stack, INSTANCE);
  expect(instance.Properties.DBInstanceIdentifier).toBe('test-database-server-edfbd2f5');
});

test('two syntheses are the same', () => {
  expect(templateOf(define().stack).toJSON()).toEqual(templateOf(define().stack).toJSON());
});

test('does not depend on feature flags of its user', () => {
  const flags = {
    '@aws-cdk/aws-rds:databaseProxyUniqueResourceName': false,
    '@aws-cdk/core:enablePartitionLiterals': false,
  };
  const stack = new Stack(new App({ context: flags }), 'Test', { env: SPAIN });
  new ResilientMysql(stack, 'Database', { vpc: newVpc(stack) });
  expect(resourcesOf(stack, PROXY)).toEqual(resourcesOf(define().stack, PROXY));
});
