import type { Duration, Size } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as rds from 'aws-cdk-lib/aws-rds';
import type { IOperatorAlerts } from '../monitoring/api';
import type { ConnectionPool } from './connection-pool';
import type { DatabaseSource } from './database-source';
import type { DatabaseStandby } from './database-standby';
import type { NightlyBackupOptions } from './nightly-backup-options';

/** Properties of `ResilientMysql`. */
export interface ResilientMysqlProps {
  /** VPC that holds the database in its isolated subnets, in at least two zones; three with readable standbys. */
  readonly vpc: ec2.IVpc;
  /**
   * What is ready to take over when the database's zone fails.
   * @default DatabaseStandby.multiAz()
   */
  readonly standby?: DatabaseStandby;
  /**
   * From what the database is made. A restored one keeps the encryption and the databases of its source; keep the same source here
   * for as long as it lives.
   * @default DatabaseSource.empty()
   */
  readonly source?: DatabaseSource;
  /**
   * Class of the machine: t3, t4g, m5 to m8 or r5 to r8. Not every region has every class.
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html
   * @default ec2.InstanceType.of(ec2.InstanceClass.M7G, ec2.InstanceSize.LARGE), M6GD with readable standbys
   */
  readonly instanceType?: ec2.InstanceType;
  /**
   * Storage at the start, 20 to 65536 GiB of gp3.
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html
   * @default Size.gibibytes(100)
   */
  readonly allocatedStorage?: Size;
  /**
   * Up to where RDS enlarges the storage by itself, at least a tenth above `allocatedStorage`, at most 65536 GiB. Storage never
   * shrinks again.
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
   * @default - five times `allocatedStorage`; with readable standbys, whose storage does not grow by itself, nothing
   */
  readonly maxAllocatedStorage?: Size;
  /**
   * Input and output operations per second, 12000 to 64000; only with 400 GiB or more of `allocatedStorage`.
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html
   * @default - what gp3 includes: 3000 below 400 GiB, 12000 from there
   */
  readonly iops?: number;
  /**
   * How long RDS's own backups are kept, from which the database can be restored to any second; 1 to 35 days.
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html
   * @default Duration.days(14)
   */
  readonly backupRetention?: Duration;
  /**
   * When RDS takes its own backup each day, in UTC, at least 30 minutes; clear of `nightlyBackup`.
   * @default '22:30-23:30'
   */
  readonly backupWindow?: string;
  /**
   * When RDS may patch and restart each week, in UTC, 30 minutes to 24 hours. AWS Backup starts nothing from an hour before it to
   * its end, so both must be clear of `nightlyBackup`.
   * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html
   * @default 'Sun:05:00-Sun:06:00'
   */
  readonly maintenanceWindow?: string;
  /**
   * When `SpanishBackupPolicy` or another backup starts each night. `backupWindow` and `maintenanceWindow` keep clear of it, in winter
   * and in summer.
   * @default - at 03:00 Europe/Madrid, within an hour
   */
  readonly nightlyBackup?: NightlyBackupOptions;
  /**
   * How services share the database's connections. RDS Proxy with MySQL 8.4 could not be confirmed without an account:
   * `ConnectionPool.none()` is the way out.
   * @default ConnectionPool.rdsProxy()
   */
  readonly connectionPool?: ConnectionPool;
  /**
   * Connections the server accepts, 10 to what the machine's memory holds at 12 MiB each.
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
   * @default - nine tenths of the machine's memory divided by 12 MiB: 614 on the default class
   */
  readonly maxConnections?: number;
  /**
   * Connections in use at the same moment when the fleet is at its largest: machines times containers times what each uses at once.
   * More than services may have of `maxConnections` is refused: the pool's share, or nine tenths where there is no pool.
   * @default - not compared
   */
  readonly peakConnections?: number;
  /**
   * Statistics of queries that RDS collects: STANDARD keeps seven days and is free, ADVANCED keeps 465 days at a price per processor.
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DatabaseInsights.html
   * @default rds.DatabaseInsightsMode.STANDARD, or none on micro and small classes, which cannot collect them
   */
  readonly insightsMode?: rds.DatabaseInsightsMode;
  /**
   * Key that encrypts storage, master password, insights and logs. A key of your own must let CloudWatch Logs use it for this
   * account's log groups. A deployment with another key fails, because it would replace the database.
   * @default - a key with rotation is defined, kept on removal
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * Version of MySQL, 8.4 or later.
   * @default rds.MysqlEngineVersion.VER_8_4_10
   */
  readonly engineVersion?: rds.MysqlEngineVersion;
  /**
   * Name of the database made at creation: a letter, then up to 63 letters, digits or underscores. A deployment with another name
   * fails, because it would replace the server.
   * @default 'charging'
   */
  readonly databaseName?: string;
  /**
   * Where alarms and RDS's events go.
   * @default - no alarms are defined
   */
  readonly alerts?: IOperatorAlerts;
}
