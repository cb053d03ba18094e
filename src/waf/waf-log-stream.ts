import { Aws, type Duration, Names, RemovalPolicy, type Size, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as firehose from 'aws-cdk-lib/aws-kinesisfirehose';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { PolicyRole } from '../private/role';
import { acknowledgeWildcards } from '../private/wildcards';
import { ERROR_PREFIX, PARQUET_PREFIX, SOURCE_PREFIX } from './log-constants';
import type { WafLogTable } from './waf-log-table';
import { WAF_LOG_NAME_PREFIX } from './web-acl-logging';

export interface WafLogStreamProps {
  readonly bucket: s3.IBucket;
  readonly table: WafLogTable;
  readonly encryptionKey: kms.IKey;
  readonly bufferSize: Size;
  readonly bufferInterval: Duration;
}

const MOST_NAME_LENGTH = 64;

/** Of Firehose: seconds that the oldest record has waited. */
export const FRESHNESS_METRIC = 'DeliveryToS3.DataFreshness';

/** The untouched records wake the parser: the sooner they come, the sooner an offender is blocked. */
const SOURCE_BUFFER = { sizeInMBs: 16, intervalInSeconds: 60 };

/**
 * Takes the log of a web ACL, writes it as Parquet in the table's own columns for queries, and the untouched records, which the
 * parser reads, beside it. Nothing of ours stands in the path, so nothing of ours can lose a record.
 */
export class WafLogStream extends Construct {
  public readonly name: string;
  public readonly arn: string;

  constructor(scope: Construct, id: string, props: WafLogStreamProps) {
    super(scope, id);
    this.name = `${WAF_LOG_NAME_PREFIX}${Names.uniqueResourceName(this, { maxLength: MOST_NAME_LENGTH - WAF_LOG_NAME_PREFIX.length, separator: '-' })}`;
    const errors = new logs.LogGroup(this, 'Errors', {
      encryptionKey: props.encryptionKey,
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const parquetErrors = new logs.LogStream(this, 'ParquetErrors', {
      logGroup: errors,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const sourceErrors = new logs.LogStream(this, 'SourceErrors', {
      logGroup: errors,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const delivery = this.defineRole(props, errors);
    const destination = {
      bucketArn: props.bucket.bucketArn,
      roleArn: delivery.role.roleArn,
      encryptionConfiguration: { kmsEncryptionConfig: { awskmsKeyArn: props.encryptionKey.keyArn } },
    };
    const logTo = (stream: logs.LogStream) => ({
      enabled: true,
      logGroupName: errors.logGroupName,
      logStreamName: stream.logStreamName,
    });
    const stream = new firehose.CfnDeliveryStream(this, 'Resource', {
      deliveryStreamName: this.name,
      deliveryStreamType: 'DirectPut',
      deliveryStreamEncryptionConfigurationInput: { keyType: 'AWS_OWNED_CMK' },
      extendedS3DestinationConfiguration: {
        ...destination,
        prefix: `${PARQUET_PREFIX}!{timestamp:yyyy/MM/dd/HH}/`,
        errorOutputPrefix: `${ERROR_PREFIX}!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/`,
        bufferingHints: {
          sizeInMBs: props.bufferSize.toMebibytes(),
          intervalInSeconds: props.bufferInterval.toSeconds(),
        },
        cloudWatchLoggingOptions: logTo(parquetErrors),
        dataFormatConversionConfiguration: {
          enabled: true,
          // The names of the log differ from the columns' in case only, which this deserializer does not mind.
          inputFormatConfiguration: { deserializer: { openXJsonSerDe: { caseInsensitive: true } } },
          outputFormatConfiguration: { serializer: { parquetSerDe: { compression: 'SNAPPY' } } },
          schemaConfiguration: {
            catalogId: Stack.of(this).account,
            region: Stack.of(this).region,
            databaseName: props.table.databaseName,
            tableName: props.table.resource.ref,
            versionId: 'LATEST',
            roleArn: delivery.role.roleArn,
          },
        },
        s3BackupMode: 'Enabled',
        s3BackupConfiguration: {
          ...destination,
          prefix: `${SOURCE_PREFIX}!{timestamp:yyyy/MM/dd/HH}/`,
          errorOutputPrefix: `${ERROR_PREFIX}source/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/`,
          bufferingHints: SOURCE_BUFFER,
          compressionFormat: 'GZIP',
          cloudWatchLoggingOptions: logTo(sourceErrors),
        },
      },
    });
    stream.node.addDependency(delivery);
    this.arn = stream.attrArn;
  }

  public metric(metricName: string, options: cloudwatch.MetricOptions): cloudwatch.Metric {
    const dimensionsMap = { DeliveryStreamName: this.name };
    return new cloudwatch.Metric({ namespace: 'AWS/Firehose', metricName, dimensionsMap, ...options });
  }

  private defineRole({ bucket, table, encryptionKey }: WafLogStreamProps, errors: logs.ILogGroup): PolicyRole {
    const stack = Stack.of(this);
    const role = new PolicyRole(this, 'Delivery', {
      assumedBy: new iam.ServicePrincipal('firehose.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
      }),
      description: 'Lets Firehose write the log of a web ACL',
    });
    const objects = bucket.arnForObjects('*');
    role.allow(['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'], [bucket.bucketArn]);
    role.allow(['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'], [objects]);
    acknowledgeWildcards(role, 'Firehose names each object itself; the bucket holds nothing but this log', objects);
    role.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [encryptionKey.keyArn], {
      StringEquals: { 'kms:ViaService': `s3.${stack.region}.${Aws.URL_SUFFIX}` },
    });
    role.allow(['glue:GetTable', 'glue:GetTableVersion', 'glue:GetTableVersions'], table.arns);
    role.allow(['logs:PutLogEvents'], [errors.logGroupArn]);
    return role;
  }
}
