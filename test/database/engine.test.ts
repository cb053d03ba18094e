import { Stack } from 'aws-cdk-lib';
import * as rds from 'aws-cdk-lib/aws-rds';
import { serverParameters, validateEngineVersion } from '../../src/database/engine';

test.each([
  rds.MysqlEngineVersion.VER_8_4_10,
  rds.MysqlEngineVersion.of('8.4.11', '8.4'),
  rds.MysqlEngineVersion.of('9.7.4', '9.7'),
])('accepts $mysqlFullVersion', (version) => {
  expect(() => validateEngineVersion(new Stack(), version)).not.toThrow();
});

test.each([
  rds.MysqlEngineVersion.of('8.0.46', '8.0'),
  rds.MysqlEngineVersion.of('8.3.0', '8.3'),
  rds.MysqlEngineVersion.of('5.7.44', '5.7'),
])('refuses $mysqlFullVersion and says why', (version) => {
  expect(() => validateEngineVersion(new Stack(), version)).toThrow(
    `[Default] 'engineVersion' must be MySQL 8.4 or later, got ${version.mysqlFullVersion}; RDS ended standard support of 8.0 on 2026-07-31 and creates it only with paid Extended Support`,
  );
});

test('requires TLS, writes logs to files, and waits as long as a charge point does', () => {
  expect(serverParameters(614)).toEqual({
    binlog_format: 'ROW',
    character_set_server: 'utf8mb4',
    collation_server: 'utf8mb4_0900_ai_ci',
    innodb_lock_wait_timeout: '20',
    innodb_print_all_deadlocks: '1',
    lock_wait_timeout: '300',
    log_bin_trust_function_creators: '1',
    log_output: 'FILE',
    long_query_time: '1',
    max_connections: '614',
    require_secure_transport: 'ON',
    slow_query_log: '1',
    wait_timeout: '28800',
  });
});
