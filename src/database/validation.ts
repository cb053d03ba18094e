import { type Duration, Token } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as rds from 'aws-cdk-lib/aws-rds';
import type { Construct } from 'constructs';
import { invalid } from '../private/errors';
import { CLONE_SUFFIX } from './constants';
import { DATA_SUBNETS, isTooSmallForInsights, MASTER_USER } from './server';

/** Each takes up to 520 of the 4096 bytes that a function's environment may have. */
const MAX_USERS = 6;
/** Users that RDS keeps for itself, and the master user, who never logs in with IAM. */
const RESERVED_USERS = [MASTER_USER, 'rdsadmin', 'rdsrepladmin', 'rdsproxyadmin', 'root'];

export function validateSubnets(scope: Construct, vpc: ec2.IVpc, wanted: number): void {
  const zones = vpc.isolatedSubnets.length === 0 ? 0 : new Set(vpc.selectSubnets(DATA_SUBNETS).availabilityZones).size;
  if (zones < wanted) {
    throw invalid(
      scope,
      `'vpc' must have isolated subnets in at least ${wanted} zones${wanted === 3 ? ' with DatabaseStandby.readable()' : ''}, got ${zones}; ChargingPlatformNetwork has them`,
    );
  }
}

export function validateInsights(
  scope: Construct,
  mode: rds.DatabaseInsightsMode | undefined,
  instanceType: ec2.InstanceType,
): void {
  if (mode !== undefined && isTooSmallForInsights(instanceType)) {
    throw invalid(
      scope,
      `'insightsMode' cannot be given on ${instanceType.toString()}, which collects no statistics of queries; take a medium class or larger, or leave it out`,
    );
  }
}

export function validateBackupRetention(scope: Construct, value: Duration): void {
  if (value.isUnresolved()) {
    return;
  }
  const days = value.toDays({ integral: false });
  if (!Number.isInteger(days) || days < 1 || days > 35) {
    throw invalid(
      scope,
      `'backupRetention' must be 1 to 35 whole days, got ${days}; for longer use SpanishBackupPolicy`,
    );
  }
}

export function validateDatabaseName(scope: Construct, name: string): void {
  if (!Token.isUnresolved(name) && !/^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(name)) {
    throw invalid(scope, `'databaseName' must be a letter and up to 63 letters, digits or underscores, got '${name}'`);
  }
}

/** Strict, because the name becomes part of an IAM resource, where `*` would mean every user. */
export function validateUser(scope: Construct, user: string): void {
  if (!Token.isUnresolved(user) && (!/^[a-z][a-z0-9_]{0,31}$/.test(user) || RESERVED_USERS.includes(user))) {
    throw invalid(
      scope,
      `'user' must be 1 to 32 lower-case letters, digits or underscores, begin with a letter and not be ${RESERVED_USERS.join(', ')}, got '${user}'`,
    );
  }
}

/** A user that two MySQL users take turns for; the second carries a suffix. */
export function validateNewUser(scope: Construct, name: string, known: readonly string[]): void {
  const longest = 32 - CLONE_SUFFIX.length;
  if (
    !/^[a-z][a-z0-9_]*$/.test(name) ||
    name.length > longest ||
    name.endsWith(CLONE_SUFFIX) ||
    RESERVED_USERS.includes(name)
  ) {
    throw invalid(
      scope,
      `'name' of a user must be 1 to ${longest} lower-case letters, digits or underscores, begin with a letter, not end in ${CLONE_SUFFIX} and not be ${RESERVED_USERS.join(', ')}, got '${name}'`,
    );
  }
  if (known.includes(name)) {
    throw invalid(scope, `'name' of a user must be new, got '${name}' again`);
  }
  if (known.length >= MAX_USERS) {
    throw invalid(
      scope,
      `'addUser' makes up to ${MAX_USERS} users, what the rotation function's environment holds, got '${name}' as one more; use 'grantConnect' for further services`,
    );
  }
}
