import { Duration, Stack } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { acknowledge } from '../private/acknowledge';
import { FunctionScheduler } from '../private/function-scheduler';
import { PlatformFunction } from '../private/functions';
import { MANUAL_SOURCE, type PrefixBounds } from './entries';
import * as constants from './ip-constants';

import { arnOf, type WriterTarget } from './ip-sets';
import { WriterFunction } from './writer-function';

export interface IpSetWriterProps {
  readonly table: dynamodb.TableV2;
  readonly targets: readonly WriterTarget[];
  readonly neverBlock: readonly string[];
  readonly bounds: PrefixBounds;
  /** Tells what it would change, and changes nothing. */
  readonly dryRun: boolean;
  readonly changeTopic: sns.ITopic;
  readonly encryptionKey: kms.IKey;
  /** Value of the metrics' dimension. */
  readonly name: string;
}

/** The one function that writes IP sets. It runs alone, so that two runs never work on one set. */
export class IpSetWriter extends Construct {
  public readonly function: PlatformFunction;

  constructor(scope: Construct, id: string, props: IpSetWriterProps) {
    super(scope, id);
    const stack = Stack.of(this);
    this.function = new PlatformFunction(this, 'Writer', {
      code: WriterFunction,
      description: 'Makes the IP sets of web ACLs equal to the table of IP entries',
      encryptionKey: props.encryptionKey,
      timeout: Duration.minutes(5),
      memorySize: 512,
      reservedConcurrentExecutions: 1,
      environment: {
        [constants.ENTRY_TABLE_NAME_ENV]: props.table.tableName,
        [constants.IP_SETS_ENV]: stack.toJsonString(props.targets),
        [constants.NEVER_BLOCK_ENV]: stack.toJsonString(props.neverBlock),
        [constants.PREFIX_BOUNDS_ENV]: stack.toJsonString(props.bounds),
        [constants.DRY_RUN_ENV]: String(props.dryRun),
        [constants.CHANGE_TOPIC_ENV]: props.changeTopic.topicArn,
        [constants.IP_ACCESS_NAME_ENV]: props.name,
      },
      isEvidence: true,
    });
    this.function.allow(['dynamodb:Scan'], [props.table.tableArn]);
    this.function.allow(['sns:Publish'], [props.changeTopic.topicArn]);
    this.function.allow(
      ['wafv2:GetIPSet', 'wafv2:UpdateIPSet'],
      props.targets.map((target) => arnOf(this, target)),
    );
    this.wakeOnChange(props.table);
    new FunctionScheduler(this, 'Schedules', this.function, props.encryptionKey).add('Reconcile', {
      description: 'Brings the IP sets up to date: expired entries leave no event until DynamoDB deletes them',
      schedule: scheduler.ScheduleExpression.rate(Duration.minutes(5)),
    });
  }

  /** Offenders' counts and feeds' new ends change no set, so such updates do not wake the writer; an operator's do. */
  private wakeOnChange(table: dynamodb.TableV2): void {
    const streamArn = table.tableStreamArn as string;
    this.function.allow(['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], [streamArn]);
    this.function.allow(['dynamodb:ListStreams'], ['*']);
    acknowledge(
      this.function,
      'dynamodb:ListStreams, which Lambda demands of a stream consumer, knows no resource; it reveals stream names only',
      'AwsSolutions-IAM5[Resource::*]',
    );
    new lambda.EventSourceMapping(this, 'Stream', {
      target: this.function.function,
      eventSourceArn: streamArn,
      startingPosition: lambda.StartingPosition.LATEST,
      batchSize: 10_000,
      maxBatchingWindow: Duration.seconds(20),
      retryAttempts: 5,
      maxRecordAge: Duration.hours(1),
      onFailure: new SqsDlq(this.function.deadLetterQueue),
      filters: [
        lambda.FilterCriteria.filter({ eventName: lambda.FilterRule.or('INSERT', 'REMOVE') }),
        lambda.FilterCriteria.filter({
          eventName: lambda.FilterRule.isEqual('MODIFY'),
          dynamodb: { Keys: { source: { S: lambda.FilterRule.isEqual(MANUAL_SOURCE) } } },
        }),
      ],
    });
  }
}
