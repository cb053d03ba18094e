import { BackupClient } from '@aws-sdk/client-backup';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { RDSClient } from '@aws-sdk/client-rds';
import { SSMClient } from '@aws-sdk/client-ssm';
import { requireEnv } from '../runtime/env.lambda-shared';
import { log } from '../runtime/logger.lambda-shared';
import * as constants from './constants';
import { type AuditEntry, executedBy, writeAudit } from './recovery-audit.lambda-shared';
import { RecoveryPoints } from './recovery-aws.lambda-shared';
import { act, type Outcome, type RecoveryRequest, report } from './recovery-steps.lambda-shared';

const backup = new BackupClient({});
const rds = new RDSClient({});
const ssm = new SSMClient({});
const logs = new CloudWatchLogsClient({});

/**
 * Does one step of a runbook, and returns what the runbook shows; of a restore, the id of its job for the next steps. What changes or
 * restores something is audited, also when it is refused.
 */
export async function handler(request: RecoveryRequest): Promise<Outcome | string> {
  const points = new RecoveryPoints(backup, requireEnv(constants.VAULT_NAME_ENV));
  if (request.operation === constants.REPORT) {
    return report(points, rds, request.jobId as string);
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
    return request.operation === constants.RESTORE ? (outcome.jobId as string) : outcome;
  } catch (error) {
    await audit({ ...entry, outcome: (error as Error).message });
    throw error;
  }
}

function audit(entry: AuditEntry): Promise<void> {
  return writeAudit(logs, requireEnv(constants.AUDIT_LOG_GROUP_ENV), entry);
}
