import { Lazy, Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { PolicyRole } from '../private/role';
import type { ProxySettings } from './proxy-settings';
import { DATA_SUBNETS, type MysqlServer } from './server';

/** Where an RDS Proxy of MySQL listens, whatever the server's port. */
export const PROXY_PORT = 3306;

export interface MysqlProxyProps {
  readonly vpc: ec2.IVpc;
  readonly server: MysqlServer;
  readonly settings: ProxySettings;
  readonly encryptionKey: kms.IKey;
}

/**
 * The pool in front of the server. Who logs in with IAM is passed on with the proxy's own role; who logs in with a password is
 * known by a secret: the users of `addUser`, and the master user for operators.
 */
export class MysqlProxy extends Construct {
  public readonly proxy: rds.DatabaseProxy;
  public readonly securityGroup: ec2.SecurityGroup;
  public readonly port = PROXY_PORT;
  private readonly server: MysqlServer;
  private readonly role: PolicyRole;
  private readonly name: string;
  private readonly secrets: secretsmanager.ISecret[] = [];
  private readonly reader?: rds.CfnDBProxyEndpoint;

  constructor(scope: Construct, id: string, props: MysqlProxyProps) {
    super(scope, id);
    const { server, settings, encryptionKey } = props;
    this.server = server;
    this.securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: 'RDS Proxy of the MySQL server',
      allowAllOutbound: false,
    });
    this.role = new PolicyRole(this, 'Access', {
      assumedBy: new iam.ServicePrincipal('rds.amazonaws.com'),
      description: 'Lets RDS Proxy log in to the MySQL server',
    });
    // Another set of subnets replaces the proxy, and a name can only be replaced by another name.
    const zones = new Set(props.vpc.selectSubnets(DATA_SUBNETS).availabilityZones).size;
    this.name = `${Names.uniqueResourceName(this, { maxLength: 54, separator: '-' }).toLowerCase()}-az${zones}`;
    const log = new logs.LogGroup(this, 'Log', {
      logGroupName: `/aws/rds/proxy/${this.name}`,
      encryptionKey,
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.proxy = new rds.DatabaseProxy(this, 'Proxy', {
      dbProxyName: this.name,
      proxyTarget: server.proxyTarget(this),
      vpc: props.vpc,
      vpcSubnets: DATA_SUBNETS,
      securityGroups: [this.securityGroup],
      role: this.role.role,
      requireTLS: true,
      defaultAuthScheme: rds.DefaultAuthScheme.IAM_AUTH,
      secrets: [server.masterSecret],
      maxConnectionsPercent: settings.maxConnectionsPercent,
      maxIdleConnectionsPercent: settings.maxIdleConnectionsPercent,
      borrowTimeout: settings.borrowTimeout,
      idleClientTimeout: settings.idleClientTimeout,
      initQuery: settings.initQuery,
    });
    this.proxy.node.addDependency(this.role, log, server);
    const resource = this.proxy.node.defaultChild as rds.CfnDBProxy;
    resource.auth = Lazy.any({ produce: () => this.secrets.map(authOf) });
    this.addSecret(server.masterSecret);
    this.allowDecrypt(encryptionKey);
    if (server.readerAddress !== undefined) {
      this.reader = this.defineReader(props);
      this.reader.node.addDependency(this.proxy);
    }
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

  /** Where reads go that bear to be a moment late; only in front of readable standbys. */
  public get readerAddress(): string | undefined {
    return this.reader?.attrEndpoint;
  }

  /** Lets whoever knows this name and password log in, and the proxy to the server with the same. */
  public addSecret(secret: secretsmanager.ISecret): void {
    this.secrets.push(secret);
    this.role.allow(['secretsmanager:GetSecretValue'], [secret.secretArn]);
  }

  private allowDecrypt(encryptionKey: kms.IKey): void {
    this.role.allow(['kms:Decrypt'], [encryptionKey.keyArn], {
      StringEquals: { 'kms:ViaService': `secretsmanager.${Stack.of(this).region}.amazonaws.com` },
    });
  }

  private defineReader({ vpc }: MysqlProxyProps): rds.CfnDBProxyEndpoint {
    return new rds.CfnDBProxyEndpoint(this, 'Reader', {
      dbProxyName: this.proxy.dbProxyName,
      dbProxyEndpointName: `${this.name}-r`,
      targetRole: 'READ_ONLY',
      vpcSubnetIds: vpc.selectSubnets(DATA_SUBNETS).subnetIds,
      vpcSecurityGroupIds: [this.securityGroup.securityGroupId],
    });
  }
}

function authOf(secret: secretsmanager.ISecret): rds.CfnDBProxy.AuthFormatProperty {
  return {
    authScheme: 'SECRETS',
    iamAuth: 'DISABLED',
    secretArn: secret.secretArn,
    // MySQL 8.4 no longer loads mysql_native_password.
    clientPasswordAuthType: rds.ClientPasswordAuthType.MYSQL_CACHING_SHA2_PASSWORD,
  };
}
