import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { environmentProblems } from './function-environment';
import { PolicyRole } from './role';
import { acknowledgeWildcards } from './wildcards';

export interface PlatformFunctionProps {
  /** The generated construct of the handler, e.g. `LogParserFunction`. */
  readonly code: new (
    scope: Construct,
    id: string,
    props?: lambda.FunctionOptions,
  ) => lambda.Function;
  readonly description: string;
  readonly encryptionKey: kms.IKey;
  readonly timeout: Duration;
  readonly memorySize?: number;
  readonly environment?: Record<string, string>;
  readonly reservedConcurrentExecutions?: number;
  /** Whether its log is evidence of who did what: then it is kept for two years, and on removal. */
  readonly isEvidence?: boolean;
  /** Where it runs inside a VPC. */
  readonly network?: FunctionNetwork;
}

export interface FunctionNetwork {
  readonly vpc: ec2.IVpc;
  readonly subnets: ec2.SubnetSelection;
  readonly securityGroup: ec2.ISecurityGroup;
}

/**
 * A Lambda function with what each of ours needs: its own role and policy, an encrypted log group with an end, and a queue for
 * the events it gave up on. Grant to `this`: statements land in its managed policy.
 */
export class PlatformFunction extends Construct implements iam.IGrantable {
  public readonly function: lambda.Function;
  public readonly deadLetterQueue: sqs.Queue;
  public readonly grantPrincipal: iam.IPrincipal;
  private readonly executionRole: PolicyRole;

  constructor(scope: Construct, id: string, props: PlatformFunctionProps) {
    super(scope, id);
    const logGroup = new logs.LogGroup(this, 'Logs', {
      encryptionKey: props.encryptionKey,
      retention: props.isEvidence ? logs.RetentionDays.TWO_YEARS : logs.RetentionDays.THREE_MONTHS,
      removalPolicy: props.isEvidence ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    this.deadLetterQueue = new sqs.Queue(this, 'DeadLetters', {
      encryptionMasterKey: props.encryptionKey,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(this.deadLetterQueue, 'This is the dead-letter queue', 'AwsSolutions-SQS3');
    this.executionRole = new PolicyRole(this, 'Execution', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      description: props.description,
    });
    // CDK ends log group ARNs with `:*`, which is the form for log streams that these two actions act on.
    this.executionRole.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]);
    this.executionRole.allow(['sqs:SendMessage'], [this.deadLetterQueue.queueArn]);
    this.executionRole.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [props.encryptionKey.keyArn]);
    this.grantPrincipal = this.executionRole.grantPrincipal;
    if (props.network) {
      allowNetworkInterfaces(this.executionRole);
    }

    this.function = new props.code(this, 'Function', {
      architecture: lambda.Architecture.ARM_64,
      description: props.description,
      timeout: props.timeout,
      memorySize: props.memorySize ?? 256,
      environment: props.environment,
      environmentEncryption: props.encryptionKey,
      reservedConcurrentExecutions: props.reservedConcurrentExecutions,
      role: this.executionRole.role,
      vpc: props.network?.vpc,
      vpcSubnets: props.network?.subnets,
      securityGroups: props.network && [props.network.securityGroup],
      logGroup,
      deadLetterQueue: this.deadLetterQueue,
    });
    this.function.node.addDependency(this.executionRole);
    this.node.addValidation({ validate: () => environmentProblems(this.function) });
    if (!props.network) {
      acknowledge(
        this.function,
        'The function calls only public AWS endpoints over TLS; a VPC would add interface endpoints and a way to fail',
        'NIST.800.53.R5-LambdaInsideVPC',
        'PCI.DSS.321-LambdaInsideVPC',
      );
    }
    if (props.reservedConcurrentExecutions === undefined) {
      acknowledge(
        this.function,
        'Reserved concurrency is kept for where correctness needs it: small accounts have small quotas',
        'NIST.800.53.R5-LambdaConcurrency',
      );
    }
  }

  /** The role that the function acts with. */
  public get role(): iam.IRole {
    return this.executionRole.role;
  }

  public allow(actions: string[], resources: string[], conditions?: Record<string, Record<string, string>>): void {
    this.executionRole.allow(actions, resources, conditions);
  }
}

/**
 * Lambda itself makes and deletes the interfaces, as this role, and checks beforehand that it may; the function's code may not.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
 */
function allowNetworkInterfaces(role: PolicyRole): void {
  const actions = [
    ...['CreateNetworkInterface', 'DeleteNetworkInterface', 'DescribeNetworkInterfaces', 'DescribeSubnets'],
    ...['AssignPrivateIpAddresses', 'UnassignPrivateIpAddresses'],
  ].map((action) => `ec2:${action}`);
  role.allow(actions, ['*']);
  role.deny(actions, ['*'], { Null: { 'lambda:SourceFunctionArn': 'false' } });
  acknowledgeWildcards(
    role,
    'Lambda makes and deletes the interfaces, whose ids it chooses; calls of the function itself are denied',
    '*',
  );
}
