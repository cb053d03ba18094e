import {
  type BackupClient,
  GetBackupPlanCommand,
  GetBackupSelectionCommand,
  ListBackupPlanVersionsCommand,
  paginateListBackupSelections,
  paginateListRecoveryPointsByBackupVault,
  paginateListRestoreJobs,
  type RecoveryPointByBackupVault,
} from '@aws-sdk/client-backup';
import type { EvidencePoint, EvidenceResource } from './evidence.lambda-shared';
import type { TestRestore } from './restore-proof.lambda-shared';

/** What AWS Backup knows of the policy. */
export interface EvidenceSource {
  readonly resources: EvidenceResource[];
  readonly points: EvidencePoint[];
  /** When the plan was first made. */
  readonly since: Date;
}

export async function readSource(backup: BackupClient, planId: string, vaultName: string): Promise<EvidenceSource> {
  const [selected, points, since] = await Promise.all([
    selectedArns(backup, planId),
    completedPoints(backup, vaultName),
    firstVersion(backup, planId),
  ]);
  const others = new Set(points.map(({ resource }) => resource).filter((arn) => !selected.has(arn)));
  return {
    points,
    since,
    resources: [
      ...[...selected].map((arn) => ({ arn, steady: true })),
      ...[...others].map((arn) => ({ arn, steady: false })),
    ],
  };
}

/** Resources that the plan names; those of a tag come and go, and are known by their points only. */
async function selectedArns(backup: BackupClient, planId: string): Promise<Set<string>> {
  const arns = new Set<string>();
  for await (const page of paginateListBackupSelections({ client: backup }, { BackupPlanId: planId })) {
    for (const { SelectionId } of page.BackupSelectionsList ?? []) {
      const { BackupSelection } = await backup.send(
        new GetBackupSelectionCommand({ BackupPlanId: planId, SelectionId }),
      );
      for (const arn of BackupSelection?.Resources ?? []) {
        arns.add(arn);
      }
    }
  }
  return arns;
}

async function completedPoints(backup: BackupClient, vaultName: string): Promise<EvidencePoint[]> {
  const points: EvidencePoint[] = [];
  const pages = paginateListRecoveryPointsByBackupVault(
    { client: backup, pageSize: 1000 },
    { BackupVaultName: vaultName },
  );
  for await (const page of pages) {
    points.push(...(page.RecoveryPoints ?? []).filter(({ Status }) => Status === 'COMPLETED').map(toPoint));
  }
  return points;
}

function toPoint(point: RecoveryPointByBackupVault): EvidencePoint {
  return {
    arn: point.RecoveryPointArn as string,
    resource: point.ResourceArn as string,
    resourceType: point.ResourceType ?? '',
    createdAt: point.CreationDate as Date,
    bytes: point.BackupSizeInBytes ?? 0,
  };
}

/** A change of the plan makes a new version, so the plan's own date would forget what was promised before. */
async function firstVersion(backup: BackupClient, planId: string): Promise<Date> {
  const { BackupPlanVersionsList } = await backup.send(new ListBackupPlanVersionsCommand({ BackupPlanId: planId }));
  const dates = (BackupPlanVersionsList ?? []).flatMap(({ CreationDate }) => CreationDate ?? []);
  if (dates.length > 0) {
    return new Date(Math.min(...dates.map(Number)));
  }
  const { CreationDate } = await backup.send(new GetBackupPlanCommand({ BackupPlanId: planId }));
  return CreationDate as Date;
}

/** Restores that the test has started since a moment. */
export async function testRestores(backup: BackupClient, planArn: string, since: Date): Promise<TestRestore[]> {
  const restores: TestRestore[] = [];
  const pages = paginateListRestoreJobs(
    { client: backup, pageSize: 1000 },
    { ByRestoreTestingPlanArn: planArn, ByCreatedAfter: since },
  );
  for await (const { RestoreJobs } of pages) {
    for (const { RecoveryPointArn, Status, ValidationStatus } of RestoreJobs ?? []) {
      restores.push({
        recoveryPoint: RecoveryPointArn ?? '',
        status: Status as string,
        validation: ValidationStatus ?? '',
      });
    }
  }
  return restores;
}
