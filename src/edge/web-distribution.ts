import { Annotations, Duration, Stack } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as kms from 'aws-cdk-lib/aws-kms';
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
import {
  validateCertificate,
  validateHostNames,
  validateOriginHostName,
  validateOriginTimeout,
  validateStaticPath,
  validateWebAcl,
} from './validation';
import { WebDistributionTelemetry } from './web-distribution-telemetry';

/** Properties of `WebDistribution`. */
export interface WebDistributionProps {
  /**
   * Public host names of the web services (API, OCPI, Back Office), 1 to 100. The certificate covers each of them.
   * Names that begin with `ocpp` are refused: charge points need the fixed addresses of the network load balancer.
   */
  readonly hostNames: string[];
  /**
   * Internal load balancer that answers, listening for HTTPS on port 443. CloudFront reaches it through a VPC origin: the VPC needs an
   * internet gateway, though no route to it, and the load balancer's security group must let CloudFront's managed prefix list in on 443.
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
   */
  readonly origin: elbv2.IApplicationLoadBalancer;
  /** Name that the load balancer's own certificate covers; CloudFront refuses the connection when it does not. */
  readonly originHostName: string;
  /** Certificate for `hostNames`, of us-east-1. It may be defined in another stack: it is referenced without custom resources. */
  readonly certificate: acm.ICertificate;
  /**
   * Web ACL of scope CLOUDFRONT, of us-east-1. It may be defined in another stack: it is referenced without custom resources.
   * @default - requests are not filtered at the edge, which security audits report
   */
  readonly webAcl?: aws_wafv2.IWebACLRef;
  /**
   * Path whose files come from `staticContent` and are cached. The path is part of the object's key: `/static/app.js` is
   * the object `static/app.js`.
   * @default '/static/*'
   */
  readonly staticPath?: string;
  /**
   * How long CloudFront waits for the load balancer's answer, 1 to 120 seconds.
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
   * @default Duration.seconds(60)
   */
  readonly originReadTimeout?: Duration;
  /**
   * How long CloudFront keeps an idle connection to the load balancer open, 1 to 120 seconds. Keep it below the load
   * balancer's own idle timeout, or requests meet a closed connection.
   * @default Duration.seconds(30)
   */
  readonly originKeepaliveTimeout?: Duration;
  /**
   * Key that encrypts static content.
   * @default - a key with rotation is defined, kept on removal
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * How long access logs are kept.
   * @default Duration.days(400)
   */
  readonly logRetention?: Duration;
  /**
   * Where alarms go. CloudFront's metrics live in us-east-1, so this is for a distribution in a stack of us-east-1; elsewhere
   * give the alerts to a `WebDistributionTelemetry` in a stack of us-east-1.
   * @default - no alarms are defined
   */
  readonly alerts?: IOperatorAlerts;
}

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
    validateStaticPath(this, staticPath);
    validateOriginTimeout(this, 'originReadTimeout', originReadTimeout);
    validateOriginTimeout(this, 'originKeepaliveTimeout', originKeepaliveTimeout);

    this.logBucket = defineLogBucket(this, 'Logs', props.logRetention ?? Duration.days(400));
    this.staticContent = defineDataBucket(this, 'StaticContent', {
      encryptionKey: props.encryptionKey ?? defineKey(this, 'Key', 'Static web content'),
      accessLogs: this.logBucket,
      versioned: true,
      lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(30) }],
    });
    const services = this.defineServicesOrigin(props, originReadTimeout, originKeepaliveTimeout);
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

  private defineServicesOrigin(props: WebDistributionProps, readTimeout: Duration, keepaliveTimeout: Duration) {
    const vpcOrigin = new cloudfront.VpcOrigin(this, 'Origin', {
      endpoint: {
        endpointArn: acrossRegions(this, props.origin, props.origin.loadBalancerArn),
        domainName: props.originHostName,
      },
      protocolPolicy: cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
      originSslProtocols: [cloudfront.OriginSslPolicy.TLS_V1_2],
    });
    return origins.VpcOrigin.withVpcOrigin(vpcOrigin, {
      domainName: props.originHostName,
      readTimeout,
      keepaliveTimeout,
    });
  }

  private defineDistribution(props: WebDistributionProps, services: cloudfront.IOrigin, staticPath: string) {
    Annotations.of(this).acknowledgeWarning(
      '@aws-cdk/aws-cloudfront-origins:wildcardKeyPolicyForOac',
      'The key serves the distributions of this account; the bucket, which holds the data, serves this one only',
    );
    const distribution = new cloudfront.Distribution(this, 'Distribution', {
      domainNames: props.hostNames,
      certificate: this.importCertificate(props.certificate),
      webAclId: props.webAcl && this.importWebAcl(props.webAcl),
      minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2025,
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
      priceClass: cloudfront.PriceClass.PRICE_CLASS_100,
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
      additionalBehaviors: {
        [staticPath]: {
          origin: origins.S3BucketOrigin.withOriginAccessControl(this.staticContent),
          viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
          allowedMethods: cloudfront.AllowedMethods.ALLOW_GET_HEAD,
          cachePolicy: cloudfront.CachePolicy.CACHING_OPTIMIZED,
          responseHeadersPolicy: cloudfront.ResponseHeadersPolicy.SECURITY_HEADERS,
          compress: true,
        },
      },
    });
    acknowledge(
      distribution,
      'Drivers and roaming partners call from any country; the web ACL decides who may not',
      'AwsSolutions-CFR1',
    );
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
