import { Duration, type Size } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DeliveredWafLog, WafLogDeliveryProps } from './delivered-waf-log';
import { ERROR_PREFIX, PARQUET_PREFIX, SOURCE_PREFIX } from './log-constants';
import { defineWafLogBucket } from './waf-log-bucket';
import { PARQUET } from './waf-log-format';
import { WafLogStream } from './waf-log-stream';
import { WafLogTable } from './waf-log-table';

export interface FirehoseDeliveryProps {
  readonly sourceRetention: Duration;
  readonly bufferSize: Size;
  readonly bufferInterval: Duration;
}

/** Firehose converts for queries, and leaves the untouched records for the parser. */
export function deliverByFirehose(
  scope: Construct,
  { encryptionKey, retention }: WafLogDeliveryProps,
  { sourceRetention, ...buffer }: FirehoseDeliveryProps,
): DeliveredWafLog {
  const bucket = defineWafLogBucket(scope, {
    encryptionKey,
    folders: [
      { prefix: PARQUET_PREFIX, expiration: retention },
      { prefix: SOURCE_PREFIX, expiration: sourceRetention },
      { prefix: ERROR_PREFIX, expiration: Duration.days(30) },
    ],
  });
  const table = new WafLogTable(scope, 'Table', { bucket, prefix: PARQUET_PREFIX, retention, format: PARQUET });
  const stream = new WafLogStream(scope, 'Stream', { ...buffer, bucket, table, encryptionKey });
  return { bucket, table, sourcePrefix: SOURCE_PREFIX, destinationArn: stream.arn, stream };
}
