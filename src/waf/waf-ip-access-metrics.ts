import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as constants from './ip-constants';
import type { IpFeed } from './ip-feed';

/** The metrics that the functions of one `WafIpAccess` publish through their logs. */
export class IpAccessMetrics {
  constructor(private readonly name: string) {}

  public of(metricName: string, statistic: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.define(metricName, statistic, {}, options);
  }

  public ofFeed(
    feed: IpFeed,
    metricName: string,
    statistic: string,
    options?: cloudwatch.MetricOptions,
  ): cloudwatch.Metric {
    return this.define(metricName, statistic, { [constants.FEED_DIMENSION]: feed.name }, options);
  }

  private define(
    metricName: string,
    statistic: string,
    dimensions: Record<string, string>,
    options?: cloudwatch.MetricOptions,
  ): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: constants.IP_ACCESS_NAMESPACE,
      metricName,
      dimensionsMap: { [constants.IP_ACCESS_DIMENSION]: this.name, ...dimensions },
      statistic,
      ...options,
    });
  }
}
