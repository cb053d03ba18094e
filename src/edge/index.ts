export * from './web-distribution';
export * from './web-distribution-telemetry';
