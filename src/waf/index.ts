export * from './ip-access-list';
export * from './ip-feed';
export * from './platform-web-acl';
export * from './waf-ip-access';
export * from './web-acl-scope';
