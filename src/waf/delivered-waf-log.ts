import type { Duration } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { IDependable } from 'constructs';
import type { PlatformWebAcl } from './platform-web-acl';
import type { WafLogStream } from './waf-log-stream';
import type { WafLogTable } from './waf-log-table';

export interface WafLogDeliveryProps {
  readonly webAcl: PlatformWebAcl;
  readonly encryptionKey: kms.IKey;
  readonly retention: Duration;
}

/** A log on its way to S3, and where it can be read there. */
export interface DeliveredWafLog {
  readonly bucket: s3.IBucket;
  readonly table: WafLogTable;
  /** Below it lie the records as WAF wrote them. */
  readonly sourcePrefix: string;
  /** What WAF writes to. */
  readonly destinationArn: string;
  /** What must be there before WAF may write. */
  readonly permission?: IDependable;
  /** Of Firehose, if that delivers. */
  readonly stream?: WafLogStream;
}
