import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { PlatformFunction } from '../private/functions';
import { acknowledgeWildcards } from '../private/wildcards';
import * as constants from './log-constants';
import { LogParserFunction } from './log-parser-function';
import type { Offence } from './offence';

export interface WafLogParserProps {
  readonly bucket: s3.IBucket;
  /** Below it lie the objects that wake the parser. */
  readonly prefix: string;
  readonly accessLogs?: s3.IBucket;
  readonly offences: readonly Offence[];
  readonly directHosts: readonly string[];
  readonly chargePointHosts: readonly string[];
  readonly encryptionKey: kms.IKey;
  /** Value of the metrics' dimension and source of the entries. */
  readonly name: string;
}

/** Reads each new object of the log and finds who offended. */
export class WafLogParser extends Construct {
  public readonly function: PlatformFunction;
  public readonly counts: dynamodb.TableV2;
  private readonly sourceArrived: events.Rule;

  constructor(scope: Construct, id: string, props: WafLogParserProps) {
    super(scope, id);
    const stack = Stack.of(this);
    this.counts = this.defineCounts(props.encryptionKey);
    this.function = new PlatformFunction(this, 'Function', {
      code: LogParserFunction,
      description: 'Finds offenders in the log of a web ACL',
      encryptionKey: props.encryptionKey,
      timeout: Duration.minutes(10),
      memorySize: 1024,
      environment: {
        [constants.OFFENCES_ENV]: stack.toJsonString(props.offences.map((offence) => offence._spec())),
        [constants.COUNT_TABLE_ENV]: this.counts.tableName,
        [constants.DIRECT_HOSTS_ENV]: stack.toJsonString(props.directHosts),
        [constants.CHARGE_POINT_HOSTS_ENV]: stack.toJsonString(props.chargePointHosts),
        [constants.LOG_ANALYTICS_NAME_ENV]: props.name,
        ...(props.accessLogs && { [constants.ACCESS_LOG_BUCKET_ENV]: props.accessLogs.bucketName }),
      },
    });
    this.function.allow(['dynamodb:PutItem', 'dynamodb:Query'], [this.counts.tableArn]);
    this.sourceArrived = this.readFrom('Source', props.bucket, props.prefix);
    if (props.accessLogs) {
      notifyEventBridge(props.accessLogs);
      this.readFrom('AccessLogs', props.accessLogs, undefined);
    }
  }

  /** Objects of the web ACL's log that arrived. Without one there is no value, not a zero. */
  public metricObjects(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/Events',
      metricName: 'TriggeredRules',
      dimensionsMap: { RuleName: this.sourceArrived.ruleName },
      statistic: cloudwatch.Stats.SUM,
      ...options,
    });
  }

  /** What was counted in the last hours. It is lost without harm, and goes with the stack. */
  private defineCounts(encryptionKey: kms.IKey): dynamodb.TableV2 {
    return new dynamodb.TableV2(this, 'Counts', {
      partitionKey: { name: constants.COUNT_PARTITION_KEY, type: dynamodb.AttributeType.STRING },
      sortKey: { name: constants.COUNT_SORT_KEY, type: dynamodb.AttributeType.STRING },
      timeToLiveAttribute: constants.COUNT_TTL_ATTRIBUTE,
      billing: dynamodb.Billing.onDemand(),
      encryption: dynamodb.TableEncryptionV2.customerManagedKey(encryptionKey),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }

  private readFrom(id: string, bucket: s3.IBucket, prefix: string | undefined): events.Rule {
    const objects = bucket.arnForObjects(`${prefix ?? ''}*`);
    this.function.allow(['s3:GetObject'], [objects]);
    acknowledgeWildcards(this.function, 'Log objects get new names each minute; the parser reads them all', objects);
    const rule = new events.Rule(this, `${id}Arrived`, {
      description: 'Wakes the log parser',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [bucket.bucketName] },
          ...(prefix === undefined ? {} : { object: { key: [{ prefix }] } }),
        },
      },
    });
    rule.addTarget(
      new targets.LambdaFunction(this.function.function, {
        deadLetterQueue: this.function.deadLetterQueue,
        maxEventAge: Duration.hours(6),
      }),
    );
    return rule;
  }
}

/** The L2 switch adds a custom resource to the stack; the property itself does the same. A bucket of elsewhere is its owner's to switch. */
function notifyEventBridge(bucket: s3.IBucket): void {
  const resource = bucket.node.defaultChild as s3.CfnBucket | undefined;
  if (resource) {
    resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  }
}
