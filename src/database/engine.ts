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
 * Server parameters. TLS is required; slow statements and faults are written to files, from where RDS exports them; time is UTC,
 * RDS's own default, because local time would have an hour twice each autumn.
 */
export function serverParameters(maxConnections: number): Record<string, string> {
  return {
    character_set_server: 'utf8mb4',
    collation_server: 'utf8mb4_0900_ai_ci',
    log_output: 'FILE',
    long_query_time: '1',
    max_connections: String(maxConnections),
    require_secure_transport: 'ON',
    slow_query_log: '1',
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
