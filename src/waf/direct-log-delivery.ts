import { Names, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct, IDependable } from 'constructs';
import { allowLogDelivery } from '../private/encryption';
import { logDelivery } from '../private/log-delivery';
import type { DeliveredWafLog, WafLogDeliveryProps } from './delivered-waf-log';
import { DIRECT_PREFIX } from './log-constants';
import { defineWafLogBucket } from './waf-log-bucket';
import { JSON_LINES } from './waf-log-format';
import { WafLogTable } from './waf-log-table';
import { WAF_LOG_NAME_PREFIX } from './web-acl-logging';
import { WebAclScope } from './web-acl-scope';

/** S3 takes 63 characters; account, region (up to 14) and namespace come behind. */
const MOST_PREFIX_LENGTH = 63 - '-111122223333-'.length - 14 - '-an'.length;

/** WAF writes the records itself, below a folder of the web ACL that queries and the parser read. */
export function deliverDirectly(
  scope: Construct,
  { webAcl, encryptionKey, retention }: WafLogDeliveryProps,
): DeliveredWafLog {
  const { account, region } = Stack.of(scope);
  allowLogDelivery(encryptionKey);
  const unique = Names.uniqueResourceName(scope, {
    maxLength: MOST_PREFIX_LENGTH - WAF_LOG_NAME_PREFIX.length,
    separator: '-',
  });
  const bucket = defineWafLogBucket(scope, {
    encryptionKey,
    folders: [{ prefix: DIRECT_PREFIX, expiration: retention }],
    namePrefix: `${WAF_LOG_NAME_PREFIX}${unique.toLowerCase()}`,
  });
  const { scope: webAclScope, webAclName } = webAcl.webAclRef;
  const place = webAclScope === WebAclScope.CLOUDFRONT ? 'cloudfront' : region;
  const sourcePrefix = `${DIRECT_PREFIX}${account}/WAFLogs/${place}/${webAclName}/`;
  return {
    bucket,
    table: new WafLogTable(scope, 'Table', { bucket, prefix: sourcePrefix, retention, format: JSON_LINES }),
    sourcePrefix,
    destinationArn: bucket.bucketArn,
    permission: allowDelivery(bucket),
  };
}

/**
 * In AWS's own words: what it does not find so, it adds to the policy itself, and the next deployment takes it away.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-S3.html
 */
function allowDelivery(bucket: s3.Bucket): IDependable | undefined {
  const { principals, conditions } = logDelivery(bucket);
  bucket.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'AWSLogDeliveryAclCheck',
      principals,
      actions: ['s3:GetBucketAcl', 's3:ListBucket'],
      resources: [bucket.bucketArn],
      conditions,
    }),
  );
  return bucket.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'AWSLogDeliveryWrite',
      principals,
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects(`${DIRECT_PREFIX}${Stack.of(bucket).account}/*`)],
      conditions: {
        ...conditions,
        StringEquals: { ...conditions.StringEquals, 's3:x-amz-acl': 'bucket-owner-full-control' },
      },
    }),
  ).policyDependable;
}
