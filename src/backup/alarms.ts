import type * as backup from 'aws-cdk-lib/aws-backup';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { AlertSeverity, type IOperatorAlerts } from '../monitoring/api';
import { Alarms } from '../private/alarms';
import type { PlatformFunction } from '../private/functions';
import type { Windows } from './rules';

export interface BackupAlarmsProps {
  readonly vault: backup.IBackupVault;
  /** Whether points are copied to other vaults. */
  readonly copies: boolean;
  readonly jobsCompleted: cloudwatch.IMetric;
  readonly restoreRole?: iam.IRole;
  readonly windows: Windows;
  readonly missingPoints: cloudwatch.IMetric;
  readonly evidence: PlatformFunction;
  readonly unprovenDatabases: cloudwatch.IMetric;
  readonly failedChecks: cloudwatch.IMetric;
  /** What validates restored databases; without it there is nothing to fail. */
  readonly validation?: PlatformFunction;
}

/**
 * Hours without a completed job after which one is missing: the day of 25 hours in autumn, the windows to start and to complete,
 * and one because metrics come by the full hour.
 */
export function missingAfterHours({ start, completion }: Windows): number {
  return 25 + Math.ceil(start.toHours({ integral: false })) + Math.ceil(completion.toHours({ integral: false })) + 1;
}

/** What operators of the backups are told, and how urgently. */
export function defineAlarms(scope: Construct, alerts: IOperatorAlerts | undefined, props: BackupAlarmsProps): void {
  const alarms = Alarms.of(scope, alerts);
  if (!alarms || !alerts) {
    return;
  }
  const hours = missingAfterHours(props.windows);
  alarms.add('Missing', {
    metric: props.jobsCompleted,
    threshold: 1,
    comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: hours,
    // No figure means no job: that is what this alarm is for.
    treatMissingData: cloudwatch.TreatMissingData.BREACHING,
    description: `No backup job of the vault has completed for ${hours} hours`,
    severity: AlertSeverity.HIGH,
    runbook: 'backup-missing',
  });
  alarms.add('PointsMissing', {
    metric: props.missingPoints,
    threshold: 1,
    evaluationPeriods: 1,
    description: 'The weekly evidence newly misses a recovery point that the policy promised',
    severity: AlertSeverity.HIGH,
    runbook: 'backup-points-missing',
  });
  alarms.add('EvidenceFailed', {
    metric: eventsGivenUp(props.evidence),
    threshold: 1,
    evaluationPeriods: 1,
    description: 'The weekly evidence of recovery points could not be written',
    severity: AlertSeverity.MEDIUM,
    runbook: 'backup-evidence-failed',
  });
  alerts.addEvent(alarms, 'JobFailed', {
    eventPattern: {
      source: ['aws.backup'],
      detailType: ['Backup Job State Change'],
      detail: { state: ['FAILED', 'EXPIRED', 'ABORTED'], backupVaultName: [props.vault.backupVaultName] },
    },
    description: 'A backup job has failed, did not start in time or was stopped',
    severity: AlertSeverity.MEDIUM,
    runbook: 'backup-job-failed',
  });
  if (props.copies) {
    alerts.addEvent(alarms, 'CopyFailed', {
      eventPattern: {
        source: ['aws.backup'],
        detailType: ['Copy Job State Change'],
        detail: { state: ['FAILED'], sourceBackupVaultArn: [props.vault.backupVaultArn] },
      },
      description: 'A recovery point could not be copied to another vault',
      severity: AlertSeverity.MEDIUM,
      runbook: 'backup-copy-failed',
    });
  }
  if (props.validation) {
    alarms.add('RestoreCheckFailed', {
      metric: props.failedChecks,
      threshold: 1,
      evaluationPeriods: 1,
      description: 'A restored database does not hold what it must: recovery points may be useless',
      severity: AlertSeverity.HIGH,
      runbook: 'backup-restore-check-failed',
    });
    alarms.add('RestoreUnchecked', {
      metric: eventsGivenUp(props.validation),
      threshold: 1,
      evaluationPeriods: 1,
      description: 'A restored database could not be checked',
      severity: AlertSeverity.MEDIUM,
      runbook: 'backup-restore-unchecked',
    });
  }
  if (props.restoreRole) {
    alerts.addEvent(alarms, 'RestoreFailed', {
      eventPattern: {
        source: ['aws.backup'],
        detailType: ['Restore Job State Change'],
        detail: { status: ['FAILED', 'ABORTED'], iamRoleArn: [props.restoreRole.roleArn] },
      },
      description: 'The monthly restore test has failed: a recovery point may not restore',
      severity: AlertSeverity.MEDIUM,
      runbook: 'backup-restore-test-failed',
    });
    alarms.add('RestoreUnproven', {
      metric: props.unprovenDatabases,
      threshold: 1,
      evaluationPeriods: 1,
      description: 'The monthly restore test of a database came to no good end, or to none',
      severity: AlertSeverity.MEDIUM,
      runbook: 'backup-restore-unproven',
    });
  }
}

/** Calls that a function failed at for good. */
function eventsGivenUp({ deadLetterQueue }: PlatformFunction): cloudwatch.IMetric {
  return deadLetterQueue.metricApproximateNumberOfMessagesVisible({ statistic: cloudwatch.Stats.MAXIMUM });
}
