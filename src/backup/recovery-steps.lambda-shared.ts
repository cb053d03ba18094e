import { DescribeDBInstancesCommand, type RDSClient } from '@aws-sdk/client-rds';
import * as constants from './constants';
import type { EvidencePolicy } from './evidence.lambda-shared';
import { daysToKeep, mayDelete, pointBefore, pointOf, refuseLocked } from './recovery.lambda-shared';
import type { RecoveryPoints } from './recovery-aws.lambda-shared';

/** What a runbook hands over; every value is text, as Systems Manager has it. */
export interface RecoveryRequest {
  readonly operation: string;
  readonly executionId: string;
  readonly resource: string;
  readonly date?: string;
  readonly until?: string;
  readonly moment?: string;
  readonly subnet?: string;
  readonly securityGroups?: string;
  readonly instanceType?: string;
  readonly reason?: string;
  readonly jobId?: string;
}

/** What a step gives back to its runbook. */
export type Outcome = Record<string, string | number>;

/** Does what a runbook asks for, or says in a `Refusal` why not. */
export async function act(
  request: RecoveryRequest,
  points: RecoveryPoints,
  policy: EvidencePolicy,
  restoreRole: string,
  now: Date = new Date(),
): Promise<Outcome> {
  const all = await points.of(request.resource);
  if (request.operation === constants.RESTORE) {
    const point = pointBefore(all, request.moment ? new Date(request.moment) : now);
    const started = await points.restore(point, request, restoreRole, now, constants.RESTORED_PREFIX);
    return { recoveryPoint: point.arn, createdAt: point.createdAt.toISOString(), ...started };
  }
  const point = pointOf(all, request.date ?? '', policy.timeZone);
  const shown = { recoveryPoint: point.arn, createdAt: point.createdAt.toISOString() };
  switch (request.operation) {
    case constants.FIND:
      return { ...shown, keptUntil: point.deleteAt?.toISOString() ?? 'further notice' };
    case constants.DELETE:
      refuseLocked(point, await points.isLocked());
      mayDelete(point, all, policy);
      await points.delete(point);
      return shown;
    case constants.KEEP: {
      refuseLocked(point, await points.isLocked());
      const days = daysToKeep(point, request.until ?? '');
      await points.keep(point, days);
      return { ...shown, days };
    }
    default:
      throw new Error(`unknown operation ${request.operation}`);
  }
}

/** What came of a restore: of a database, also where it listens. One that failed fails its runbook too, with the reason. */
export async function report(points: RecoveryPoints, rds: RDSClient, jobId: string): Promise<Outcome> {
  const job = await points.report(jobId);
  if (job.status !== 'COMPLETED') {
    throw new Error(`the restore job ${jobId} is ${job.status} after ${job.minutes} minutes: ${job.message}`);
  }
  const [, , , , , type, database] = job.resource.split(':');
  if (type !== 'db') {
    return job;
  }
  const { DBInstances } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: database }));
  const endpoint = DBInstances?.[0]?.Endpoint;
  return { ...job, endpoint: `${endpoint?.Address}:${endpoint?.Port}` };
}
