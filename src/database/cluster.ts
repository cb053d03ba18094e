import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { serverParameters } from './engine';
import { insights, MASTER_USER, MYSQL_PORT, MysqlServer, type MysqlServerProps } from './server';
import { includedIops } from './sizing';

/** Without option groups a cluster has no audit log. */
const EXPORTED_LOGS = ['error', 'slowquery'];

/** A writer and two standbys that answer reads, each in a zone of its own. */
export class MysqlCluster extends MysqlServer {
  public readonly masterSecret: secretsmanager.ISecret;
  public readonly backupResource: backup.BackupResource;
  public readonly eventType = 'RDS DB Cluster Event';
  protected readonly dimensions: Record<string, string>;
  private readonly cluster: rds.CfnDBCluster;

  constructor(scope: Construct, id: string, props: MysqlServerProps) {
    super(scope, id, props);
    const parameters = new rds.CfnDBClusterParameterGroup(this, 'Parameters', {
      family: `mysql${props.engineVersion.mysqlMajorVersion}`,
      description: 'TLS required, logs to files, a budget of connections',
      parameters: serverParameters(props.maxConnections),
    });
    const logGroups = this.defineLogGroups('cluster', EXPORTED_LOGS);
    const { mode, days } = insights(props);
    // At the place of the single instance: CloudFormation refuses to make the one of the other, which would begin empty.
    this.cluster = new rds.CfnDBCluster(new Construct(this, 'Instance'), 'Resource', {
      dbClusterIdentifier: this.identifier,
      engine: 'mysql',
      engineVersion: props.engineVersion.mysqlFullVersion,
      engineLifecycleSupport: rds.EngineLifecycleSupport.OPEN_SOURCE_RDS_EXTENDED_SUPPORT_DISABLED,
      autoMinorVersionUpgrade: true,
      dbClusterInstanceClass: `db.${props.instanceType.toString()}`,
      dbSubnetGroupName: this.subnetGroup.subnetGroupName,
      vpcSecurityGroupIds: [this.securityGroup.securityGroupId],
      publiclyAccessible: false,
      port: MYSQL_PORT,
      manageMasterUserPassword: true,
      masterUserSecret: { kmsKeyId: props.encryptionKey.keyArn },
      enableIamDatabaseAuthentication: true,
      dbClusterParameterGroupName: parameters.ref,
      storageType: rds.StorageType.GP3,
      allocatedStorage: props.allocatedStorage.toGibibytes(),
      iops: props.iops ?? includedIops(props.allocatedStorage),
      backupRetentionPeriod: props.backupRetentionDays,
      preferredBackupWindow: props.backupWindow,
      preferredMaintenanceWindow: props.maintenanceWindow,
      copyTagsToSnapshot: true,
      deleteAutomatedBackups: false,
      deletionProtection: true,
      enableCloudwatchLogsExports: EXPORTED_LOGS,
      monitoringInterval: 60,
      monitoringRoleArn: this.monitoring.role.roleArn,
      databaseInsightsMode: mode,
      performanceInsightsEnabled: mode && true,
      performanceInsightsKmsKeyId: mode && props.encryptionKey.keyArn,
      performanceInsightsRetentionPeriod: days,
      ...sourceProps(props),
    });
    this.cluster.applyRemovalPolicy(RemovalPolicy.SNAPSHOT);
    this.cluster.node.addDependency(this.monitoring, ...logGroups);
    this.masterSecret = secretsmanager.Secret.fromSecretAttributes(this, 'Master', {
      secretCompleteArn: this.cluster.attrMasterUserSecretSecretArn,
      encryptionKey: props.encryptionKey,
    });
    this.dimensions = { DBClusterIdentifier: this.cluster.ref };
    this.backupResource = backup.BackupResource.fromArn(this.arn);
  }

  public get address(): string {
    return this.cluster.attrEndpointAddress;
  }

  public override get readerAddress(): string {
    return this.cluster.attrReadEndpointAddress;
  }

  public get arn(): string {
    return Stack.of(this).formatArn({
      service: 'rds',
      resource: 'cluster',
      resourceName: this.cluster.ref,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  protected get resourceId(): string {
    return this.cluster.attrDbClusterResourceId;
  }

  public proxyTarget(scope: Construct): rds.ProxyTarget {
    return rds.ProxyTarget.fromCluster(
      rds.DatabaseCluster.fromDatabaseClusterAttributes(scope, 'Target', {
        clusterIdentifier: this.cluster.ref,
        clusterEndpointAddress: this.address,
        port: MYSQL_PORT,
        securityGroups: [this.securityGroup],
        // Only its family is used, which is MySQL's; the CDK has no engine for Multi-AZ clusters.
        engine: rds.DatabaseClusterEngine.AURORA_MYSQL,
      }),
    );
  }
}

/** A restored cluster has its name, master user and encryption from its source. */
function sourceProps({ source, ...props }: MysqlServerProps): Partial<rds.CfnDBClusterProps> {
  switch (source._kind) {
    case 'snapshot':
      return { snapshotIdentifier: source._from };
    case 'pointInTime':
      return {
        sourceDbClusterIdentifier: source._from,
        restoreToTime: source._moment,
        useLatestRestorableTime: source._moment === undefined ? true : undefined,
      };
    default:
      return {
        databaseName: props.databaseName,
        masterUsername: MASTER_USER,
        storageEncrypted: true,
        kmsKeyId: props.encryptionKey.keyArn,
      };
  }
}
