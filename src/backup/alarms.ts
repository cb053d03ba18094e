import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { AlertSeverity, type IOperatorAlerts } from '../monitoring/api';
import { Alarms } from '../private/alarms';
import { COMPLETION_WINDOW, START_WINDOW } from './rules';

export interface BackupAlarmsProps {
  readonly vaultName: string;
  readonly jobsCompleted: cloudwatch.IMetric;
  readonly restoreRole?: iam.IRole;
}

/**
 * Hours without a completed job after which one is missing: the day of 25 hours in autumn, the windows to start and to complete,
 * and one because metrics come by the full hour.
 */
export const MISSING_AFTER_HOURS = 25 + START_WINDOW.toHours() + COMPLETION_WINDOW.toHours() + 1;

/** What operators of the backups are told, and how urgently. */
export function defineAlarms(scope: Construct, alerts: IOperatorAlerts | undefined, props: BackupAlarmsProps): void {
  const alarms = Alarms.of(scope, alerts);
  if (!alarms || !alerts) {
    return;
  }
  alarms.add('Missing', {
    metric: props.jobsCompleted,
    threshold: 1,
    comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: MISSING_AFTER_HOURS,
    // No figure means no job: that is what this alarm is for.
    treatMissingData: cloudwatch.TreatMissingData.BREACHING,
    description: `No backup job of the vault has completed for ${MISSING_AFTER_HOURS} hours`,
    severity: AlertSeverity.HIGH,
    runbook: 'backup-missing',
  });
  alerts.addEvent(alarms, 'JobFailed', {
    eventPattern: {
      source: ['aws.backup'],
      detailType: ['Backup Job State Change'],
      detail: { state: ['FAILED', 'EXPIRED', 'ABORTED'], backupVaultName: [props.vaultName] },
    },
    description: 'A backup job has failed, did not start in time or was stopped',
    severity: AlertSeverity.MEDIUM,
    runbook: 'backup-job-failed',
  });
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
  }
}
