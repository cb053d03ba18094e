export * from './connection-pool';
export * from './database-privileges';
export * from './database-source';
export * from './database-standby';
export * from './nightly-backup-options';
export * from './resilient-mysql';
export * from './resilient-mysql-props';
