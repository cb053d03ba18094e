import { Duration, RemovalPolicy, Stack, Tokenization } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { FunctionScheduler } from '../private/function-scheduler';
import { PlatformFunction, type PlatformFunctionProps } from '../private/functions';
import { acknowledgeWildcards } from '../private/wildcards';
import * as constants from './constants';
import { EventsFunction } from './events-function';
import { ReconcileFunction } from './reconcile-function';
import { UnsuppressFunction } from './unsuppress-function';

export interface SuppressionProps {
  readonly topic: sns.Topic;
  readonly encryptionKey: kms.IKey;
  readonly retention: Duration;
  /** Value of the metrics' dimension. */
  readonly name: string;
}

/** Remembers who bounced or complained, and keeps SES's suppression list and that memory in step. */
export class Suppression extends Construct {
  public readonly table: dynamodb.TableV2;
  public readonly events: PlatformFunction;
  public readonly unsuppress: lambda.Function;
  public readonly comparison: PlatformFunction;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: SuppressionProps,
  ) {
    super(scope, id);
    this.table = this.defineTable();
    this.events = this.defineFunction('Events', EventsFunction, 'Remembers mail events and suppresses addresses', {
      ses: ['ses:PutSuppressedDestination'],
    });
    this.unsuppress = this.defineFunction('Unsuppress', UnsuppressFunction, 'Lets an address have mail again', {
      ses: ['ses:DeleteSuppressedDestination'],
    }).function;
    this.comparison = this.defineFunction('Comparison', ReconcileFunction, 'Compares the suppression list every day', {
      ses: ['ses:ListSuppressedDestinations'],
      table: ['dynamodb:Scan'],
      timeout: Duration.minutes(15),
    });
    this.subscribe(this.events);
    this.compareDaily(this.comparison);
  }

  private defineTable(): dynamodb.TableV2 {
    return new dynamodb.TableV2(this, 'Audit', {
      partitionKey: { name: constants.AUDIT_PARTITION_KEY, type: dynamodb.AttributeType.STRING },
      sortKey: { name: constants.AUDIT_SORT_KEY, type: dynamodb.AttributeType.STRING },
      timeToLiveAttribute: constants.AUDIT_TTL_ATTRIBUTE,
      billing: dynamodb.Billing.onDemand(),
      encryption: dynamodb.TableEncryptionV2.customerManagedKey(this.props.encryptionKey),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  private defineFunction(
    id: string,
    code: PlatformFunctionProps['code'],
    description: string,
    allowed: { readonly ses: string[]; readonly table?: string[]; readonly timeout?: Duration },
  ): PlatformFunction {
    const defined = new PlatformFunction(this, id, {
      code,
      description,
      encryptionKey: this.props.encryptionKey,
      timeout: allowed.timeout ?? Duration.minutes(1),
      environment: {
        [constants.AUDIT_TABLE_ENV]: this.table.tableName,
        [constants.AUDIT_DAYS_ENV]: Tokenization.stringifyNumber(this.props.retention.toDays({ integral: false })),
        [constants.MAIL_NAME_ENV]: this.props.name,
      },
    });
    // A transaction that puts is allowed by dynamodb:PutItem.
    const actions = ['dynamodb:GetItem', 'dynamodb:PutItem', ...(allowed.table ?? [])];
    defined.allow(actions, [this.table.tableArn]);
    defined.allow(allowed.ses, ['*']);
    acknowledgeWildcards(defined, "The account's suppression list is one per region and has no ARN", '*');
    return defined;
  }

  /** What the topic cannot deliver and what the function cannot take end in the same queue. */
  private subscribe({ function: handler, deadLetterQueue }: PlatformFunction): void {
    const { topic, encryptionKey } = this.props;
    handler.addPermission('Topic', {
      principal: new iam.ServicePrincipal('sns.amazonaws.com'),
      sourceArn: topic.topicArn,
    });
    new sns.Subscription(this, 'Subscription', {
      topic,
      protocol: sns.SubscriptionProtocol.LAMBDA,
      endpoint: handler.functionArn,
      deadLetterQueue,
    });
    // Not the topic's own ARN: the topic needs the key, so the key cannot need the topic.
    const { partition, region, account } = Stack.of(this);
    encryptionKey.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'TopicsToQueues',
        principals: [new iam.ServicePrincipal('sns.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: { ArnLike: { 'aws:SourceArn': `arn:${partition}:sns:${region}:${account}:*` } },
      }),
    );
  }

  private compareDaily(comparison: PlatformFunction): void {
    new FunctionScheduler(this, 'Schedules', comparison, this.props.encryptionKey).add('Daily', {
      description: "Compares the audit with SES's suppression list",
      schedule: scheduler.ScheduleExpression.rate(Duration.days(1)),
      jitter: Duration.minutes(15),
    });
  }
}
