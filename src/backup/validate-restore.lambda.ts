import { BackupClient, PutRestoreValidationResultCommand } from '@aws-sdk/client-backup';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { requireEnv } from '../runtime/env.lambda-shared';
import { log } from '../runtime/logger.lambda-shared';
import { emitMetrics } from '../runtime/metrics.lambda-shared';
import * as constants from './constants';

const backup = new BackupClient({});
const rds = new RDSClient({});
const lambda = new LambdaClient({});

/** What EventBridge tells of a restore job, as far as it is used. */
export interface RestoreJobEvent {
  readonly detail: { readonly restoreJobId: string; readonly createdResourceArn: string };
}

/** AWS names no limit; an operator reads it in one column of a table. */
const MAX_MESSAGE = 1000;

/** Has a restored database checked and tells AWS Backup the result, which can be told once. */
export async function handler({ detail }: RestoreJobEvent): Promise<void> {
  const database = detail.createdResourceArn.split(':').at(-1) as string;
  const problems = await check(database);
  const message = problems.length === 0 ? 'The server answers and every check holds' : problems.join('; ');
  await backup.send(
    new PutRestoreValidationResultCommand({
      RestoreJobId: detail.restoreJobId,
      ValidationStatus: problems.length === 0 ? 'SUCCESSFUL' : 'FAILED',
      ValidationStatusMessage: message.slice(0, MAX_MESSAGE),
    }),
  );
  emitMetrics(
    constants.BACKUP_NAMESPACE,
    { [constants.POLICY_DIMENSION]: requireEnv(constants.POLICY_NAME_ENV) },
    { [constants.FAILED_RESTORE_CHECKS_METRIC]: problems.length },
  );
  log.info('restore validated', { job: detail.restoreJobId, database, result: message });
}

/** What does not hold in the database. A function that cannot say it is a fault, and no result. */
async function check(database: string): Promise<string[]> {
  const { DBInstances } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: database }));
  const endpoint = DBInstances?.[0]?.Endpoint;
  if (!endpoint?.Address) {
    throw new Error(`RDS tells no address of ${database}`);
  }
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({
      FunctionName: requireEnv(constants.CHECK_FUNCTION_ENV),
      Payload: JSON.stringify({ host: endpoint.Address, port: endpoint.Port }),
    }),
  );
  const answer = JSON.parse(new TextDecoder().decode(Payload));
  if (FunctionError) {
    throw new Error(`the checking function failed: ${answer?.errorMessage}`);
  }
  return answer;
}
