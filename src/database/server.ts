import { ArnFormat, Names, RemovalPolicy, type Size, Stack } from 'aws-cdk-lib';
import type * as backup from 'aws-cdk-lib/aws-backup';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { PolicyRole } from '../private/role';
import { acknowledgeWildcards } from '../private/wildcards';
import type { DatabaseSource } from './database-source';

/** Not 3306: what scans for MySQL finds nothing. Services use the proxy, which always listens on 3306. */
export const MYSQL_PORT = 33306;
export const MASTER_USER = 'admin';
export const DATA_SUBNETS: ec2.SubnetSelection = { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };

export interface MysqlServerProps {
  readonly vpc: ec2.IVpc;
  readonly instanceType: ec2.InstanceType;
  readonly engineVersion: rds.MysqlEngineVersion;
  readonly allocatedStorage: Size;
  readonly iops?: number;
  readonly backupRetentionDays: number;
  readonly backupWindow: string;
  readonly maintenanceWindow: string;
  readonly maxConnections: number;
  readonly encryptionKey: kms.IKey;
  readonly databaseName: string;
  readonly source: DatabaseSource;
  readonly insightsMode?: rds.DatabaseInsightsMode;
}

/** What the servers of a single instance and of a cluster have in common: everything RDS needs beside them. */
export abstract class MysqlServer extends Construct {
  public readonly securityGroup: ec2.SecurityGroup;
  public readonly subnetGroup: rds.SubnetGroup;
  public readonly port = MYSQL_PORT;
  public abstract readonly address: string;
  public abstract readonly masterSecret: secretsmanager.ISecret;
  public abstract readonly arn: string;
  public abstract readonly backupResource: backup.BackupResource;
  /** How EventBridge calls what RDS says about it. */
  public abstract readonly eventType: string;
  protected abstract readonly resourceId: string;
  protected abstract readonly dimensions: Record<string, string>;
  // The log groups carry the server's name, so it must be known before the server exists.
  protected readonly identifier = Names.uniqueResourceName(this, { maxLength: 60, separator: '-' }).toLowerCase();
  protected readonly monitoring: PolicyRole;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: MysqlServerProps,
  ) {
    super(scope, id);
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
    this.monitoring = this.defineMonitoringRole();
  }

  /** Where reads go that bear to be a moment late; only with readable standbys. */
  public get readerAddress(): string | undefined {
    return undefined;
  }

  /** What a proxy in front of it points to. */
  public abstract proxyTarget(scope: Construct): rds.ProxyTarget;

  /** Where IAM may log in to the server as `user`. */
  public loginArn(user: string): string {
    return Stack.of(this).formatArn({
      service: 'rds-db',
      resource: 'dbuser',
      resourceName: `${this.resourceId}/${user}`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  public metric(metricName: string, options: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/RDS',
      metricName,
      dimensionsMap: this.dimensions,
      statistic: cloudwatch.Stats.AVERAGE,
      ...options,
    }).attachTo(this);
  }

  /** The groups that RDS exports logs to, which it would otherwise make itself, unencrypted and for ever. */
  protected defineLogGroups(kind: 'instance' | 'cluster', names: string[]): logs.LogGroup[] {
    return names.map(
      (name) =>
        new logs.LogGroup(this, `${name}Log`, {
          logGroupName: `/aws/rds/${kind}/${this.identifier}/${name}`,
          encryptionKey: this.props.encryptionKey,
          ...LOGS[name],
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
}

/** Exported logs; the audit trail stays a year, and when the stack goes. */
const LOGS: Record<string, { retention: logs.RetentionDays; removalPolicy: RemovalPolicy }> = {
  error: { retention: logs.RetentionDays.THREE_MONTHS, removalPolicy: RemovalPolicy.DESTROY },
  slowquery: { retention: logs.RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY },
  audit: { retention: logs.RetentionDays.ONE_YEAR, removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE },
};

/** Statistics of queries: seven days are free. The smallest classes cannot collect them. */
export function insights(props: MysqlServerProps): { mode?: rds.DatabaseInsightsMode; days?: number } {
  const mode = props.insightsMode ?? rds.DatabaseInsightsMode.STANDARD;
  return isTooSmallForInsights(props.instanceType)
    ? {}
    : { mode, days: mode === rds.DatabaseInsightsMode.ADVANCED ? 465 : 7 };
}

export function isTooSmallForInsights(instanceType: ec2.InstanceType): boolean {
  return /^t(3|4g)\.(micro|small)$/.test(instanceType.toString());
}
