import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';

/** Where CloudFront is run from: its metrics, its certificates, its web ACLs and the delivery of its logs live here. */
export const EDGE_REGION = 'us-east-1';

/**
 * A metric of one distribution. CloudFront publishes under two dimensions; the CDK's own methods name only the first and so find
 * no data.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
 */
export function distributionMetric(
  metricName: string,
  statistic: string,
  distributionId: string,
  options?: cloudwatch.MetricOptions,
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/CloudFront',
    metricName,
    dimensionsMap: { DistributionId: distributionId, Region: 'Global' },
    region: EDGE_REGION,
    statistic,
    ...options,
  });
}
