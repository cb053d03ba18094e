import { Annotations, Duration, Stack } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { aws_wafv2 } from 'aws-cdk-lib/interfaces';
import { Construct } from 'constructs';
import type { IOperatorAlerts } from '../monitoring/api';
import { acknowledge } from '../private/acknowledge';
import { defineDataBucket, defineLogBucket } from '../private/buckets';
import { acrossRegions } from '../private/cross-region';
import { defineKey } from '../private/encryption';
import { invalid } from '../private/errors';
import { pinFeatureFlags } from '../private/feature-flags';
import { distributionMetric, EDGE_REGION } from './metrics';
import { OriginAccess } from './origin-access';
import { staticBehaviours } from './static-content';
import {
  validateCertificate,
  validateCovered,
  validateHostNames,
  validateOriginHostName,
  validateOriginTimeout,
  validateStaticPath,
  validateUnavailablePage,
  validateWebAcl,
} from './validation';
import type { WebDistributionProps } from './web-distribution-props';
import { WebDistributionTelemetry } from './web-distribution-telemetry';

/**
 * The public entrance of the web services: CloudFront in front of an internal load balancer and of static files in S3.
 *
 * In a stack of us-east-1 it delivers its access logs and defines its alarms itself. In any other region both are the work of a
 * `WebDistributionTelemetry`, because AWS takes them only in us-east-1; the log objects still land in this stack's region.
 *
 * On removal the buckets and the key are kept, the distribution is deleted.
 */
export class WebDistribution extends Construct {
  /** The distribution, for alias records and invalidations. */
  public readonly distribution: cloudfront.Distribution;
  /** Files served below `staticPath`. Your pipeline writes them, with a `Cache-Control` of its own. */
  public readonly staticContent: s3.Bucket;
  /** Access logs of the distribution, below `AWSLogs/`, and of `staticContent`. */
  public readonly logBucket: s3.Bucket;

  constructor(scope: Construct, id: string, props: WebDistributionProps) {
    super(scope, id);
    pinFeatureFlags(this);
    const staticPath = props.staticPath ?? '/static/*';
    const originReadTimeout = props.originReadTimeout ?? Duration.seconds(60);
    const originKeepaliveTimeout = props.originKeepaliveTimeout ?? Duration.seconds(30);
    validateHostNames(this, props.hostNames);
    validateOriginHostName(this, props.originHostName);
    validateCertificate(this, props.certificate);
    validateCovered(this, props.hostNames, props.certificate);
    validateStaticPath(this, staticPath);
    validateUnavailablePage(this, props.unavailablePage, staticPath);
    validateOriginTimeout(this, 'originReadTimeout', originReadTimeout);
    validateOriginTimeout(this, 'originKeepaliveTimeout', originKeepaliveTimeout);

    this.logBucket = defineLogBucket(this, 'Logs', props.logRetention ?? Duration.days(400));
    this.staticContent = defineDataBucket(this, 'StaticContent', {
      encryptionKey: props.encryptionKey ?? defineKey(this, 'Key', 'Static web content'),
      accessLogs: this.logBucket,
      versioned: true,
      lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(30) }],
    });
    const services = (props.originAccess ?? OriginAccess.vpcOrigin())._bind(this, {
      loadBalancer: props.origin,
      hostName: props.originHostName,
      readTimeout: originReadTimeout,
      keepaliveTimeout: originKeepaliveTimeout,
    });
    this.distribution = this.defineDistribution(props, services, staticPath);
    this.defineTelemetry(props.alerts);
  }

  /** Requests of all methods, counted. */
  public metricRequests(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return distributionMetric('Requests', 'Sum', this.distribution.distributionId, options);
  }

  /** Share of answers of the kind 4xx, in percent. */
  public metric4xxErrorRate(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return distributionMetric('4xxErrorRate', 'Average', this.distribution.distributionId, options);
  }

  /** Share of answers of the kind 5xx, in percent. */
  public metric5xxErrorRate(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return distributionMetric('5xxErrorRate', 'Average', this.distribution.distributionId, options);
  }

  /** Time until the origin's first byte of uncached answers, in milliseconds. */
  public metricOriginLatency(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return distributionMetric('OriginLatency', 'p90', this.distribution.distributionId, options);
  }

  /** Share of cacheable requests answered from the cache, in percent. */
  public metricCacheHitRate(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return distributionMetric('CacheHitRate', 'Average', this.distribution.distributionId, options);
  }

  private defineDistribution(props: WebDistributionProps, services: cloudfront.IOrigin, staticPath: string) {
    const distribution = new cloudfront.Distribution(this, 'Distribution', {
      domainNames: props.hostNames,
      certificate: this.importCertificate(props.certificate),
      webAclId: props.webAcl && this.importWebAcl(props.webAcl),
      minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2025,
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
      priceClass: props.priceClass ?? cloudfront.PriceClass.PRICE_CLASS_100,
      geoRestriction: props.geoRestriction,
      errorResponses: unavailable(props.unavailablePage),
      publishAdditionalMetrics: true,
      defaultBehavior: {
        origin: services,
        viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
        cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
        originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER,
        responseHeadersPolicy: cloudfront.ResponseHeadersPolicy.SECURITY_HEADERS,
        compress: true,
      },
      additionalBehaviors: staticBehaviours(
        this,
        staticPath,
        origins.S3BucketOrigin.withOriginAccessControl(this.staticContent),
      ),
    });
    acknowledgeKeyPolicy(this);
    if (!props.geoRestriction) {
      acknowledge(
        distribution,
        'Drivers and roaming partners call from any country; the web ACL decides who may not',
        'AwsSolutions-CFR1',
      );
    }
    return distribution;
  }

  private importCertificate(certificate: acm.ICertificate): acm.ICertificate {
    const arn = acrossRegions(this, certificate, certificate.certificateArn);
    return arn === certificate.certificateArn
      ? certificate
      : acm.Certificate.fromCertificateArn(this, 'Certificate', arn);
  }

  private importWebAcl(webAcl: aws_wafv2.IWebACLRef): string {
    validateWebAcl(this, webAcl);
    return acrossRegions(this, webAcl, webAcl.webAclRef.webAclArn);
  }

  private defineTelemetry(alerts: IOperatorAlerts | undefined): void {
    if (Stack.of(this).region === EDGE_REGION) {
      new WebDistributionTelemetry(this, 'Telemetry', { distribution: this, alerts });
    } else if (alerts) {
      throw invalid(
        this,
        `'alerts' cannot be used in '${Stack.of(this).region}': CloudFront's metrics live in ${EDGE_REGION}; ` +
          `define a WebDistributionTelemetry with alerts of ${EDGE_REGION} in a stack of ${EDGE_REGION}`,
      );
    }
  }
}

/** Kept a few seconds only, so that the page goes when the services are back. */
function unavailable(page: string | undefined): cloudfront.ErrorResponse[] | undefined {
  return page === undefined
    ? undefined
    : [502, 503, 504].map((httpStatus) => ({
        httpStatus,
        responseHttpStatus: httpStatus,
        responsePagePath: page,
        ttl: Duration.seconds(5),
      }));
}

/** CDK tells of it twice, on the command line and in the report of validations; the first must be taken back when it has been said. */
function acknowledgeKeyPolicy(scope: Construct): void {
  const id = '@aws-cdk/aws-cloudfront-origins:wildcardKeyPolicyForOac';
  const reason =
    'The key serves the distributions of this account; the bucket, which holds the data, serves this one only';
  Annotations.of(scope).acknowledgeWarning(id, reason);
  acknowledge(scope, reason, `Annotation::${id}`);
}
