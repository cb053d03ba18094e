import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';

/** Where Route 53 keeps the metrics of health checks. */
export const HEALTH_REGION = 'us-east-1';

/** @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-cloudwatch.html */
export function healthMetric(healthCheckId: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/Route53',
    metricName: 'HealthCheckStatus',
    dimensionsMap: { HealthCheckId: healthCheckId },
    region: HEALTH_REGION,
    statistic: 'Minimum',
    ...options,
  });
}

/** @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-resolver-with-cloudwatch.html */
export function endpointMetric(
  metricName: string,
  statistic: string,
  endpointId: string,
  options?: cloudwatch.MetricOptions,
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/Route53Resolver',
    metricName,
    dimensionsMap: { EndpointId: endpointId },
    statistic,
    ...options,
  });
}
