import { Duration, RemovalPolicy, type Size } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as rds from 'aws-cdk-lib/aws-rds';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { acknowledge } from '../private/acknowledge';
import { defineOptions, serverParameters } from './engine';
import { insights, MASTER_USER, MYSQL_PORT, MysqlServer, type MysqlServerProps } from './server';

export interface MysqlInstanceProps extends MysqlServerProps {
  readonly acrossZones: boolean;
  readonly maxAllocatedStorage: Size;
}

const EXPORTED_LOGS = ['error', 'slowquery', 'audit'];

/** One server, with an invisible standby in a second zone or without. */
export class MysqlInstance extends MysqlServer {
  public readonly instance: rds.DatabaseInstance;
  public readonly masterSecret: secretsmanager.ISecret;
  public readonly backupResource: backup.BackupResource;
  public readonly eventType = 'RDS DB Instance Event';
  protected readonly dimensions: Record<string, string>;
  private readonly engine: rds.IInstanceEngine;

  constructor(scope: Construct, id: string, props: MysqlInstanceProps) {
    super(scope, id, props);
    this.engine = rds.DatabaseInstanceEngine.mysql({ version: props.engineVersion });
    const logGroups = this.defineLogGroups('instance', EXPORTED_LOGS);
    this.instance = new rds.DatabaseInstance(this, 'Instance', {
      instanceIdentifier: this.identifier,
      engine: this.engine,
      engineLifecycleSupport: rds.EngineLifecycleSupport.OPEN_SOURCE_RDS_EXTENDED_SUPPORT_DISABLED,
      autoMinorVersionUpgrade: true,
      instanceType: props.instanceType,
      multiAz: props.acrossZones,
      vpc: props.vpc,
      subnetGroup: this.subnetGroup,
      securityGroups: [this.securityGroup],
      publiclyAccessible: false,
      port: MYSQL_PORT,
      databaseName: props.databaseName,
      credentials: rds.Credentials.fromUsername(MASTER_USER, { encryptionKey: props.encryptionKey }),
      manageMasterUserPassword: true,
      iamAuthentication: true,
      parameterGroup: new rds.ParameterGroup(this, 'Parameters', {
        engine: this.engine,
        description: 'TLS required, logs to files, a budget of connections',
        parameters: serverParameters(props.maxConnections),
      }),
      optionGroup: defineOptions(this, this.engine),
      storageType: rds.StorageType.GP3,
      allocatedStorage: props.allocatedStorage.toGibibytes(),
      maxAllocatedStorage: props.maxAllocatedStorage.toGibibytes(),
      iops: props.iops,
      storageEncryptionKey: props.encryptionKey,
      backupRetention: Duration.days(props.backupRetentionDays),
      preferredBackupWindow: props.backupWindow,
      preferredMaintenanceWindow: props.maintenanceWindow,
      copyTagsToSnapshot: true,
      deleteAutomatedBackups: false,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.SNAPSHOT,
      cloudwatchLogsExports: EXPORTED_LOGS,
      monitoringInterval: Duration.minutes(1),
      monitoringRole: this.monitoring.role,
      ...insightsProps(props),
    });
    this.instance.node.addDependency(this.monitoring, ...logGroups);
    this.masterSecret = this.instance.secret as secretsmanager.ISecret;
    this.dimensions = { DBInstanceIdentifier: this.instance.instanceIdentifier };
    this.backupResource = backup.BackupResource.fromRdsDatabaseInstance(this.instance);
    this.restoreFrom(props);
    this.acknowledgeChoices(props);
  }

  public get address(): string {
    return this.instance.dbInstanceEndpointAddress;
  }

  public get arn(): string {
    return this.instance.instanceArn;
  }

  protected get resourceId(): string {
    return this.instance.instanceResourceId as string;
  }

  /** The server with its port as a number: as an attribute, security-group rules could not be checked. */
  public proxyTarget(scope: Construct): rds.ProxyTarget {
    return rds.ProxyTarget.fromInstance(
      rds.DatabaseInstance.fromDatabaseInstanceAttributes(scope, 'Target', {
        instanceIdentifier: this.instance.instanceIdentifier,
        instanceEndpointAddress: this.address,
        port: MYSQL_PORT,
        securityGroups: [this.securityGroup],
        engine: this.engine,
      }),
    );
  }

  /** What a restored server has from its source may not be said again. */
  private restoreFrom({ source }: MysqlInstanceProps): void {
    const instance = this.instance.node.defaultChild as rds.CfnDBInstance;
    if (source._kind === 'empty') {
      return;
    }
    instance.dbName = undefined;
    instance.masterUsername = undefined;
    instance.kmsKeyId = undefined;
    instance.storageEncrypted = undefined;
    if (source._kind === 'snapshot') {
      instance.dbSnapshotIdentifier = source._from;
    } else {
      instance.sourceDbInstanceIdentifier = source._from;
      instance.restoreTime = source._moment;
      instance.useLatestRestorableTime = source._moment === undefined ? true : undefined;
    }
    acknowledge(
      this.instance,
      'A restored database is encrypted as its source is; CloudFormation refuses to be told so',
      'AwsSolutions-RDS2',
      'NIST.800.53.R5-RDSStorageEncrypted',
      'PCI.DSS.321-RDSStorageEncrypted',
    );
  }

  private acknowledgeChoices({ acrossZones }: MysqlInstanceProps): void {
    acknowledge(
      this.instance,
      'The general log writes every statement with its data, at a price; the audit log has connections, definitions and rights',
      'NIST.800.53.R5-RDSLoggingEnabled[LogExport::general]',
      'PCI.DSS.321-RDSLoggingEnabled[LogExport::general]',
    );
    if (!acrossZones) {
      acknowledge(
        this.instance,
        'DatabaseStandby.none() was asked for by name, for development',
        'AwsSolutions-RDS3',
        'NIST.800.53.R5-RDSMultiAZSupport',
      );
    }
  }
}

function insightsProps(props: MysqlServerProps): Partial<rds.DatabaseInstanceProps> {
  const { mode, days } = insights(props);
  return mode === undefined
    ? {}
    : {
        databaseInsightsMode: mode,
        enablePerformanceInsights: true,
        performanceInsightRetention: days,
        performanceInsightEncryptionKey: props.encryptionKey,
      };
}
