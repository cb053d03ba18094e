export * from './platform-mail';
