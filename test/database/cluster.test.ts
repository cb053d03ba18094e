import { Size } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { ConnectionPool, DatabasePrivileges, DatabaseSource, DatabaseStandby } from '../../src/database';
import { nagFindings, strictFindings } from '../support/findings';
import { resourcesOf, templateOf } from '../support/stacks';
import { backUp, DefinedAlerts, define, newGrantee } from './fixture';

const CLUSTER = 'AWS::RDS::DBCluster';
const standby = DatabaseStandby.readable();
const alerts = new DefinedAlerts();
const { stack, database } = define({ standby, alerts }, 3);
database.addUser('api', DatabasePrivileges.readWrite());
backUp(stack, database.backupResource);
const [[clusterId, cluster]] = resourcesOf(stack, CLUSTER);

test('is a Multi-AZ cluster of MySQL 8.4, encrypted, protected, with a password of RDS', () => {
  expect(cluster).toMatchObject({ DeletionPolicy: 'Snapshot', UpdateReplacePolicy: 'Snapshot' });
  templateOf(stack).hasResourceProperties(CLUSTER, {
    Engine: 'mysql',
    EngineVersion: '8.4.10',
    EngineLifecycleSupport: 'open-source-rds-extended-support-disabled',
    DBClusterInstanceClass: 'db.m6gd.large',
    StorageType: 'gp3',
    AllocatedStorage: 100,
    Iops: 3000,
    StorageEncrypted: true,
    PubliclyAccessible: false,
    Port: 33306,
    DatabaseName: 'charging',
    MasterUsername: 'admin',
    MasterUserPassword: Match.absent(),
    ManageMasterUserPassword: true,
    EnableIAMDatabaseAuthentication: true,
    DeletionProtection: true,
    DeleteAutomatedBackups: false,
    CopyTagsToSnapshot: true,
    BackupRetentionPeriod: 14,
    MonitoringInterval: 60,
    PerformanceInsightsEnabled: true,
    EnableCloudwatchLogsExports: ['error', 'slowquery'],
  });
  templateOf(stack).hasResourceProperties('AWS::RDS::DBClusterParameterGroup', {
    Family: 'mysql8.4',
    Parameters: Match.objectLike({ require_secure_transport: 'ON', max_connections: '614' }),
  });
  templateOf(stack).resourceCountIs('AWS::RDS::DBInstance', 0);
  templateOf(stack).resourceCountIs('AWS::RDS::OptionGroup', 0);
});

test('has its logs in groups made before it', () => {
  const name = cluster.Properties.DBClusterIdentifier;
  const groups = resourcesOf(stack, 'AWS::Logs::LogGroup').filter(([, { Properties }]) =>
    [`/aws/rds/cluster/${name}/error`, `/aws/rds/cluster/${name}/slowquery`].includes(Properties.LogGroupName),
  );
  expect(groups).toHaveLength(2);
  expect(cluster.DependsOn).toEqual(expect.arrayContaining(groups.map(([id]) => id)));
});

test('has a proxy for writes and one for reads', () => {
  const [[proxy]] = resourcesOf(stack, 'AWS::RDS::DBProxy');
  const [[reader, endpoint]] = resourcesOf(stack, 'AWS::RDS::DBProxyEndpoint');
  expect(endpoint.Properties).toMatchObject({ DBProxyName: { Ref: proxy }, TargetRole: 'READ_ONLY' });
  expect(endpoint.Properties.VpcSubnetIds).toHaveLength(3);
  templateOf(stack).hasResourceProperties('AWS::RDS::DBProxyTargetGroup', {
    DBClusterIdentifiers: [{ Ref: clusterId }],
  });
  expect(stack.resolve(database.connectionEnvironment('api'))).toMatchObject({
    DATABASE_HOST: { 'Fn::GetAtt': [proxy, 'Endpoint'] },
    DATABASE_READER_HOST: { 'Fn::GetAtt': [reader, 'Endpoint'] },
  });
});

test('without a pool reads go to the cluster itself, and IAM logs in there', () => {
  const plain = define({ standby, connectionPool: ConnectionPool.none() }, 3);
  plain.database.grantConnect(newGrantee(plain.stack), 'api');
  const [[id]] = resourcesOf(plain.stack, CLUSTER);
  expect(plain.stack.resolve(plain.database.readerEndpoint?.hostname)).toEqual({
    'Fn::GetAtt': [id, 'ReadEndpoint.Address'],
  });
  expect(JSON.stringify(resourcesOf(plain.stack, 'AWS::IAM::ManagedPolicy'))).toContain('DBClusterResourceId');
});

test('the proxy reaches it, and so does the rotation; nothing else', () => {
  const sources = resourcesOf(stack, 'AWS::EC2::SecurityGroupIngress')
    .filter(([, { Properties }]) => Properties.FromPort === 33306)
    .map(([, { Properties }]) => JSON.stringify(Properties.SourceSecurityGroupId));
  expect(sources).toHaveLength(2);
  expect(sources.join()).toMatch(/DatabasePool.*DatabaseUsers|DatabaseUsers.*DatabasePool/);
});

test('is backed up by its exact ARN, and heard of by its own events', () => {
  const arn = ['arn:', { Ref: 'AWS::Partition' }, ':rds:eu-south-2:111122223333:cluster:', { Ref: clusterId }];
  expect(stack.resolve(database.backupResource.resource)).toEqual({ 'Fn::Join': ['', arn] });
  templateOf(stack).hasResourceProperties('AWS::Events::Rule', {
    EventPattern: Match.objectLike({ 'detail-type': ['RDS DB Cluster Event'], resources: [{ 'Fn::Join': ['', arn] }] }),
  });
  expect(alerts.alarms).toContain('ReplicaLag MEDIUM database-replica-late');
  expect(database.instance).toBeUndefined();
});

test('has the logical id of a single instance, so that CloudFormation refuses to turn one into the other', () => {
  expect([clusterId, cluster.Properties.DBClusterIdentifier]).toEqual([
    'DatabaseServerInstance7312F3E4',
    'test-database-server-edfbd2f5',
  ]);
});

test('passes the three packs and CloudFormation as AWS would check it', () => {
  expect(nagFindings(stack).filter((finding) => !finding.includes('Test/Vpc'))).toEqual([]);
  expect(strictFindings(stack)).toEqual([]);
});

test.each([
  [DatabaseSource.snapshot('before'), { SnapshotIdentifier: 'before' }],
  [DatabaseSource.pointInTime('old'), { SourceDBClusterIdentifier: 'old', UseLatestRestorableTime: true }],
  [
    DatabaseSource.pointInTime('old', '2026-11-24T03:00:00Z'),
    {
      SourceDBClusterIdentifier: 'old',
      RestoreToTime: '2026-11-24T03:00:00Z',
      UseLatestRestorableTime: Match.absent(),
    },
  ],
])('comes back from %j with what it has from there left unsaid', (source, expected) => {
  const said = { DatabaseName: Match.absent(), MasterUsername: Match.absent(), KmsKeyId: Match.absent() };
  templateOf(define({ standby, source }, 3).stack).hasResourceProperties(CLUSTER, { ...expected, ...said });
});

test.each([
  [
    {},
    2,
    "'vpc' must have isolated subnets in at least 3 zones with DatabaseStandby.readable(), got 2; ChargingPlatformNetwork has them",
  ],
  [
    { instanceType: new ec2.InstanceType('m7g.large') },
    3,
    "'instanceType' must be a class with a disk of its own, such as m6gd.large, with DatabaseStandby.readable(), got 'm7g.large'",
  ],
  [
    { allocatedStorage: Size.gibibytes(99) },
    3,
    "'allocatedStorage' must be at least 100 GiB with DatabaseStandby.readable(), got 99 GiB",
  ],
  [
    { maxAllocatedStorage: Size.gibibytes(500) },
    3,
    "'maxAllocatedStorage' cannot be given with DatabaseStandby.readable(), whose storage RDS does not enlarge; leave it out and choose 'allocatedStorage' for years",
  ],
])('refuses %j in %d zones', (props, zones, message) => {
  expect(() => define({ standby, ...props }, zones)).toThrow(`[Test/Database] ${message}`);
});

test('more storage includes more operations', () => {
  const { stack: large } = define({ standby, allocatedStorage: Size.gibibytes(400) }, 3);
  templateOf(large).hasResourceProperties(CLUSTER, { Iops: 12_000 });
});

test.each(['m5d', 'm6gd', 'm6id', 'm6idn', 'r7gd', 'r8gd'])('accepts class %s', (name) => {
  expect(() => define({ standby, instanceType: new ec2.InstanceType(`${name}.large`) }, 3)).not.toThrow();
});
