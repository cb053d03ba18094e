import { Duration } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { defineDataBucket, defineLogBucket } from '../private/buckets';
import { RESULT_PREFIX } from './log-constants';

export interface WafLogBucketProps {
  readonly encryptionKey: kms.IKey;
  /** What lies in the bucket beside the results of queries, and for how long. */
  readonly folders: { readonly prefix: string; readonly expiration: Duration }[];
  /** Beginning of the bucket's name, where somebody asks for it. */
  readonly namePrefix?: string;
}

/** The bucket of one log, whose folders end at different times and tell EventBridge what arrives. */
export function defineWafLogBucket(scope: Construct, { folders, ...props }: WafLogBucketProps): s3.Bucket {
  return defineDataBucket(scope, 'Log', {
    ...props,
    accessLogs: defineLogBucket(scope, 'AccessLogs', Duration.days(400)),
    versioned: false,
    eventBridge: true,
    lifecycleRules: [...folders, { prefix: RESULT_PREFIX, expiration: Duration.days(30) }],
  });
}
