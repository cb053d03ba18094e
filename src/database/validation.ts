import { type Duration, Token } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { invalid } from '../private/errors';
import { DATA_SUBNETS, MASTER_USER } from './instance';

/** Users that RDS keeps for itself, and the master user, who never logs in with IAM. */
const RESERVED_USERS = [MASTER_USER, 'rdsadmin', 'rdsrepladmin', 'rdsproxyadmin', 'root'];

export function validateSubnets(scope: Construct, vpc: ec2.IVpc): void {
  const zones = vpc.isolatedSubnets.length === 0 ? 0 : new Set(vpc.selectSubnets(DATA_SUBNETS).availabilityZones).size;
  if (zones < 2) {
    throw invalid(
      scope,
      `'vpc' must have isolated subnets in at least 2 zones, got ${zones}; ChargingPlatformNetwork has them`,
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
