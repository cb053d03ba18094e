/** Environment of the rotation function. */
export const MASTER_SECRET_ENV = 'MASTER_SECRET_ARN';
export const SERVER_ENV = 'SERVER';
export const POOL_ENV = 'POOL';
export const SCHEMA_ENV = 'SCHEMA';
export const USERS_ENV = 'USERS';

/** The second of a user's two MySQL users carries this behind the name of the first. */
export const CLONE_SUFFIX = '_clone';

/** What the rotation function knows of one user, in `USERS_ENV` by the ARN of the user's secret. */
export interface RotatedUser {
  readonly name: string;
  /** Rights on the schema, as MySQL spells them. */
  readonly privileges: readonly string[];
  /** ARNs of the secrets from which the pool knows the user's two MySQL users: the first's, the clone's. None without a pool. */
  readonly poolLogins: readonly string[];
}
