import { Duration, Size, Stack } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import type { IOperatorAlerts } from '../monitoring/api';
import { defineKey } from '../private/encryption';
import { invalid } from '../private/errors';
import { pinFeatureFlags } from '../private/feature-flags';
import { defineAlarms } from './alarms';
import { ConnectionPool } from './connection-pool';
import { DatabaseStandby } from './database-standby';
import { validateEngineVersion } from './engine';
import { MysqlInstance } from './instance';
import { MysqlProxy } from './proxy';
import { proxySettings } from './proxy-settings';
import { connectionsFor, fiveTimes, memoryOf, validateMaxConnections, validateStorage } from './sizing';
import { validateBackupRetention, validateDatabaseName, validateSubnets, validateUser } from './validation';
import { validateWindows } from './windows';

/** Properties of `ResilientMysql`. */
export interface ResilientMysqlProps {
  /** VPC that holds the database in its isolated subnets, which must be in at least two zones. */
  readonly vpc: ec2.IVpc;
  /**
   * What is ready to take over when the database's zone fails.
   * @default DatabaseStandby.multiAz()
   */
  readonly standby?: DatabaseStandby;
  /**
   * Class of the machine: t3, t4g, m5 to m8 or r5 to r8. Not every region has every class.
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html
   * @default ec2.InstanceType.of(ec2.InstanceClass.M7G, ec2.InstanceSize.LARGE)
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
   * @default - five times `allocatedStorage`
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
   * When RDS takes its own backup each day, in UTC, at least 30 minutes; clear of 01:00-04:00, when the nightly copy of
   * `SpanishBackupPolicy` starts.
   * @default '22:30-23:30'
   */
  readonly backupWindow?: string;
  /**
   * When RDS may patch and restart each week, in UTC, 30 minutes to 24 hours. AWS Backup starts nothing from an hour before it to
   * its end, so both must be clear of 01:00-04:00.
   * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html
   * @default 'Sun:05:00-Sun:06:00'
   */
  readonly maintenanceWindow?: string;
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

/**
 * A MySQL server that survives the loss of a zone, with a pool of connections in front of it.
 *
 * Removal: the instance is protected against deletion; once unprotected, removing it takes a final snapshot and keeps RDS's own
 * backups. The key, the option group (which snapshots refer to) and the audit log stay. The instance's name is derived from its
 * construct path, so moving the construct makes a second, empty database; a change that would replace it in place fails instead of
 * losing data. `instance` is the CDK's own construct for what is not covered here.
 */
export class ResilientMysql extends Construct implements ec2.IConnectable {
  /** Opens what services use, the pool if there is one: `database.connections.allowDefaultPortFrom(fleet)`. */
  public readonly connections: ec2.Connections;
  /** Host and port that services use. */
  public readonly endpoint: rds.Endpoint;
  /** The database for `SpanishBackupPolicy`, by exact ARN. */
  public readonly backupResource: backup.BackupResource;
  /** The CDK's own construct of the server. */
  public readonly instance: rds.IDatabaseInstance;
  /** The isolated subnets of the database, also for restored copies of it. */
  public readonly subnetGroup: rds.ISubnetGroup;
  /** Key that encrypts storage, master password, insights and logs. */
  public readonly encryptionKey: kms.IKey;
  /** Connections the server accepts; the proxy opens its share of them. */
  public readonly maxConnections: number;
  private readonly server: MysqlInstance;
  private readonly pool?: MysqlProxy;
  private readonly databaseName: string;

  constructor(scope: Construct, id: string, props: ResilientMysqlProps) {
    super(scope, id);
    pinFeatureFlags(this);
    const instanceType = props.instanceType ?? ec2.InstanceType.of(ec2.InstanceClass.M7G, ec2.InstanceSize.LARGE);
    const memoryGib = memoryOf(this, instanceType);
    const engineVersion = props.engineVersion ?? rds.MysqlEngineVersion.VER_8_4_10;
    const allocatedStorage = props.allocatedStorage ?? Size.gibibytes(100);
    const maxAllocatedStorage = props.maxAllocatedStorage ?? fiveTimes(allocatedStorage);
    const backupRetention = props.backupRetention ?? Duration.days(14);
    const backupWindow = props.backupWindow ?? '22:30-23:30';
    const maintenanceWindow = props.maintenanceWindow ?? 'Sun:05:00-Sun:06:00';
    const proxyOptions = (props.connectionPool ?? ConnectionPool.rdsProxy())._proxy;
    this.maxConnections = props.maxConnections ?? connectionsFor(memoryGib);
    this.databaseName = props.databaseName ?? 'charging';

    validateSubnets(this, props.vpc);
    validateMaxConnections(this, this.maxConnections, instanceType);
    validateEngineVersion(this, engineVersion);
    validateStorage(this, { allocated: allocatedStorage, limit: maxAllocatedStorage, iops: props.iops });
    validateBackupRetention(this, backupRetention);
    validateWindows(this, backupWindow, maintenanceWindow);
    validateDatabaseName(this, this.databaseName);

    this.encryptionKey = props.encryptionKey ?? defineKey(this, 'Key', 'Encrypts the MySQL server and its logs');
    this.server = new MysqlInstance(this, 'Server', {
      vpc: props.vpc,
      acrossZones: (props.standby ?? DatabaseStandby.multiAz()).acrossZones,
      instanceType,
      engineVersion,
      allocatedStorage,
      maxAllocatedStorage,
      iops: props.iops,
      backupRetention,
      backupWindow,
      maintenanceWindow,
      maxConnections: this.maxConnections,
      encryptionKey: this.encryptionKey,
      databaseName: this.databaseName,
    });
    this.pool =
      proxyOptions &&
      new MysqlProxy(this, 'Pool', {
        vpc: props.vpc,
        server: this.server,
        settings: proxySettings(this, proxyOptions),
        encryptionKey: this.encryptionKey,
      });

    const { address, port, securityGroup } = this.pool ?? this.server;
    this.endpoint = new rds.Endpoint(address, port);
    this.connections = new ec2.Connections({ securityGroups: [securityGroup], defaultPort: ec2.Port.tcp(port) });
    this.instance = this.server.instance;
    this.subnetGroup = this.server.subnetGroup;
    this.backupResource = backup.BackupResource.fromRdsDatabaseInstance(this.server.instance);
    defineAlarms(this, props.alerts, { database: this, memoryGib, allocatedStorage, pooled: this.pool !== undefined });
  }

  /**
   * Lets `grantee` log in as `user` with an IAM token instead of a password.
   *
   * The user must exist in MySQL; an operator makes it once, as the master user:
   * `CREATE USER 'api'@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS'`, and grants it rights. `user` is 1 to 32 lower-case
   * letters, digits or underscores, beginning with a letter.
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.DBAccounts.html
   */
  public grantConnect(grantee: iam.IGrantable, user: string): iam.Grant {
    validateUser(this, user);
    return this.pool
      ? this.pool.grantConnect(grantee, user)
      : iam.Grant.addToPrincipal({
          grantee,
          actions: ['rds-db:connect'],
          resourceArns: [this.server.loginArn(user)],
        });
  }

  /**
   * What a service needs to connect as `user`: `DATABASE_HOST`, `DATABASE_PORT`, `DATABASE_NAME` and `DATABASE_USER`.
   *
   * There is no password among them. The service makes an IAM token for this host, port and user when it opens a connection
   * (every AWS SDK has a signer for it; a token lives 15 minutes) and connects with TLS; it needs `grantConnect`. Users with a
   * password of their own do not exist here yet.
   */
  public connectionEnvironment(user: string): { [name: string]: string } {
    validateUser(this, user);
    return {
      DATABASE_HOST: this.endpoint.hostname,
      DATABASE_PORT: String(this.endpoint.port),
      DATABASE_NAME: this.databaseName,
      DATABASE_USER: user,
    };
  }

  /**
   * Lets an operator's tool read the master user's name and password, which RDS keeps in a secret and changes every seven days.
   * Not for services.
   */
  public grantReadMasterCredentials(grantee: iam.IGrantable): iam.Grant {
    const read = iam.Grant.addToPrincipal({
      grantee,
      actions: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
      resourceArns: [this.server.masterSecret.secretArn],
    });
    return read.combine(
      iam.Grant.addToPrincipal({
        grantee,
        actions: ['kms:Decrypt'],
        resourceArns: [this.encryptionKey.keyArn],
        conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${Stack.of(this).region}.amazonaws.com` } },
      }),
    );
  }

  /** A metric of the server, such as `ReadIOPS`; the average of five minutes unless told otherwise. */
  public metric(metricName: string, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.server.instance.metric(metricName, { statistic: cloudwatch.Stats.AVERAGE, ...options });
  }

  /** Share of the processors in use, in percent. */
  public metricCpuUtilization(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('CPUUtilization', options);
  }

  /** Storage that is free, in bytes. */
  public metricFreeStorageSpace(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('FreeStorageSpace', { statistic: cloudwatch.Stats.MINIMUM, ...options });
  }

  /** Memory that is free, in bytes. */
  public metricFreeableMemory(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('FreeableMemory', options);
  }

  /** Connections open at the server. */
  public metricDatabaseConnections(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('DatabaseConnections', { statistic: cloudwatch.Stats.MAXIMUM, ...options });
  }

  /** Time that a read from storage takes, in seconds. */
  public metricReadLatency(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('ReadLatency', options);
  }

  /** Time that a write to storage takes, in seconds; with a standby it includes the second zone. */
  public metricWriteLatency(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('WriteLatency', options);
  }

  /**
   * A metric of the pool, such as `ClientConnections` or `DatabaseConnectionsCurrentlySessionPinned`; the average of five minutes
   * unless told otherwise. Throws where there is no pool.
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.monitoring.html
   */
  public metricPool(metricName: string, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    if (!this.pool) {
      throw invalid(this, `'metricPool' needs a pool, got ConnectionPool.none(); use ConnectionPool.rdsProxy()`);
    }
    return this.pool.metric(metricName, options);
  }
}
