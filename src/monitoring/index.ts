export * from './api';
export * from './operator-alerts';
export * from './operator-alerts-relay';
export * from './platform-dashboard';
