import { Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { PolicyRole } from '../private/role';
import { DATA_SUBNETS, MYSQL_PORT, type MysqlInstance } from './instance';
import type { ProxySettings } from './proxy-settings';

/** Where an RDS Proxy of MySQL listens, whatever the server's port. */
export const PROXY_PORT = 3306;

export interface MysqlProxyProps {
  readonly vpc: ec2.IVpc;
  readonly server: MysqlInstance;
  readonly settings: ProxySettings;
  readonly encryptionKey: kms.IKey;
}

/**
 * The pool in front of the server. Services log in with IAM, and the proxy passes that on with its own role; only the master
 * user logs in with a password, which is how an operator makes the first users.
 */
export class MysqlProxy extends Construct {
  public readonly proxy: rds.DatabaseProxy;
  public readonly securityGroup: ec2.SecurityGroup;
  public readonly port = PROXY_PORT;
  private readonly server: MysqlInstance;
  private readonly role: PolicyRole;

  constructor(scope: Construct, id: string, props: MysqlProxyProps) {
    super(scope, id);
    const { server, settings, encryptionKey } = props;
    this.server = server;
    this.securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: 'RDS Proxy of the MySQL server',
      allowAllOutbound: false,
    });
    this.role = this.defineRole(server, encryptionKey);
    // Another set of subnets replaces the proxy, and a name can only be replaced by another name.
    const zones = new Set(props.vpc.selectSubnets(DATA_SUBNETS).availabilityZones).size;
    const name = `${Names.uniqueResourceName(this, { maxLength: 54, separator: '-' }).toLowerCase()}-az${zones}`;
    const log = new logs.LogGroup(this, 'Log', {
      logGroupName: `/aws/rds/proxy/${name}`,
      encryptionKey,
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.proxy = new rds.DatabaseProxy(this, 'Proxy', {
      dbProxyName: name,
      proxyTarget: rds.ProxyTarget.fromInstance(this.targetOf(server)),
      vpc: props.vpc,
      vpcSubnets: DATA_SUBNETS,
      securityGroups: [this.securityGroup],
      role: this.role.role,
      requireTLS: true,
      defaultAuthScheme: rds.DefaultAuthScheme.IAM_AUTH,
      secrets: [server.masterSecret],
      // MySQL 8.4 no longer loads mysql_native_password.
      clientPasswordAuthType: rds.ClientPasswordAuthType.MYSQL_CACHING_SHA2_PASSWORD,
      maxConnectionsPercent: settings.maxConnectionsPercent,
      maxIdleConnectionsPercent: settings.maxIdleConnectionsPercent,
      borrowTimeout: settings.borrowTimeout,
      idleClientTimeout: settings.idleClientTimeout,
    });
    this.proxy.node.addDependency(this.role, log, server.instance);
  }

  public get address(): string {
    return this.proxy.endpoint;
  }

  /** Lets `grantee` log in to the proxy as `user`, and the proxy to the server. */
  public grantConnect(grantee: iam.IGrantable, user: string): iam.Grant {
    this.role.allow(['rds-db:connect'], [this.server.loginArn(user)]);
    return this.proxy.grantConnect(grantee, user);
  }

  public metric(metricName: string, options: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/RDS',
      metricName,
      dimensionsMap: { ProxyName: this.proxy.dbProxyName },
      statistic: cloudwatch.Stats.AVERAGE,
      ...options,
    }).attachTo(this);
  }

  private defineRole(server: MysqlInstance, encryptionKey: kms.IKey): PolicyRole {
    const role = new PolicyRole(this, 'Access', {
      assumedBy: new iam.ServicePrincipal('rds.amazonaws.com'),
      description: 'Lets RDS Proxy log in to the MySQL server',
    });
    role.allow(['secretsmanager:GetSecretValue'], [server.masterSecret.secretArn]);
    role.allow(['kms:Decrypt'], [encryptionKey.keyArn], {
      StringEquals: { 'kms:ViaService': `secretsmanager.${Stack.of(this).region}.amazonaws.com` },
    });
    return role;
  }

  /** The server with its port as a number: as an attribute, security-group rules could not be checked. */
  private targetOf(server: MysqlInstance): rds.IDatabaseInstance {
    return rds.DatabaseInstance.fromDatabaseInstanceAttributes(this, 'Target', {
      instanceIdentifier: server.instance.instanceIdentifier,
      instanceEndpointAddress: server.instance.dbInstanceEndpointAddress,
      port: MYSQL_PORT,
      securityGroups: [server.securityGroup],
      engine: server.engine,
    });
  }
}
