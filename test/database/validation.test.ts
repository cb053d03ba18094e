import { Duration, Lazy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import {
  validateBackupRetention,
  validateDatabaseName,
  validateSubnets,
  validateUser,
} from '../../src/database/validation';
import { SPAIN } from '../support/stacks';
import { newVpc } from './fixture';

test.each([1, 35])('accepts a retention of %d days', (days) => {
  expect(() => validateBackupRetention(new Stack(), Duration.days(days))).not.toThrow();
});

test.each([
  [Duration.days(0), 0],
  [Duration.days(36), 36],
  [Duration.hours(36), 1.5],
])('rejects a retention of %s', (value, days) => {
  expect(() => validateBackupRetention(new Stack(), value)).toThrow(
    `[Default] 'backupRetention' must be 1 to 35 whole days, got ${days}; for longer use SpanishBackupPolicy`,
  );
});

test.each(['c', 'charging', 'Charging_2', 'a'.repeat(64)])('accepts database name %s', (name) => {
  expect(() => validateDatabaseName(new Stack(), name)).not.toThrow();
});

test.each(['', '1a', '_a', 'a-b', 'a'.repeat(65), 'a b'])("rejects database name '%s'", (name) => {
  expect(() => validateDatabaseName(new Stack(), name)).toThrow(
    `[Default] 'databaseName' must be a letter and up to 63 letters, digits or underscores, got '${name}'`,
  );
});

test.each(['a', 'api', 'back_office_2', 'a'.repeat(32)])('accepts user %s', (user) => {
  expect(() => validateUser(new Stack(), user)).not.toThrow();
});

test.each(['', '*', 'a*', 'Api', '1a', 'a-b', "a'b", 'a'.repeat(33), 'admin', 'rdsadmin', 'root'])(
  "rejects user '%s'",
  (user) => {
    expect(() => validateUser(new Stack(), user)).toThrow(
      `[Default] 'user' must be 1 to 32 lower-case letters, digits or underscores, begin with a letter and not be admin, rdsadmin, rdsrepladmin, rdsproxyadmin, root, got '${user}'`,
    );
  },
);

test('skips what is unknown until deployment', () => {
  const token = Lazy.string({ produce: () => '*' });
  expect(() => validateUser(new Stack(), token)).not.toThrow();
  expect(() => validateDatabaseName(new Stack(), token)).not.toThrow();
  const time = Duration.days(Lazy.number({ produce: () => 99 }));
  expect(() => validateBackupRetention(new Stack(), time)).not.toThrow();
});

test.each([
  [2, 2],
  [3, 2],
  [3, 3],
])('accepts isolated subnets in %d zones where %d are needed', (zones, wanted) => {
  const stack = new Stack(undefined, 'Test', { env: SPAIN });
  expect(() => validateSubnets(stack, newVpc(stack, zones), wanted)).not.toThrow();
});

test('rejects isolated subnets in one zone, and none', () => {
  const stack = new Stack(undefined, 'Test', { env: SPAIN });
  const message = (zones: number) =>
    `[Test] 'vpc' must have isolated subnets in at least 2 zones, got ${zones}; ChargingPlatformNetwork has them`;
  expect(() => validateSubnets(stack, newVpc(stack, 1), 2)).toThrow(message(1));
  const noData = new ec2.Vpc(stack, 'Public', {
    natGateways: 0,
    subnetConfiguration: [{ name: 'Public', subnetType: ec2.SubnetType.PUBLIC }],
  });
  expect(() => validateSubnets(stack, noData, 2)).toThrow(message(0));
});
