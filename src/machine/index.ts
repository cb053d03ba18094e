export * from './description';
export * from './machine-file';
export * from './machine-files';
export * from './user-data';
