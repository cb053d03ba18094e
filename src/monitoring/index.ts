export * from './api';
export * from './operator-alerts';
export * from './platform-dashboard';
