export * from './forwarding-rule';
export * from './platform-dns';
