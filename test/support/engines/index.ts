import { COMPOSE } from './compose';
import { CLOUD_INIT, KNOT, LOGROTATE, NGINX, SFTP_CLIENT, SHELLCHECK, SYSTEMD, WRK } from './debian';
import type { Engine } from './engine';
import { MYSQL_8_0, MYSQL_9_7 } from './mysql';
import { AWS_CLI, EMULATOR, MOTO } from './python';
import { TRINO } from './trino';

export { COMPOSE } from './compose';
export { CLOUD_INIT, KNOT, LOGROTATE, NGINX, SFTP_CLIENT, SHELLCHECK, SYSTEMD, WRK } from './debian';
export { describeWith, type Engine, EngineUnavailable } from './engine';
export { MYSQL_8_0, MYSQL_9_7, type MysqlEngine } from './mysql';
export { AWS_CLI, EMULATOR, MOTO } from './python';
export { TRINO } from './trino';

/** Every engine that a suite asks for, in the order in which they are installed. */
export const ENGINES: readonly Engine[] = [
  EMULATOR,
  MOTO,
  AWS_CLI,
  NGINX,
  CLOUD_INIT,
  SHELLCHECK,
  SYSTEMD,
  COMPOSE,
  LOGROTATE,
  WRK,
  KNOT,
  SFTP_CLIENT,
  MYSQL_8_0,
  MYSQL_9_7,
  TRINO,
];
