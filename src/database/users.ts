import { Duration, Fn, Lazy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from '../private/acknowledge';
import { PlatformFunction } from '../private/functions';
import * as constants from './constants';
import type { DatabasePrivileges } from './database-privileges';
import type { MysqlProxy } from './proxy';
import { RotationFunction } from './rotation-function';
import { DATA_SUBNETS, type MysqlServer } from './server';

export interface DatabaseUsersProps {
  readonly vpc: ec2.IVpc;
  readonly server: MysqlServer;
  readonly pool?: MysqlProxy;
  readonly encryptionKey: kms.IKey;
  readonly databaseName: string;
}

const MACHINE_SUBNETS: ec2.SubnetSelection = { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };

/** Users of services: a secret each, and one function in reach of the server that makes and rotates them. */
export class DatabaseUsers extends Construct {
  public readonly rotation: PlatformFunction;
  private readonly subnets: ec2.SubnetSelection;
  private readonly users: constants.RotatedUser[] = [];
  private readonly secrets = new Map<string, secretsmanager.ISecret>();

  constructor(
    scope: Construct,
    id: string,
    private readonly props: DatabaseUsersProps,
  ) {
    super(scope, id);
    const { vpc, server, pool, encryptionKey, databaseName } = props;
    // The filters of a data tier let in what asks the database, and nothing that asks AWS.
    this.subnets = vpc.privateSubnets.length > 0 ? MACHINE_SUBNETS : DATA_SUBNETS;
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Function that rotates the users of the MySQL server',
      allowAllOutbound: false,
    });
    for (const { securityGroup: target, port } of pool ? [server, pool] : [server]) {
      securityGroup.connections.allowTo(target, ec2.Port.tcp(port), 'Rotation of users');
    }
    this.rotation = new PlatformFunction(this, 'Rotation', {
      code: RotationFunction,
      description: 'Makes and rotates the users of the MySQL server',
      encryptionKey,
      // The pool may take a minute until it knows a new password.
      timeout: Duration.minutes(3),
      network: { vpc, subnets: this.subnets, securityGroup },
      environment: {
        [constants.MASTER_SECRET_ENV]: server.masterSecret.secretArn,
        [constants.SERVER_ENV]: addressOf(server),
        ...(pool && { [constants.POOL_ENV]: addressOf(pool) }),
        [constants.SCHEMA_ENV]: databaseName,
        [constants.USERS_ENV]: Lazy.string({ produce: () => Stack.of(this).toJsonString(this.users) }),
        AWS_ENDPOINT_URL_SECRETS_MANAGER: this.defineEndpoint(securityGroup),
        // The runtime's own list of the authorities of RDS, which it does not load by itself.
        NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem',
      },
    });
    this.rotation.allow(['secretsmanager:GetSecretValue'], [server.masterSecret.secretArn]);
    this.rotation.function.addPermission('Rotate', {
      principal: new iam.ServicePrincipal('secretsmanager.amazonaws.com'),
      sourceAccount: Stack.of(this).account,
    });
  }

  public get names(): string[] {
    return this.users.map(({ name }) => name);
  }

  public secretOf(name: string): secretsmanager.ISecret | undefined {
    return this.secrets.get(name);
  }

  public add(name: string, privileges: DatabasePrivileges): secretsmanager.ISecret {
    const scope = new Construct(this, name);
    const secret = this.defineSecret(scope, 'Secret', name, `Login of ${name} to the MySQL server`);
    const poolLogins = this.props.pool ? this.definePoolLogins(scope, name, this.props.pool) : [];
    this.secrets.set(name, secret);
    this.users.push({
      secret: secret.secretArn,
      name,
      privileges: privileges._name,
      poolLogins: poolLogins.map(({ secretArn }) => secretArn),
    });
    this.rotation.allow(
      ['DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'].map(
        (action) => `secretsmanager:${action}`,
      ),
      [secret.secretArn],
    );
    const schedule = new secretsmanager.CfnRotationSchedule(scope, 'Schedule', {
      secretId: secret.secretArn,
      rotationLambdaArn: this.rotation.function.functionArn,
      rotationRules: { automaticallyAfterDays: 30 },
    });
    // The first rotation follows at once, and makes the user.
    schedule.node.addDependency(this.rotation, this.props.server, ...(this.props.pool ? [this.props.pool] : []));
    return secret;
  }

  /** The pool knows a MySQL user by one secret, and each user of ours is two: so it has two, which the rotation writes. */
  private definePoolLogins(scope: Construct, name: string, pool: MysqlProxy): secretsmanager.ISecret[] {
    return ['PoolLogin', 'PoolCloneLogin'].map((id, index) => {
      const user = index === 0 ? name : name + constants.CLONE_SUFFIX;
      const login = this.defineSecret(scope, id, user, `What RDS Proxy knows of ${user}`);
      acknowledge(
        login,
        "The rotation of the user's own secret writes this one",
        'AwsSolutions-SMG4',
        'NIST.800.53.R5-SecretsManagerRotationEnabled',
        'PCI.DSS.321-SecretsManagerRotationEnabled',
      );
      pool.addSecret(login);
      this.rotation.allow(['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'], [login.secretArn]);
      return login;
    });
  }

  /** The template of a secret must never change: CloudFormation would make another password that MySQL does not know. */
  private defineSecret(scope: Construct, id: string, user: string, description: string): secretsmanager.Secret {
    return new secretsmanager.Secret(scope, id, {
      description,
      encryptionKey: this.props.encryptionKey,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ username: user }),
        generateStringKey: 'password',
        passwordLength: 40,
        excludePunctuation: true,
      },
    });
  }

  /** Secrets Manager inside the VPC, for this function only, under its own name: another endpoint may have the public one. */
  private defineEndpoint(caller: ec2.SecurityGroup): string {
    const { vpc } = this.props;
    const securityGroup = new ec2.SecurityGroup(this, 'EndpointSecurityGroup', {
      vpc,
      description: 'Secrets Manager for the rotation of MySQL users',
      allowAllOutbound: false,
    });
    caller.connections.allowTo(securityGroup, ec2.Port.HTTPS, 'Secrets Manager');
    const endpoint = new ec2.InterfaceVpcEndpoint(this, 'Endpoint', {
      vpc,
      service: ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
      subnets: this.subnets,
      securityGroups: [securityGroup],
      privateDnsEnabled: false,
      open: false,
    });
    endpoint.addToPolicy(
      new iam.PolicyStatement({
        principals: [new iam.AnyPrincipal()],
        actions: ['secretsmanager:*'],
        resources: ['*'],
        conditions: { ArnEquals: { 'aws:PrincipalArn': Lazy.string({ produce: () => this.rotation.role.roleArn }) } },
      }),
    );
    // The zone's id stands before the name.
    return `https://${Fn.select(1, Fn.split(':', Fn.select(0, endpoint.vpcEndpointDnsEntries)))}`;
  }
}

function addressOf({ address, port }: MysqlServer | MysqlProxy): string {
  return `${address}:${port}`;
}
