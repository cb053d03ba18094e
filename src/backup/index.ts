export * from './backup-copy';
export * from './backup-time';
export * from './restore-check';
export * from './restore-test';
export * from './restore-validation';
export * from './spanish-backup-policy';
export * from './spanish-time-zone';
export * from './vault-lock';
