export * from './sftp-endpoint';
export * from './sftp-file-storage';
export * from './sftp-security-policy';
export * from './sftp-user';
