/** Environment of the rotation function. */
export const MASTER_SECRET_ENV = 'MASTER_SECRET_ARN';
export const SERVER_ENV = 'SERVER';
export const POOL_ENV = 'POOL';
export const SCHEMA_ENV = 'SCHEMA';
export const USERS_ENV = 'USERS';

/** The second of a user's two MySQL users carries this behind the name of the first. */
export const CLONE_SUFFIX = '_clone';

const READ = ['SELECT', 'SHOW VIEW'];
const WRITE = [...READ, 'INSERT', 'UPDATE', 'DELETE', 'EXECUTE', 'CREATE TEMPORARY TABLES', 'LOCK TABLES'];
/** Rights on the schema, as MySQL spells them, by the name under which they travel. */
export const PRIVILEGES = {
  readOnly: READ,
  readWrite: WRITE,
  schemaChanges: [
    ...WRITE,
    ...['ALTER', 'CREATE', 'DROP', 'INDEX', 'REFERENCES', 'CREATE VIEW', 'TRIGGER', 'EVENT'],
    ...['CREATE ROUTINE', 'ALTER ROUTINE'],
  ],
} as const;

export type Privileges = keyof typeof PRIVILEGES;

/** What the rotation function knows of one user; the list of them is JSON in `USERS_ENV`. */
export interface RotatedUser {
  /** ARN of the user's secret. */
  readonly secret: string;
  readonly name: string;
  readonly privileges: Privileges;
  /** ARNs of the secrets from which the pool knows the user's two MySQL users: the first's, the clone's. None without a pool. */
  readonly poolLogins: readonly string[];
}
