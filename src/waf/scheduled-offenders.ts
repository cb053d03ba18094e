import { Duration, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { PlatformFunction } from '../private/functions';
import { PolicyRole } from '../private/role';
import { acknowledgeWildcards } from '../private/wildcards';
import { LOG_ANALYTICS_NAME_ENV, RESULT_PREFIX } from './log-constants';
import type { OffenderQuery } from './offender-query';
import {
  OFFENDER_QUERIES_ENV,
  type OffenderQueryGuards,
  type OffenderQuerySpec,
  queryMark,
} from './offender-query-constants';
import { OffenderResultFunction } from './offender-result-function';
import type { WafLogTable } from './waf-log-table';
import type { WafLogWorkgroup } from './waf-log-workgroup';

export interface ScheduledOffendersProps {
  readonly queries: readonly OffenderQuery[];
  readonly guards: OffenderQueryGuards;
  readonly table: WafLogTable;
  /** A work group for these queries alone: its completions are the signal. */
  readonly workgroup: WafLogWorkgroup;
  readonly bucket: s3.IBucket;
  readonly encryptionKey: kms.IKey;
  /** Value of the metrics' dimension and source of the entries. */
  readonly name: string;
}

/** Asks Athena on a schedule who offended, and makes the answers entries when they come. Nobody waits for a query. */
export class ScheduledOffenders extends Construct {
  public readonly function: PlatformFunction;
  private readonly props: ScheduledOffendersProps;

  constructor(scope: Construct, id: string, props: ScheduledOffendersProps) {
    super(scope, id);
    this.props = props;
    this.function = this.defineFunction();
    const starter = this.defineStarter();
    props.queries.forEach((query, index) => {
      const schedule = new scheduler.Schedule(this, `Query${index}`, {
        description: `Asks who offended: ${query._kind}`,
        schedule: scheduler.ScheduleExpression.rate(query._interval),
        timeWindow: scheduler.TimeWindow.flexible(Duration.minutes(10)),
        target: { bind: () => this.startQuery(query, index, starter) },
      });
      schedule.node.addDependency(starter);
    });
    this.listen();
  }

  private startQuery(query: OffenderQuery, index: number, starter: PolicyRole): scheduler.ScheduleTargetConfig {
    const { table, guards, workgroup } = this.props;
    return {
      arn: `arn:${Stack.of(this).partition}:scheduler:::aws-sdk:athena:startQueryExecution`,
      role: starter.role,
      input: scheduler.ScheduleTargetInput.fromObject({
        QueryString: `${queryMark(String(index))}\n${query._sql(table.tableName, guards)}`,
        QueryExecutionContext: { Database: table.databaseName },
        WorkGroup: workgroup.name,
      }),
      deadLetterConfig: { arn: this.function.deadLetterQueue.queueArn },
      retryPolicy: { maximumEventAgeInSeconds: Duration.hours(1).toSeconds(), maximumRetryAttempts: 5 },
    };
  }

  private defineFunction(): PlatformFunction {
    const { queries, workgroup, bucket, encryptionKey, name } = this.props;
    const defined = new PlatformFunction(this, 'Result', {
      code: OffenderResultFunction,
      description: 'Makes the offenders that a query found entries',
      encryptionKey,
      timeout: Duration.minutes(10),
      environment: {
        [OFFENDER_QUERIES_ENV]: JSON.stringify(queries.map(specOf)),
        [LOG_ANALYTICS_NAME_ENV]: name,
      },
    });
    const results = bucket.arnForObjects(`${RESULT_PREFIX}*`);
    defined.allow(['athena:GetQueryExecution', 'athena:GetQueryResults'], [workgroup.arn]);
    defined.allow(['s3:GetObject'], [results]);
    acknowledgeWildcards(defined, 'Athena names each result itself below this prefix', results);
    return defined;
  }

  /** Athena acts with the permissions of whoever starts a query. */
  private defineStarter(): PolicyRole {
    const { table, workgroup, bucket, encryptionKey } = this.props;
    const role = new PolicyRole(this, 'Starter', {
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      description: 'Lets EventBridge Scheduler ask who offended',
    });
    const log = bucket.arnForObjects(`${table.prefix}*`);
    const results = bucket.arnForObjects(`${RESULT_PREFIX}*`);
    role.allow(['athena:StartQueryExecution'], [workgroup.arn]);
    role.allow(['glue:GetDatabase', 'glue:GetTable', 'glue:GetPartitions'], table.arns);
    role.allow(['s3:GetBucketLocation', 's3:ListBucket'], [bucket.bucketArn]);
    role.allow(['s3:GetObject'], [log]);
    role.allow(['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'], [results]);
    role.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [encryptionKey.keyArn]);
    role.allow(['sqs:SendMessage'], [this.function.deadLetterQueue.queueArn]);
    acknowledgeWildcards(
      role,
      'A query reads all of the log in its hours and Athena names its results itself',
      log,
      results,
    );
    return role;
  }

  private listen(): void {
    const rule = new events.Rule(this, 'Ended', {
      description: 'A query for offenders has ended',
      eventPattern: {
        source: ['aws.athena'],
        detailType: ['Athena Query State Change'],
        detail: { workgroupName: [this.props.workgroup.name], currentState: ['SUCCEEDED', 'FAILED', 'CANCELLED'] },
      },
    });
    rule.addTarget(
      new targets.LambdaFunction(this.function.function, {
        deadLetterQueue: this.function.deadLetterQueue,
        maxEventAge: Duration.hours(6),
      }),
    );
  }
}

function specOf(query: OffenderQuery): OffenderQuerySpec {
  return {
    kind: query._kind,
    blockSeconds: query._blockDuration.toSeconds(),
    lookBackHours: query._lookBack.toHours(),
  };
}
