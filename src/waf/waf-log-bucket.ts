import { Duration } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { defineDataBucket, defineLogBucket } from '../private/buckets';
import * as constants from './log-constants';

export interface WafLogBucketProps {
  readonly encryptionKey: kms.IKey;
  readonly retention: Duration;
  readonly sourceRetention: Duration;
}

/** The bucket of one log, whose folders end at different times and tell EventBridge what arrives. */
export function defineWafLogBucket(scope: Construct, props: WafLogBucketProps): s3.Bucket {
  const month = Duration.days(30);
  return defineDataBucket(scope, 'Log', {
    encryptionKey: props.encryptionKey,
    accessLogs: defineLogBucket(scope, 'AccessLogs', Duration.days(400)),
    versioned: false,
    eventBridge: true,
    lifecycleRules: [
      { prefix: constants.PARQUET_PREFIX, expiration: props.retention },
      { prefix: constants.SOURCE_PREFIX, expiration: props.sourceRetention },
      { prefix: constants.ERROR_PREFIX, expiration: month },
      { prefix: constants.RESULT_PREFIX, expiration: month },
    ],
  });
}
