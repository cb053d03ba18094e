import * as fs from 'node:fs';
import * as path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { App, Duration, Size, Stack } from 'aws-cdk-lib';
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
import { resourcesOf, SPAIN } from '../support/stacks';
import { newVpc } from './fixture';

type Changes = { [property: string]: string | undefined };

const INSTANCE = 'AWS::RDS::DBInstance';
/** The schema of CloudFormation, as the CDK's own command line carries it for `cdk diff`. */
const RESOURCES: { cloudFormationType: string; properties: Record<string, { causesReplacement?: string }> }[] =
  JSON.parse(
    gunzipSync(
      fs.readFileSync(path.join(path.dirname(require.resolve('aws-cdk/package.json')), 'db.json.gz')),
    ).toString(),
  ).schema.resource.entities;
const PROPERTIES = RESOURCES.find(({ cloudFormationType }) => cloudFormationType === INSTANCE)?.properties ?? {};

function instance(props: Partial<ResilientMysqlProps> | ((stack: Stack) => Partial<ResilientMysqlProps>)) {
  const stack = new Stack(new App(), 'Test', { env: SPAIN });
  const vpc = newVpc(stack);
  new ResilientMysql(stack, 'Database', { vpc, ...(typeof props === 'function' ? props(stack) : props) });
  return resourcesOf(stack, INSTANCE)[0][1].Properties as Record<string, unknown>;
}

const before = instance({});

/** Changed properties that replace the instance always (`yes`) or sometimes (`maybe`). */
function replacing(after: Record<string, unknown>): Changes {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  expect(changed).not.toEqual([]);
  return Object.fromEntries(
    changed
      .map((name) => [name, PROPERTIES[name].causesReplacement] as const)
      .filter(([, effect]) => effect === 'yes' || effect === 'maybe'),
  );
}

test.each<[string, Partial<ResilientMysqlProps>]>([
  ['instanceType', { instanceType: new ec2.InstanceType('r7g.large') }],
  ['allocatedStorage', { allocatedStorage: Size.gibibytes(200) }],
  ['maxAllocatedStorage', { maxAllocatedStorage: Size.gibibytes(900) }],
  ['iops', { allocatedStorage: Size.gibibytes(400), iops: 15_000 }],
  ['backupWindow', { backupWindow: '20:00-20:30' }],
  ['engineVersion', { engineVersion: rds.MysqlEngineVersion.of('8.4.11', '8.4') }],
  ['insightsMode', { insightsMode: rds.DatabaseInsightsMode.ADVANCED }],
])('another %s changes the server in place', (_, props) => {
  expect(replacing(instance(props))).toEqual({});
});

// What CloudFormation calls `maybe` depends on other engines, or on both sides of the change; none of these replaces MySQL:
// Multi-AZ is switched on and off in place, and windows and retention restart at most.
test.each<[string, Partial<ResilientMysqlProps>, Changes]>([
  ['standby', { standby: DatabaseStandby.none() }, { MultiAZ: 'maybe' }],
  ['backupRetention', { backupRetention: Duration.days(7) }, { BackupRetentionPeriod: 'maybe' }],
  ['maintenanceWindow', { maintenanceWindow: 'Tue:10:00-Tue:11:00' }, { PreferredMaintenanceWindow: 'maybe' }],
])('another %s changes the server in place, whatever the schema fears', (_, props, expected) => {
  expect(replacing(instance(props))).toEqual(expected);
});

test.each<[string, Partial<ResilientMysqlProps> | ((stack: Stack) => Partial<ResilientMysqlProps>), Changes]>([
  ['databaseName', { databaseName: 'csms' }, { DBName: 'yes' }],
  [
    'encryptionKey',
    (stack) => ({ encryptionKey: kms.Key.fromKeyArn(stack, 'Key', `arn:aws:kms:eu-south-2:111122223333:key/1`) }),
    { KmsKeyId: 'yes', PerformanceInsightsKMSKeyId: 'maybe' },
  ],
  [
    'source',
    { source: DatabaseSource.snapshot('before') },
    { DBName: 'yes', DBSnapshotIdentifier: 'maybe', KmsKeyId: 'yes', MasterUsername: 'yes', StorageEncrypted: 'yes' },
  ],
  [
    'source',
    { source: DatabaseSource.pointInTime('other', '2026-11-24T03:00:00Z') },
    {
      DBName: 'yes',
      KmsKeyId: 'yes',
      MasterUsername: 'yes',
      RestoreTime: 'maybe',
      SourceDBInstanceIdentifier: 'maybe',
      StorageEncrypted: 'yes',
    },
  ],
])('another %s would replace the data, which a fixed name makes CloudFormation refuse', (_, props, expected) => {
  const after = instance(props);
  expect(replacing(after)).toEqual(expected);
  expect(after.DBInstanceIdentifier).toBe(before.DBInstanceIdentifier);
  expect(PROPERTIES.DBInstanceIdentifier.causesReplacement).toBe('yes');
});

test('pool, connections and alerts leave the server alone', () => {
  const props = { connectionPool: ConnectionPool.none(), maxConnections: 100, alerts: new RecordedAlerts() };
  expect(instance(props)).toEqual(before);
});

test.each([
  [DatabaseSource.snapshot('before'), { DBSnapshotIdentifier: 'before' }],
  [DatabaseSource.pointInTime('old'), { SourceDBInstanceIdentifier: 'old', UseLatestRestorableTime: true }],
])(
  'a database from %j has the same name, protection, windows and password of its own as a new one',
  (source, expected) => {
    const { DBName, MasterUsername, KmsKeyId, StorageEncrypted, ...same } = before;
    expect([DBName, MasterUsername, KmsKeyId, StorageEncrypted]).not.toContain(undefined);
    expect(instance({ source })).toEqual({ ...same, ...expected });
  },
);

test.each(['2026-11-24', '2026-11-24T03:00:00+01:00', '2026-13-24T03:00:00Z'])('refuses the moment %s', (moment) => {
  expect(() => DatabaseSource.pointInTime('old', moment)).toThrow(
    `'moment' of DatabaseSource.pointInTime must be a second in UTC, such as '2026-11-24T03:00:00Z', got '${moment}'`,
  );
});

test('refuses a source without a name', () => {
  expect(() => DatabaseSource.snapshot('')).toThrow('the name given to DatabaseSource.snapshot must not be empty');
  expect(() => DatabaseSource.pointInTime('')).toThrow(
    'the name given to DatabaseSource.pointInTime must not be empty',
  );
});
