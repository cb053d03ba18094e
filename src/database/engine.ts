import { RemovalPolicy } from 'aws-cdk-lib';
import * as rds from 'aws-cdk-lib/aws-rds';
import type { Construct } from 'constructs';
import { invalid } from '../private/errors';

export function validateEngineVersion(scope: Construct, version: rds.MysqlEngineVersion): void {
  const [major, minor] = version.mysqlMajorVersion.split('.').map(Number);
  if (major < 8 || (major === 8 && minor < 4)) {
    throw invalid(
      scope,
      `'engineVersion' must be MySQL 8.4 or later, got ${version.mysqlFullVersion}; RDS ended standard support of 8.0 on 2026-07-31 and creates it only with paid Extended Support`,
    );
  }
}

/**
 * Server parameters. Time is UTC, RDS's own default, because local time would have an hour twice each autumn. RDS computes the
 * rest from the class, the memory of tables among it.
 */
export function serverParameters(maxConnections: number): Record<string, string> {
  return {
    // Blue/green deployments and replicas elsewhere copy rows, not statements.
    binlog_format: 'ROW',
    character_set_server: 'utf8mb4',
    collation_server: 'utf8mb4_0900_ai_ci',
    // A charge point waits 30 seconds for its answer: a statement that waits longer for a row waits for nobody.
    innodb_lock_wait_timeout: '20',
    innodb_print_all_deadlocks: '1',
    // A migration that cannot have its table gives up after five minutes, not, as by default, after a year.
    lock_wait_timeout: '300',
    // Triggers and functions of migrations, while the binary log is on, without the rights of RDS itself.
    log_bin_trust_function_creators: '1',
    log_output: 'FILE',
    long_query_time: '1',
    max_connections: String(maxConnections),
    require_secure_transport: 'ON',
    slow_query_log: '1',
    // A service that had nothing to write all night finds its connection in the morning.
    wait_timeout: '28800',
  };
}

/**
 * Options of the server: an audit trail of who connected and who changed tables or rights. Retained, because final snapshots and
 * kept backups refer to it and RDS refuses to delete an option group that they refer to.
 */
export function defineOptions(scope: Construct, engine: rds.IInstanceEngine): rds.OptionGroup {
  const group = new rds.OptionGroup(scope, 'Options', {
    engine,
    description: 'Audit trail of connections, table definitions and rights',
    configurations: [
      {
        name: 'MARIADB_AUDIT_PLUGIN',
        settings: {
          SERVER_AUDIT_EVENTS: 'CONNECT,QUERY_DDL,QUERY_DCL',
          // RDS's own user connects every second.
          SERVER_AUDIT_EXCL_USERS: 'rdsadmin',
        },
      },
    ],
  });
  group.applyRemovalPolicy(RemovalPolicy.RETAIN);
  return group;
}
