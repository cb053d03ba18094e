import { BackupClient } from '@aws-sdk/client-backup';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { requireEnv } from '../runtime/env.lambda-shared';
import { log } from '../runtime/logger.lambda-shared';
import * as constants from './constants';
import { daysToKeep, mayDelete, pointBefore, pointOf } from './recovery.lambda-shared';
import { type AuditEntry, executedBy, writeAudit } from './recovery-audit.lambda-shared';
import { RecoveryPoints } from './recovery-aws.lambda-shared';

const backup = new BackupClient({});
const ssm = new SSMClient({});
const logs = new CloudWatchLogsClient({});

/** What a runbook hands over; every value is text, as Systems Manager has it. */
export interface RecoveryRequest {
  readonly operation: string;
  readonly executionId: string;
  readonly resource: string;
  readonly date?: string;
  readonly until?: string;
  readonly moment?: string;
  readonly reason?: string;
  readonly jobId?: string;
}

type Outcome = Record<string, string | number>;

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
    const outcome = await act(request, points, new Date());
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

async function act(request: RecoveryRequest, points: RecoveryPoints, now: Date): Promise<Outcome> {
  const policy = JSON.parse(requireEnv(constants.POLICY_ENV));
  const all = await points.of(request.resource);
  if (request.operation === constants.RESTORE) {
    const point = pointBefore(all, request.moment ? new Date(request.moment) : now);
    const role = requireEnv(constants.RESTORE_ROLE_ENV);
    const started = await points.restore(point, request.resource, role, now, constants.RESTORED_PREFIX);
    return { recoveryPoint: point.arn, createdAt: point.createdAt.toISOString(), ...started };
  }
  const point = pointOf(all, request.date ?? '', policy.timeZone);
  const shown = { recoveryPoint: point.arn, createdAt: point.createdAt.toISOString() };
  switch (request.operation) {
    case constants.FIND:
      return { ...shown, keptUntil: point.deleteAt?.toISOString() ?? 'further notice' };
    case constants.DELETE:
      mayDelete(point, all, await points.lock(), policy, now);
      await points.delete(point);
      return shown;
    case constants.KEEP: {
      const days = daysToKeep(point, request.until ?? '', await points.lock());
      await points.keep(point, days);
      return { ...shown, days };
    }
    default:
      throw new Error(`unknown operation ${request.operation}`);
  }
}
