import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { requireEnv } from '../runtime/env.lambda-shared';
import { log } from '../runtime/logger.lambda-shared';
import * as constants from './constants';
import { type Address, MysqlUsers } from './mysql-users.lambda-shared';
import { Rotation } from './rotation.lambda-shared';
import { UserSecrets } from './user-secrets.lambda-shared';

const client = new SecretsManagerClient({});

export interface RotationEvent {
  readonly Step: string;
  readonly SecretId: string;
  readonly ClientRequestToken: string;
}

/** One step of the rotation of one user's secret, as Secrets Manager asks for it. */
export async function handler({ Step, SecretId, ClientRequestToken }: RotationEvent): Promise<void> {
  const users: constants.RotatedUser[] = JSON.parse(requireEnv(constants.USERS_ENV));
  const user = users.find(({ secret }) => secret === SecretId);
  if (!user) {
    throw new Error('the secret belongs to no user of this database');
  }
  const pool = process.env[constants.POOL_ENV];
  const rotation = new Rotation(
    new UserSecrets(client),
    // The authorities of RDS stand in a file of the runtime, which NODE_EXTRA_CA_CERTS names.
    new MysqlUsers(addressOf(requireEnv(constants.SERVER_ENV)), { verifyIdentity: true, minVersion: 'TLSv1.2' }),
    {
      masterSecret: requireEnv(constants.MASTER_SECRET_ENV),
      schema: requireEnv(constants.SCHEMA_ENV),
      pool: pool ? addressOf(pool) : undefined,
      poolAttempts: 10,
      poolPauseMs: 5_000,
    },
  );
  await rotation.run(Step, ClientRequestToken, user);
  log.info('rotation step done', { step: Step, user: user.name });
}

function addressOf(text: string): Address {
  const [host, port] = text.split(':');
  return { host, port: Number(port) };
}
