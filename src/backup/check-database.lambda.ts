import { requireEnv } from '../runtime/env.lambda-shared';
import { log } from '../runtime/logger.lambda-shared';
import * as constants from './constants';
import { databaseToken } from './database-token.lambda-shared';
import { RestoredDatabase } from './restored-database.lambda-shared';

/** Where a restored database listens. */
export interface RestoredAddress {
  readonly host: string;
  readonly port: number;
}

/** Logs in to a restored database and gives what does not hold there. It asks nobody but the database. */
export async function handler({ host, port }: RestoredAddress): Promise<string[]> {
  const checks: constants.DatabaseCheck[] = JSON.parse(requireEnv(constants.CHECKS_ENV));
  const user = requireEnv(constants.CHECK_USER_ENV);
  const database = new RestoredDatabase({
    ...{ host, port, user },
    schema: requireEnv(constants.SCHEMA_ENV),
    // The authorities of RDS stand in a file of the runtime, which NODE_EXTRA_CA_CERTS names.
    ssl: { verifyIdentity: true, minVersion: 'TLSv1.2' },
    attempts: 5,
    pauseMs: 15_000,
    connectMs: 10_000,
    queryMs: 30_000,
  });
  const problems = await database.problems(checks, () =>
    databaseToken({ host, port }, user, requireEnv('AWS_REGION'), {
      accessKeyId: requireEnv('AWS_ACCESS_KEY_ID'),
      secretAccessKey: requireEnv('AWS_SECRET_ACCESS_KEY'),
      sessionToken: process.env.AWS_SESSION_TOKEN,
    }),
  );
  log.info('restored database checked', { checks: checks.length, problems: problems.length });
  return problems;
}
