import { COMPOSE } from './compose';
import { CLOUD_INIT, KNOT, NGINX, SFTP_CLIENT, SHELLCHECK, SYSTEMD } from './debian';
import type { Engine } from './engine';
import { EMULATOR, MOTO } from './python';
import { TRINO } from './trino';

export { COMPOSE } from './compose';
export { CLOUD_INIT, KNOT, NGINX, SFTP_CLIENT, SHELLCHECK, SYSTEMD } from './debian';
export { describeWith, type Engine, EngineUnavailable } from './engine';
export { EMULATOR, MOTO } from './python';
export { TRINO } from './trino';

/** Every engine that a suite asks for, in the order in which they are installed. */
export const ENGINES: readonly Engine[] = [
  EMULATOR,
  MOTO,
  NGINX,
  CLOUD_INIT,
  SHELLCHECK,
  SYSTEMD,
  COMPOSE,
  KNOT,
  SFTP_CLIENT,
  TRINO,
];
