import { ArnFormat, Duration, Names, RemovalPolicy, type Size, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from '../private/acknowledge';
import { PolicyRole } from '../private/role';
import { acknowledgeWildcards } from '../private/wildcards';
import { defineOptions, serverParameters } from './engine';

/** Not 3306: what scans for MySQL finds nothing. Services use the proxy, which always listens on 3306. */
export const MYSQL_PORT = 33306;
export const MASTER_USER = 'admin';
export const DATA_SUBNETS: ec2.SubnetSelection = { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };

export interface MysqlInstanceProps {
  readonly vpc: ec2.IVpc;
  readonly acrossZones: boolean;
  readonly instanceType: ec2.InstanceType;
  readonly engineVersion: rds.MysqlEngineVersion;
  readonly allocatedStorage: Size;
  readonly maxAllocatedStorage: Size;
  readonly iops?: number;
  readonly backupRetention: Duration;
  readonly backupWindow: string;
  readonly maintenanceWindow: string;
  readonly maxConnections: number;
  readonly encryptionKey: kms.IKey;
  readonly databaseName: string;
}

/** The server with everything RDS needs beside it. */
export class MysqlInstance extends Construct {
  public readonly instance: rds.DatabaseInstance;
  public readonly securityGroup: ec2.SecurityGroup;
  public readonly subnetGroup: rds.SubnetGroup;
  public readonly masterSecret: secretsmanager.ISecret;
  public readonly engine: rds.IInstanceEngine;
  public readonly port = MYSQL_PORT;

  constructor(scope: Construct, id: string, props: MysqlInstanceProps) {
    super(scope, id);
    this.engine = rds.DatabaseInstanceEngine.mysql({ version: props.engineVersion });
    this.securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: 'MySQL server',
      allowAllOutbound: false,
    });
    this.subnetGroup = new rds.SubnetGroup(this, 'SubnetGroup', {
      vpc: props.vpc,
      vpcSubnets: DATA_SUBNETS,
      description: 'Isolated subnets of the MySQL server',
    });
    const monitoring = this.defineMonitoringRole();
    // The log groups carry the instance's name, so it must be known before the instance exists.
    const identifier = Names.uniqueResourceName(this, { maxLength: 60, separator: '-' }).toLowerCase();
    const logGroups = this.defineLogGroups(identifier, props.encryptionKey);

    this.instance = new rds.DatabaseInstance(this, 'Instance', {
      instanceIdentifier: identifier,
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
      backupRetention: props.backupRetention,
      preferredBackupWindow: props.backupWindow,
      preferredMaintenanceWindow: props.maintenanceWindow,
      copyTagsToSnapshot: true,
      deleteAutomatedBackups: false,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.SNAPSHOT,
      cloudwatchLogsExports: Object.keys(LOGS),
      monitoringInterval: Duration.minutes(1),
      monitoringRole: monitoring.role,
      ...insights(props),
    });
    this.instance.node.addDependency(monitoring, ...logGroups);
    this.masterSecret = this.instance.secret as secretsmanager.ISecret;
    this.acknowledgeChoices(props.acrossZones);
  }

  public get address(): string {
    return this.instance.dbInstanceEndpointAddress;
  }

  /** Where IAM may log in to the server as `user`. */
  public loginArn(user: string): string {
    return Stack.of(this).formatArn({
      service: 'rds-db',
      resource: 'dbuser',
      resourceName: `${this.instance.instanceResourceId}/${user}`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  private defineLogGroups(identifier: string, encryptionKey: kms.IKey): logs.LogGroup[] {
    return Object.entries(LOGS).map(
      ([name, { retention, removalPolicy }]) =>
        new logs.LogGroup(this, `${name}Log`, {
          logGroupName: `/aws/rds/instance/${identifier}/${name}`,
          encryptionKey,
          retention,
          removalPolicy,
        }),
    );
  }

  /** RDS writes operating-system figures to one log group per account, which it makes itself. */
  private defineMonitoringRole(): PolicyRole {
    const stack = Stack.of(this);
    const role = new PolicyRole(this, 'Monitoring', {
      assumedBy: new iam.ServicePrincipal('monitoring.rds.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
      }),
      description: 'Lets RDS write the figures of enhanced monitoring',
    });
    const group = stack.formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: 'RDSOSMetrics',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    role.allow(['logs:CreateLogGroup', 'logs:PutRetentionPolicy'], [group]);
    role.allow(
      ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:GetLogEvents', 'logs:PutLogEvents'],
      [`${group}:log-stream:*`],
    );
    acknowledgeWildcards(
      role,
      'RDS names one log stream per instance, after an id that only exists once the instance does; the log group is exact',
      `${group}:log-stream:*`,
    );
    return role;
  }

  private acknowledgeChoices(acrossZones: boolean): void {
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

/** Exported logs; the audit trail stays a year, and when the stack goes. */
const LOGS: Record<string, { retention: logs.RetentionDays; removalPolicy: RemovalPolicy }> = {
  error: { retention: logs.RetentionDays.THREE_MONTHS, removalPolicy: RemovalPolicy.DESTROY },
  slowquery: { retention: logs.RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY },
  audit: { retention: logs.RetentionDays.ONE_YEAR, removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE },
};

/** Seven days of query statistics, which are free; the smallest classes of MySQL cannot collect them. */
function insights(props: MysqlInstanceProps): Partial<rds.DatabaseInstanceProps> {
  const tooSmall = /^t(3|4g)\.(micro|small)$/.test(props.instanceType.toString());
  return tooSmall
    ? {}
    : {
        databaseInsightsMode: rds.DatabaseInsightsMode.STANDARD,
        enablePerformanceInsights: true,
        performanceInsightRetention: rds.PerformanceInsightRetention.DEFAULT,
        performanceInsightEncryptionKey: props.encryptionKey,
      };
}
