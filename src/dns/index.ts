export * from './dns-target';
export * from './failover-options';
export * from './forwarding-rule';
export * from './platform-dns';
export * from './platform-dns-props';
export * from './platform-dns-telemetry';
