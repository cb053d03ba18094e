export * from './origin-access';
export * from './web-distribution';
export * from './web-distribution-props';
export * from './web-distribution-telemetry';
