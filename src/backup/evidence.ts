import { Duration, Stack, TimeZone } from 'aws-cdk-lib';
import type * as backup from 'aws-cdk-lib/aws-backup';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { defineDataBucket, defineLogBucket } from '../private/buckets';
import { FunctionScheduler } from '../private/function-scheduler';
import { PlatformFunction } from '../private/functions';
import { acknowledgeWildcards } from '../private/wildcards';
import * as constants from './constants';
import { EvidenceFunction } from './evidence-function';
import type { RestorePlan } from './restore-plan';
import type { SpanishTimeZone } from './spanish-time-zone';

export interface EvidenceProps {
  readonly vault: backup.IBackupVault;
  readonly plan: backup.BackupPlan;
  /** Value of the metrics' dimension. */
  readonly name: string;
  readonly encryptionKey: kms.IKey;
  /** Life of the oldest point. */
  readonly longestRetention: Duration;
  readonly timeZone: SpanishTimeZone;
  /** `EvidencePolicy` as JSON. */
  readonly policy: string;
  /** The restore test, if there is one. */
  readonly restorePlan?: RestorePlan;
}

/** Holds every Monday what exists against what was promised, as CSV in a bucket and as a metric. */
export class Evidence extends Construct {
  public readonly bucket: s3.Bucket;
  public readonly function: PlatformFunction;

  constructor(scope: Construct, id: string, props: EvidenceProps) {
    super(scope, id);
    this.bucket = defineDataBucket(this, 'Reports', {
      encryptionKey: props.encryptionKey,
      accessLogs: defineLogBucket(this, 'AccessLogs', Duration.days(400)),
      versioned: true,
      // A report is of use as long as the oldest point that it tells of.
      lifecycleRules: [{ expiration: props.longestRetention }],
    });
    this.function = this.defineFunction(props);
    const schedules = new FunctionScheduler(this, 'Schedules', this.function, props.encryptionKey);
    schedules.add('Weekly', {
      description: 'Writes the evidence of recovery points',
      schedule: scheduler.ScheduleExpression.cron({
        minute: '0',
        hour: '9',
        weekDay: 'MON',
        timeZone: TimeZone.of(props.timeZone),
      }),
    });
  }

  private defineFunction(props: EvidenceProps): PlatformFunction {
    const { vault, plan, restorePlan } = props;
    const defined = new PlatformFunction(this, 'Writer', {
      code: EvidenceFunction,
      description: 'Writes which recovery points exist and which are missing',
      encryptionKey: props.encryptionKey,
      timeout: Duration.minutes(15),
      memorySize: 512,
      environment: {
        [constants.VAULT_NAME_ENV]: vault.backupVaultName,
        [constants.PLAN_ID_ENV]: plan.backupPlanId,
        [constants.POLICY_ENV]: props.policy,
        [constants.POLICY_NAME_ENV]: props.name,
        [constants.EVIDENCE_BUCKET_ENV]: this.bucket.bucketName,
        ...(restorePlan && { [constants.RESTORE_TESTING_ENV]: testingOf(restorePlan) }),
      },
    });
    defined.allow(['backup:ListRecoveryPointsByBackupVault'], [vault.backupVaultArn]);
    defined.allow(
      [
        'backup:GetBackupPlan',
        'backup:GetBackupSelection',
        'backup:ListBackupPlanVersions',
        'backup:ListBackupSelections',
      ],
      [plan.backupPlanArn],
    );
    if (restorePlan) {
      defined.allow(['backup:ListRestoreJobs'], ['*']);
      acknowledgeWildcards(defined, 'backup:ListRestoreJobs knows no resource, and only reads', '*');
    }
    const reports = this.bucket.arnForObjects('evidence/*');
    const memory = this.bucket.arnForObjects(constants.EVIDENCE_MEMORY_KEY);
    defined.allow(['s3:PutObject'], [reports, memory]);
    defined.allow(['s3:GetObject'], [memory]);
    // Without it, S3 says of an object that is not there that it is forbidden.
    defined.allow(['s3:ListBucket'], [this.bucket.bucketArn]);
    acknowledgeWildcards(defined, 'Each report is a new object below this prefix', reports);
    return defined;
  }
}

/** The shape is `RestoreTesting` of the runtime code. */
function testingOf(restorePlan: RestorePlan): string {
  return Stack.of(restorePlan).toJsonString({
    planArn: restorePlan.planArn,
    validated: restorePlan.validator !== undefined,
  });
}
