import { Duration, Size } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DeliveredWafLog, WafLogDeliveryProps } from './delivered-waf-log';
import { deliverDirectly } from './direct-log-delivery';
import { deliverByFirehose } from './firehose-log-delivery';
import { validateBuffer, validateRetention } from './waf-log-analytics-validation';

/** How Firehose writes the log of a web ACL. */
export interface FirehoseDeliveryOptions {
  /**
   * How long the untouched records are kept, from which offenders are found and the rest can be made again, 1 to 3653 days.
   * @default Duration.days(7)
   */
  readonly sourceRetention?: Duration;
  /**
   * Size at which Firehose writes an object for queries, 64 to 128 MiB.
   * @default Size.mebibytes(128)
   */
  readonly bufferSize?: Size;
  /**
   * Time after which Firehose writes an object for queries, 60 to 900 seconds. Offenders are found sooner, within about two minutes.
   * @default Duration.minutes(5)
   */
  readonly bufferInterval?: Duration;
}

/**
 * How the log of a web ACL comes to S3. A change makes a new bucket: the old one stays with what it holds, and queries no longer read it.
 */
export class WafLogDelivery {
  /**
   * By Firehose, as Parquet for queries and untouched for the search for offenders, who are found within about two minutes.
   * @see https://docs.aws.amazon.com/waf/latest/developerguide/logging-kinesis.html
   */
  public static firehose(options: FirehoseDeliveryOptions = {}): WafLogDelivery {
    const { sourceRetention = Duration.days(7) } = options;
    const { bufferSize = Size.mebibytes(128), bufferInterval = Duration.minutes(5) } = options;
    return new WafLogDelivery((scope, props) => {
      validateRetention(scope, 'sourceRetention', sourceRetention);
      validateBuffer(scope, bufferSize, bufferInterval);
      return deliverByFirehose(scope, props, { sourceRetention, bufferSize, bufferInterval });
    });
  }

  /**
   * By WAF itself, every 5 minutes, as gzip JSON that queries and the search for offenders read alike. Fewer parts that can fail, offenders are
   * found within about seven minutes, a query reads whole records instead of columns, and no metric of AWS tells that a record is missing.
   * @see https://docs.aws.amazon.com/waf/latest/developerguide/logging-s3.html
   */
  public static directToS3(): WafLogDelivery {
    return new WafLogDelivery(deliverDirectly);
  }

  private constructor(private readonly define: (scope: Construct, props: WafLogDeliveryProps) => DeliveredWafLog) {}

  /** @internal */
  public _bind(scope: Construct, props: WafLogDeliveryProps): DeliveredWafLog {
    return this.define(scope, props);
  }
}
