import { Stack } from 'aws-cdk-lib';
import type * as backup from 'aws-cdk-lib/aws-backup';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as rds from 'aws-cdk-lib/aws-rds';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Alarms } from '../private/alarms';
import { defineKey } from '../private/encryption';
import { invalid } from '../private/errors';
import { pinFeatureFlags } from '../private/feature-flags';
import { addRotationAlarm, defineAlarms } from './alarms';
import { MysqlCluster } from './cluster';
import type { DatabasePrivileges } from './database-privileges';
import { MysqlInstance } from './instance';
import { MysqlProxy } from './proxy';
import type { ResilientMysqlProps } from './resilient-mysql-props';
import type { MysqlServer } from './server';
import { settingsOf } from './settings';
import { DatabaseUsers } from './users';
import { validateNewUser, validateUser } from './validation';

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
  /** Host and port for reads that bear to be a moment late; only with readable standbys. */
  public readonly readerEndpoint?: rds.Endpoint;
  /** The CDK's own construct of the server; there is none with readable standbys. */
  public readonly instance?: rds.IDatabaseInstance;
  /** The isolated subnets of the database, also for restored copies of it. */
  public readonly subnetGroup: rds.ISubnetGroup;
  /** Key that encrypts storage, master password, insights and logs. */
  public readonly encryptionKey: kms.IKey;
  /** Name of the database that was made with the server. */
  public readonly databaseName: string;
  /** Connections the server accepts; the proxy opens its share of them. */
  public readonly maxConnections: number;
  private readonly vpc: ec2.IVpc;
  private readonly server: MysqlServer;
  private readonly pool?: MysqlProxy;
  private readonly alarms?: Alarms;
  private readonly iamUsers = new Set<string>();
  private users?: DatabaseUsers;

  constructor(scope: Construct, id: string, props: ResilientMysqlProps) {
    super(scope, id);
    pinFeatureFlags(this);
    const settings = settingsOf(this, props);
    this.vpc = props.vpc;
    this.maxConnections = settings.maxConnections;
    this.databaseName = settings.databaseName;
    this.encryptionKey = props.encryptionKey ?? defineKey(this, 'Key', 'Encrypts the MySQL server and its logs');

    const serverProps = { ...settings, vpc: props.vpc, encryptionKey: this.encryptionKey };
    this.server = settings.servesReads
      ? new MysqlCluster(this, 'Server', serverProps)
      : new MysqlInstance(this, 'Server', serverProps);
    this.pool =
      settings.proxy &&
      new MysqlProxy(this, 'Pool', {
        vpc: props.vpc,
        server: this.server,
        settings: settings.proxy,
        encryptionKey: this.encryptionKey,
      });

    const { address, port, readerAddress, securityGroup } = this.pool ?? this.server;
    this.endpoint = new rds.Endpoint(address, port);
    this.readerEndpoint = readerAddress === undefined ? undefined : new rds.Endpoint(readerAddress, port);
    this.connections = new ec2.Connections({ securityGroups: [securityGroup], defaultPort: ec2.Port.tcp(port) });
    this.instance = this.server instanceof MysqlInstance ? this.server.instance : undefined;
    this.subnetGroup = this.server.subnetGroup;
    this.backupResource = this.server.backupResource;
    this.alarms = defineAlarms(this, props.alerts, { database: this, server: this.server, settings });
  }

  /**
   * Makes a user for a service, with a secret of its own: `username` and `password`, both of which change every 30 days. Give the
   * secret to the service, and let it read both at each start.
   *
   * Two MySQL users take turns, `name` and `name_clone`: a login stays valid until the rotation after the next, so services have 30
   * days to read the secret again. The first rotation follows the deployment at once and makes both. Changed privileges reach
   * both users with the next rotation, which can be started by hand. The first user adds a function and an interface endpoint for
   * Secrets Manager in the private subnets (where there are none, in the isolated ones); the endpoint costs an hourly price per zone. Removing a user removes the secret; the MySQL
   * users stay until an operator drops them.
   * @param name 1 to 26 lower-case letters, digits or underscores, beginning with a letter
   * @param privileges what it may do in the database `databaseName`
   * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotation-strategy.html
   */
  public addUser(name: string, privileges: DatabasePrivileges): secretsmanager.ISecret {
    validateNewUser(this, name, this.users?.names ?? []);
    if (this.iamUsers.has(name)) {
      throw invalid(
        this,
        `'addUser' must come before 'grantConnect' and 'connectionEnvironment' of the same user, got '${name}' after them`,
      );
    }
    if (!this.users) {
      this.users = new DatabaseUsers(this, 'Users', {
        vpc: this.vpc,
        server: this.server,
        pool: this.pool,
        encryptionKey: this.encryptionKey,
        databaseName: this.databaseName,
      });
      addRotationAlarm(this.alarms, this.users.rotation.function);
    }
    return this.users.add(name, privileges);
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
    if (this.users?.secretOf(user)) {
      throw invalid(
        this,
        `'user' of 'grantConnect' must log in with IAM, got '${user}', who has a password; let the service read the secret that 'addUser' returned`,
      );
    }
    this.iamUsers.add(user);
    return this.pool
      ? this.pool.grantConnect(grantee, user)
      : iam.Grant.addToPrincipal({
          grantee,
          actions: ['rds-db:connect'],
          resourceArns: [this.server.loginArn(user)],
        });
  }

  /**
   * What a service needs to connect as `user`, without any password: `DATABASE_HOST`, `DATABASE_PORT`, `DATABASE_NAME`, with
   * readable standbys `DATABASE_READER_HOST`, and
   *
   * - of a user of `addUser`, `DATABASE_SECRET_ARN`: the secret that has `username` and `password`. A fleet reads it for its
   *   services and hands them both, see `ServiceSecret.fromSecretsManager`.
   * - of any other user, `DATABASE_USER`: the service makes an IAM token for this host, port and user when it opens a connection
   *   (every AWS SDK has a signer for it; a token lives 15 minutes), and needs `grantConnect`.
   *
   * Connections are over TLS. The proxy's certificate is of Amazon's public authorities; the server's is of RDS's own.
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
   */
  public connectionEnvironment(user: string): { [name: string]: string } {
    validateUser(this, user);
    const secret = this.users?.secretOf(user);
    if (!secret) {
      this.iamUsers.add(user);
    }
    return {
      DATABASE_HOST: this.endpoint.hostname,
      DATABASE_PORT: String(this.endpoint.port),
      DATABASE_NAME: this.databaseName,
      ...(this.readerEndpoint && { DATABASE_READER_HOST: this.readerEndpoint.hostname }),
      ...(secret ? { DATABASE_SECRET_ARN: secret.secretArn } : { DATABASE_USER: user }),
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
    return this.server.metric(metricName, options);
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

  /** Reads and writes that wait for storage. */
  public metricDiskQueueDepth(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('DiskQueueDepth', options);
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
