export * from './connection-pool';
export * from './database-standby';
export * from './resilient-mysql';
