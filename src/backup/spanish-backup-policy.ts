import { Duration, Names } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { IOperatorAlerts } from '../monitoring/api';
import { defineKey } from '../private/encryption';
import { pinFeatureFlags } from '../private/feature-flags';
import { defineAlarms } from './alarms';
import type { BackupCopy } from './backup-copy';
import { BackupTime } from './backup-time';
import * as constants from './constants';
import { Evidence } from './evidence';
import { Recovery } from './recovery';
import { splitResources } from './resources';
import { RestorePlan } from './restore-plan';
import { RestoreTest } from './restore-test';
import { planRules, promiseOf, validateColdStorage, validateRetentions, validateWindows } from './rules';
import { defineSelections } from './selections';
import { SpanishTimeZone } from './spanish-time-zone';
import { defineVault, guardVault, lockConfiguration } from './vault';
import { VaultLock } from './vault-lock';

/** Properties of `SpanishBackupPolicy`. */
export interface SpanishBackupPolicyProps {
  /**
   * Databases of RDS, machines of EC2, volumes of EBS, file systems of EFS, buckets of S3 and tables of DynamoDB, at most 500 by ARN;
   * databases, machines and volumes also by tag, any number of them.
   *
   * A tag takes everything that carries it in the account and region, also what other services tagged: those jobs fail, because
   * by tag the policy's role is for these three types. ARNs are exact, without `*`: the evidence holds each by its name. Buckets must
   * have versions. A tag that an Auto Scaling group hands to its machines makes an image of every machine every day, so a tag is a
   * warning until it is acknowledged (`cdk-charging-platform:backupByTag`), and so are clusters, which nothing here restores
   * (`cdk-charging-platform:backupOfCluster`).
   * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html
   */
  readonly resources: backup.BackupResource[];
  /**
   * Whose 03:00 it is.
   * @default SpanishTimeZone.PENINSULA
   */
  readonly timeZone?: SpanishTimeZone;
  /**
   * When jobs start. Mind the database's own windows, which must be clear of it.
   * @default BackupTime.of(3)
   */
  readonly at?: BackupTime;
  /**
   * By when a job must have started, an hour or more. One that has not expires, and is an alert.
   * @default Duration.hours(1)
   */
  readonly startWindow?: Duration;
  /**
   * By when a job must have ended, counted from `at`: longer than `startWindow`, and at most 142 hours together with it. One
   * that has not is cancelled.
   * @default Duration.hours(8)
   */
  readonly completionWindow?: Duration;
  /**
   * How long daily points are kept, 1 to 36500 days.
   * @default Duration.days(30)
   */
  readonly dailyRetention?: Duration;
  /**
   * How long points of the 1st of a month are kept: at least `dailyRetention`, at most 36500 days. A year has up to 366 days.
   * @default Duration.days(366)
   */
  readonly monthlyRetention?: Duration;
  /**
   * How long points of 1 January and 1 July are kept: at least `monthlyRetention`, at most 36500 days. Five years have up to 1827
   * days.
   * @default Duration.days(1827)
   */
  readonly halfYearlyRetention?: Duration;
  /**
   * When points that live long enough move to cold storage: after 90 days or more, with 90 days or more left. File systems, tables and
   * some other types can; AWS keeps databases and images of machines warm whatever this says.
   * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-feature-availability.html
   * @default - they stay warm
   */
  readonly coldStorageAfter?: Duration;
  /**
   * Second places for every point, which AWS bills like the first, and the way there between regions.
   * @default []
   */
  readonly copies?: BackupCopy[];
  /**
   * What the vault itself refuses, whoever asks.
   * @default VaultLock.none()
   */
  readonly lock?: VaultLock;
  /**
   * A role that may delete a recovery point before its time or shorten its life, as far as its own permissions go.
   * @default - only the runbook `deleteOrKeepRunbook` may, which asks for a reason and writes down who
   */
  readonly deletionRole?: iam.IRole;
  /**
   * The one role that may change the vault's access policy. Name the role that CloudFormation deploys with, or no later deployment can
   * change the policy.
   * @default - whoever has the permission may
   */
  readonly policyRole?: iam.IRole;
  /**
   * Whether recovery points are proven by restoring them. Databases are restored into the account's default VPC unless the test
   * names subnets.
   * @default RestoreTest.monthly()
   */
  readonly restoreTest?: RestoreTest;
  /**
   * Key of the vault. Copies of databases, machines and volumes keep the key of what they copy.
   * @default - a key with rotation is defined, kept on removal
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * Where failed jobs, missing recovery points and failed restore tests are told.
   * @default - no alarms are defined
   */
  readonly alerts?: IOperatorAlerts;
}

/**
 * Recovery points at 03:00 Spanish time, unless told otherwise: every day for 30 days, on the 1st of each month for a year, on 1 January and 1 July for
 * five years.
 *
 * On days on which rules coincide AWS takes one copy and keeps it for the longest of them, which fulfils all of them. Databases and
 * volumes are copied incrementally after the first time, machines as images of their volumes; every point restores whole, and
 * deleting one leaves the others complete. Which resource types AWS Backup may copy is a setting of the account and region.
 *
 * Every Monday at 09:00 evidence is written of which promised recovery points exist; each missing one is an alarm once.
 *
 * Removal: the vault, its recovery points, the evidence, the logs of who asked and what was checked, and the key stay. A vault is
 * never replaced by a change of these properties.
 */
export class SpanishBackupPolicy extends Construct {
  /** The vault that holds the recovery points. */
  public readonly vault: backup.IBackupVault;
  /** The plan with the three rules. */
  public readonly plan: backup.IBackupPlan;
  /** Key of the vault. */
  public readonly encryptionKey: kms.IKey;
  /** Weekly evidence as CSV below `evidence/`: each promised recovery point, and whether it exists. */
  public readonly evidenceBucket: s3.IBucket;
  /**
   * Name of the Systems Manager runbook that restores a database or machine as it was at a moment, beside the original.
   * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-automation.html
   */
  public readonly restoreRunbook: string;
  /** Name of the Systems Manager runbook that shows, deletes or keeps the recovery point of a date. */
  public readonly deleteOrKeepRunbook: string;
  /** Who restored, deleted or kept a recovery point, when and why; kept ten years. */
  public readonly auditLog: logs.ILogGroup;
  private readonly metricsName: string;

  constructor(scope: Construct, id: string, props: SpanishBackupPolicyProps) {
    super(scope, id);
    pinFeatureFlags(this);
    const windows = {
      at: props.at ?? BackupTime.of(3),
      timeZone: props.timeZone ?? SpanishTimeZone.PENINSULA,
      start: props.startWindow ?? Duration.hours(1),
      completion: props.completionWindow ?? Duration.hours(8),
    };
    const retentions = {
      daily: props.dailyRetention ?? Duration.days(30),
      monthly: props.monthlyRetention ?? Duration.days(366),
      halfYearly: props.halfYearlyRetention ?? Duration.days(1827),
    };
    const copies = props.copies ?? [];
    const restoreTest = (props.restoreTest ?? RestoreTest.monthly())._monthly;

    validateWindows(this, windows);
    validateRetentions(this, retentions);
    validateColdStorage(this, props.coldStorageAfter, retentions);
    const resources = splitResources(this, props.resources);
    const lock = lockConfiguration(this, props.lock ?? VaultLock.none(), retentions);

    this.encryptionKey = props.encryptionKey ?? defineKey(this, 'Key', 'Encrypts the backup vault');
    const vault = defineVault(this, 'Vault', this.encryptionKey, lock);
    this.vault = vault;
    const plan = new backup.BackupPlan(this, 'Plan', {
      backupPlanName: Names.uniqueResourceName(this, { maxLength: 50, separator: '-' }),
      backupVault: this.vault,
      backupPlanRules: planRules(this, {
        retentions,
        windows,
        coldStorageAfter: props.coldStorageAfter,
        copies,
      }),
    });
    this.plan = plan;
    defineSelections(this, {
      ...{ plan, resources, vault, encryptionKey: this.encryptionKey },
      copiesTo: copies.map((copy) => copy.vault),
    });
    const name = Names.uniqueResourceName(this, { maxLength: 64, separator: '-' });
    this.metricsName = name;
    const restorePlan =
      restoreTest &&
      new RestorePlan(this, 'RestoreTest', {
        ...restoreTest,
        vault,
        timeZone: windows.timeZone,
        encryptionKey: this.encryptionKey,
        name,
      });
    const policy = promiseOf(this, retentions, windows);
    const evidence = new Evidence(this, 'Evidence', {
      vault,
      plan,
      name,
      encryptionKey: this.encryptionKey,
      longestRetention: retentions.halfYearly,
      timeZone: windows.timeZone,
      policy,
      restorePlan,
    });
    const recovery = new Recovery(this, 'Recovery', {
      vault,
      encryptionKey: this.encryptionKey,
      policy,
      machines: resources.reach.has('ec2'),
    });
    guardVault(vault, [recovery.function.role, ...(props.deletionRole ? [props.deletionRole] : [])], props.policyRole);
    this.restoreRunbook = recovery.restore.ref;
    this.deleteOrKeepRunbook = recovery.deleteOrKeep.ref;
    this.auditLog = recovery.auditLog;
    this.evidenceBucket = evidence.bucket;
    defineAlarms(this, props.alerts, {
      vault,
      copies: copies.length > 0,
      jobsCompleted: this.metricJobsCompleted({ period: Duration.hours(1) }),
      restoreRole: restorePlan?.role.role,
      unprovenDatabases: this.dailyMetric(constants.UNPROVEN_DATABASES_METRIC),
      windows,
      missingPoints: this.dailyMetric(constants.UNTOLD_MISSING_POINTS_METRIC),
      evidence: evidence.function,
      failedChecks: this.metricFailedRestoreChecks(),
      validation: restorePlan?.validator?.function,
    });
  }

  /** A metric of the vault, such as `NumberOfRecoveryPointsExpired`; the sum of five minutes unless told otherwise. */
  public metric(metricName: string, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/Backup',
      metricName,
      dimensionsMap: { BackupVaultName: this.vault.backupVaultName },
      statistic: cloudwatch.Stats.SUM,
      ...options,
    }).attachTo(this);
  }

  /** Backup jobs of the vault that completed. */
  public metricJobsCompleted(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('NumberOfBackupJobsCompleted', options);
  }

  /** Backup jobs of the vault that failed. */
  public metricJobsFailed(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('NumberOfBackupJobsFailed', options);
  }

  /** Backup jobs of the vault that did not start in time. */
  public metricJobsExpired(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('NumberOfBackupJobsExpired', options);
  }

  /**
   * Recovery points that the policy promised and that were not there at the last evidence, of all resources; the maximum of a day
   * unless told otherwise.
   */
  public metricMissingRecoveryPoints(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.dailyMetric(constants.MISSING_POINTS_METRIC, options);
  }

  /** Checks that did not hold in restored databases; the sum of five minutes unless told otherwise. */
  public metricFailedRestoreChecks(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.ownMetric(constants.FAILED_RESTORE_CHECKS_METRIC, { statistic: cloudwatch.Stats.SUM, ...options });
  }

  private dailyMetric(metricName: string, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    const statistic = cloudwatch.Stats.MAXIMUM;
    return this.ownMetric(metricName, { statistic, period: Duration.days(1), ...options });
  }

  private ownMetric(metricName: string, options: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: constants.BACKUP_NAMESPACE,
      metricName,
      dimensionsMap: { [constants.POLICY_DIMENSION]: this.metricsName },
      ...options,
    }).attachTo(this);
  }
}
