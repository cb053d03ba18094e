import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge';

const LOCKED: s3.BucketProps = {
  blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
  removalPolicy: RemovalPolicy.RETAIN,
};

/** A bucket that AWS services deliver logs to; they expire after `keep`. */
export function defineLogBucket(scope: Construct, id: string, keep: Duration): s3.Bucket {
  const bucket = new s3.Bucket(scope, id, {
    ...LOCKED,
    encryption: s3.BucketEncryption.S3_MANAGED,
    lifecycleRules: [{ expiration: keep, abortIncompleteMultipartUploadAfter: Duration.days(7) }],
  });
  acknowledge(
    bucket,
    'Load balancers and S3 server access logging deliver only to buckets encrypted with SSE-S3',
    'NIST.800.53.R5-S3DefaultEncryptionKMS',
    'PCI.DSS.321-S3DefaultEncryptionKMS',
  );
  acknowledge(
    bucket,
    'Log objects are written once under a new name and never overwritten; a version of each would only double the cost',
    'NIST.800.53.R5-S3BucketVersioningEnabled',
    'PCI.DSS.321-S3BucketVersioningEnabled',
  );
  acknowledge(
    bucket,
    'This bucket receives access logs; logging the logger would feed itself',
    'AwsSolutions-S1',
    'NIST.800.53.R5-S3BucketLoggingEnabled',
    'PCI.DSS.321-S3BucketLoggingEnabled',
  );
  acknowledgeNoReplication(bucket);
  return bucket;
}

export interface DataBucketProps {
  readonly encryptionKey: kms.IKey;
  readonly accessLogs: s3.IBucket;
  readonly versioned: boolean;
  readonly lifecycleRules?: s3.LifecycleRule[];
  readonly eventBridge?: boolean;
  /** Beginning of a name that no other account can take; CloudFormation appends account and region. */
  readonly namePrefix?: string;
}

/** A bucket for the platform's own data, encrypted with a key of ours, with server access logs. */
export function defineDataBucket(scope: Construct, id: string, props: DataBucketProps): s3.Bucket {
  const bucket = new s3.Bucket(scope, id, {
    ...LOCKED,
    encryption: s3.BucketEncryption.KMS,
    encryptionKey: props.encryptionKey,
    bucketKeyEnabled: true,
    versioned: props.versioned,
    serverAccessLogsBucket: props.accessLogs,
    serverAccessLogsPrefix: `${id}/`,
    ...(props.namePrefix && {
      bucketNamePrefix: props.namePrefix,
      bucketNamespace: s3.BucketNamespace.ACCOUNT_REGIONAL,
    }),
    lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(7) }, ...(props.lifecycleRules ?? [])],
  });
  if (props.eventBridge) {
    // The L2 switch adds a custom resource to the stack; the property itself does the same.
    const resource = bucket.node.defaultChild as s3.CfnBucket;
    resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  }
  if (!props.versioned) {
    acknowledge(
      bucket,
      'Objects are written once under a new name and expire; they can be made again from their source',
      'NIST.800.53.R5-S3BucketVersioningEnabled',
      'PCI.DSS.321-S3BucketVersioningEnabled',
    );
  }
  acknowledgeNoReplication(bucket);
  return bucket;
}

function acknowledgeNoReplication(bucket: s3.Bucket): void {
  acknowledge(
    bucket,
    'S3 keeps objects in three zones; a copy in a second region is a choice of the operator with a price of its own',
    'NIST.800.53.R5-S3BucketReplicationEnabled',
    'PCI.DSS.321-S3BucketReplicationEnabled',
  );
}
