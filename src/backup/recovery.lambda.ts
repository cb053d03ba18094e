import { BackupClient } from '@aws-sdk/client-backup';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { requireEnv } from '../runtime/env.lambda-shared';
import { log } from '../runtime/logger.lambda-shared';
import * as constants from './constants';
import { type AuditEntry, executedBy, writeAudit } from './recovery-audit.lambda-shared';
import { RecoveryPoints } from './recovery-aws.lambda-shared';
import { act, type Outcome, type RecoveryRequest } from './recovery-steps.lambda-shared';

const backup = new BackupClient({});
const ssm = new SSMClient({});
const logs = new CloudWatchLogsClient({});

/** Does one step of a runbook. What changes or restores something is audited, also when it is refused. */
export async function handler(request: RecoveryRequest): Promise<Outcome> {
  const points = new RecoveryPoints(backup, requireEnv(constants.VAULT_NAME_ENV));
  if (request.operation === constants.REPORT) {
    return points.report(request.jobId as string);
  }
  const entry: AuditEntry = {
    at: new Date().toISOString(),
    who: await executedBy(ssm, request.executionId),
    operation: request.operation,
    resource: request.resource,
    reason: request.reason ?? '',
  };
  try {
    const outcome = await act(
      request,
      points,
      JSON.parse(requireEnv(constants.POLICY_ENV)),
      requireEnv(constants.RESTORE_ROLE_ENV),
    );
    await audit({ ...entry, outcome: 'DONE', ...outcome });
    log.info('runbook step done', { operation: request.operation });
    return outcome;
  } catch (error) {
    await audit({ ...entry, outcome: (error as Error).message });
    throw error;
  }
}

function audit(entry: AuditEntry): Promise<void> {
  return writeAudit(logs, requireEnv(constants.AUDIT_LOG_GROUP_ENV), entry);
}
