import { Names, Stack, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { AlertSeverity, type IOperatorAlerts } from '../monitoring/api';
import { acknowledge } from '../private/acknowledge';
import { Alarms } from '../private/alarms';
import { acrossRegions } from '../private/cross-region';
import { invalid } from '../private/errors';
import { pinFeatureFlags } from '../private/feature-flags';
import { distributionMetric, EDGE_REGION } from './metrics';
import type { WebDistribution } from './web-distribution';

/** Properties of `WebDistributionTelemetry`. */
export interface WebDistributionTelemetryProps {
  /** Distribution that is logged and watched; its stack may be of any region. */
  readonly distribution: WebDistribution;
  /**
   * Where alarms go: alerts of us-east-1.
   * @default - no alarms are defined
   */
  readonly alerts?: IOperatorAlerts;
}

/**
 * What CloudFront keeps in us-east-1: the delivery of access logs and the alarms.
 *
 * Logs travel by CloudFront's standard logging (v2), which, unlike the older form, delivers to regions that an account opts in to,
 * such as Spain. They land as JSON below `AWSLogs/<account>/CloudFront/` in the distribution's `logBucket`, within minutes.
 *
 * It holds no data; on removal logging stops.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
 */
export class WebDistributionTelemetry extends Construct {
  constructor(scope: Construct, id: string, props: WebDistributionTelemetryProps) {
    super(scope, id);
    pinFeatureFlags(this);
    const { region } = Stack.of(this);
    if (Token.isUnresolved(region) || region !== EDGE_REGION) {
      throw invalid(
        this,
        `WebDistributionTelemetry must be in a stack of ${EDGE_REGION}, got ` +
          `${Token.isUnresolved(region) ? 'a stack without a region' : `'${region}'`}; AWS keeps CloudFront's metrics and log delivery there`,
      );
    }
    this.defineLogDelivery(props.distribution);
    this.defineAlarms(props.distribution, props.alerts);
  }

  private defineLogDelivery({ distribution, logBucket }: WebDistribution): void {
    const name = Names.uniqueResourceName(this, { maxLength: 60, separator: '-' });
    const policy = this.allowDelivery(logBucket, name);
    const { account, partition } = Stack.of(this);
    const distributionId = acrossRegions(this, distribution, distribution.distributionId);
    const source = new logs.CfnDeliverySource(this, 'Source', {
      name,
      logType: 'ACCESS_LOGS',
      resourceArn: `arn:${partition}:cloudfront::${account}:distribution/${distributionId}`,
    });
    const bucket = logBucket.node.defaultChild as s3.CfnBucket;
    const destination = new logs.CfnDeliveryDestination(this, 'Destination', {
      name,
      destinationResourceArn: acrossRegions(this, logBucket, bucket.attrArn),
      outputFormat: 'json',
    });
    const delivery = new logs.CfnDelivery(this, 'Delivery', {
      deliverySourceName: source.ref,
      deliveryDestinationArn: destination.attrArn,
    });
    delivery.node.addDependency(policy);
    acknowledge(
      distribution,
      'Access logs are delivered by standard logging (v2), defined in us-east-1 as AWS demands; the rule knows only the older form, which cannot reach opt-in regions',
      'AwsSolutions-CFR3',
    );
  }

  private allowDelivery(logBucket: s3.Bucket, sourceName: string) {
    const { account, partition } = Stack.of(logBucket);
    const { policyDependable } = logBucket.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('delivery.logs.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: [logBucket.arnForObjects(`AWSLogs/${account}/*`)],
        conditions: {
          StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control', 'aws:SourceAccount': account },
          ArnEquals: {
            'aws:SourceArn': `arn:${partition}:logs:${EDGE_REGION}:${account}:delivery-source:${sourceName}`,
          },
        },
      }),
    );
    return policyDependable ?? logBucket;
  }

  private defineAlarms({ distribution }: WebDistribution, alerts: IOperatorAlerts | undefined): void {
    const id = acrossRegions(this, distribution, distribution.distributionId);
    const alarms = Alarms.of(this, alerts);
    alarms?.add('ServerErrors', {
      metric: distributionMetric('5xxErrorRate', 'Average', id),
      threshold: 5,
      evaluationPeriods: 2,
      description: 'At least 5 % of web requests failed with 5xx for 10 minutes',
      severity: AlertSeverity.HIGH,
      runbook: 'cdn-server-errors',
    });
    alarms?.add('ClientErrors', {
      metric: distributionMetric('4xxErrorRate', 'Average', id),
      threshold: 40,
      evaluationPeriods: 6,
      description: 'At least 40 % of web requests were refused with 4xx for 30 minutes',
      severity: AlertSeverity.LOW,
      runbook: 'cdn-client-errors',
    });
    alarms?.add('OriginLatency', {
      metric: distributionMetric('OriginLatency', 'p90', id),
      threshold: 5000,
      evaluationPeriods: 3,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      description: 'One in ten uncached web requests waited more than 5 seconds for the platform for 15 minutes',
      severity: AlertSeverity.MEDIUM,
      runbook: 'cdn-origin-slow',
    });
  }
}
