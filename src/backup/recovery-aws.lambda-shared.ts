import {
  type BackupClient,
  DeleteRecoveryPointCommand,
  DescribeBackupVaultCommand,
  DescribeRestoreJobCommand,
  GetRecoveryPointRestoreMetadataCommand,
  paginateListRecoveryPointsByBackupVault,
  StartRestoreJobCommand,
  UpdateRecoveryPointLifecycleCommand,
} from '@aws-sdk/client-backup';
import { type RecoveryPoint, Refusal, restoredName } from './recovery.lambda-shared';

/** What is restored, and what shall differ from its recovery point. */
export interface WantedResource {
  readonly resource: string;
  readonly subnet?: string;
  /** Ids, joined by commas. */
  readonly securityGroups?: string;
  readonly instanceType?: string;
}

/** Recovery points of one resource in one vault, through AWS Backup. */
export class RecoveryPoints {
  constructor(
    private readonly backup: BackupClient,
    private readonly vaultName: string,
  ) {}

  /** Completed points of the resource, newest first. */
  public async of(resourceArn: string): Promise<RecoveryPoint[]> {
    const points: RecoveryPoint[] = [];
    const pages = paginateListRecoveryPointsByBackupVault(
      { client: this.backup, pageSize: 1000 },
      { BackupVaultName: this.vaultName, ByResourceArn: resourceArn },
    );
    for await (const { RecoveryPoints: page } of pages) {
      for (const { Status, RecoveryPointArn, CreationDate, CalculatedLifecycle } of page ?? []) {
        if (Status === 'COMPLETED') {
          points.push({
            arn: RecoveryPointArn as string,
            createdAt: CreationDate as Date,
            deleteAt: CalculatedLifecycle?.DeleteAt,
          });
        }
      }
    }
    return points.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  }

  public async isLocked(): Promise<boolean> {
    const { Locked } = await this.backup.send(new DescribeBackupVaultCommand({ BackupVaultName: this.vaultName }));
    return Locked ?? false;
  }

  public async delete(point: RecoveryPoint): Promise<void> {
    await this.backup.send(
      new DeleteRecoveryPointCommand({ BackupVaultName: this.vaultName, RecoveryPointArn: point.arn }),
    );
  }

  public async keep(point: RecoveryPoint, days: number): Promise<void> {
    await this.backup.send(
      new UpdateRecoveryPointLifecycleCommand({
        BackupVaultName: this.vaultName,
        RecoveryPointArn: point.arn,
        Lifecycle: { DeleteAfterDays: days },
      }),
    );
  }

  /** Starts the restore beside the original, with what the original had or what is wanted. Gives the id of the job and the new name. */
  public async restore(point: RecoveryPoint, wanted: WantedResource, role: string, now: Date, prefix: string) {
    const { RestoreMetadata = {} } = await this.backup.send(
      new GetRecoveryPointRestoreMetadataCommand({ BackupVaultName: this.vaultName, RecoveryPointArn: point.arn }),
    );
    const original = wanted.resource.split(/[:/]/).at(-1) as string;
    const name = restoredName(prefix, original, now);
    const { resourceType, metadata } = metadataOf(wanted, RestoreMetadata, name);
    const { RestoreJobId } = await this.backup.send(
      new StartRestoreJobCommand({
        RecoveryPointArn: point.arn,
        IamRoleArn: role,
        ResourceType: resourceType,
        Metadata: metadata,
        IdempotencyToken: `${name}-${point.createdAt.getTime()}`,
      }),
    );
    return { jobId: RestoreJobId as string, name };
  }

  /** What became of a restore job, and how long it took. */
  public async report(jobId: string) {
    const job = await this.backup.send(new DescribeRestoreJobCommand({ RestoreJobId: jobId }));
    const end = job.CompletionDate ?? new Date();
    return {
      status: job.Status as string,
      message: job.StatusMessage ?? '',
      recoveryPoint: job.RecoveryPointArn ?? '',
      createdAt: job.RecoveryPointCreationDate?.toISOString() ?? '',
      resource: job.CreatedResourceArn ?? '',
      minutes: Math.round((end.getTime() - (job.CreationDate as Date).getTime()) / 60_000),
    };
  }
}

/** AWS gives back what the original was made with; the name must be another, and a machine comes without its permissions. */
function metadataOf(wanted: WantedResource, original: Record<string, string>, name: string) {
  const { resource, subnet, instanceType } = wanted;
  const securityGroups = wanted.securityGroups && JSON.stringify(wanted.securityGroups.split(','));
  const [, , service] = resource.split(':');
  if (service === 'rds' && resource.includes(':db:')) {
    const changes = {
      DBSubnetGroupName: subnet,
      VpcSecurityGroupIds: securityGroups,
      DBInstanceClass: instanceType,
    };
    return { resourceType: 'RDS', metadata: { ...original, ...told(changes), DBInstanceIdentifier: name } };
  }
  if (service === 'ec2' && resource.includes(':instance/')) {
    const { IamInstanceProfileName, ...rest } = original;
    const changes = { SubnetId: subnet, SecurityGroupIds: securityGroups, InstanceType: instanceType };
    return { resourceType: 'EC2', metadata: { ...rest, ...told(changes) } };
  }
  throw new Refusal(
    `only database instances of RDS and machines of EC2 are restored by this runbook, got ${resource}; of a cluster make a second ResilientMysql with DatabaseSource.snapshot`,
  );
}

/** Those that a person named; a runbook has empty text for the others. */
function told(changes: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(changes).flatMap(([key, value]) => (value ? [[key, value]] : [])));
}
