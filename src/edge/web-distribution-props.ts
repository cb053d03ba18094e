import type { Duration } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { aws_wafv2 } from 'aws-cdk-lib/interfaces';
import type { IOperatorAlerts } from '../monitoring/api';
import type { OriginAccess } from './origin-access';

/** Properties of `WebDistribution`. */
export interface WebDistributionProps {
  /**
   * Public host names of the web services (API, OCPI, Back Office), 1 to 100. The certificate covers each of them.
   * Names that begin with `ocpp` are refused: charge points need the fixed addresses of the network load balancer.
   */
  readonly hostNames: string[];
  /** Load balancer that answers, listening for HTTPS on port 443; internal unless `originAccess` says otherwise. */
  readonly origin: elbv2.IApplicationLoadBalancer;
  /** Name that the load balancer's own certificate covers; CloudFront refuses the connection when it does not. */
  readonly originHostName: string;
  /**
   * How CloudFront comes to the load balancer.
   * @default OriginAccess.vpcOrigin()
   */
  readonly originAccess?: OriginAccess;
  /** Certificate for `hostNames`, of us-east-1. It may be defined in another stack: it is referenced without custom resources. */
  readonly certificate: acm.ICertificate;
  /**
   * Web ACL of scope CLOUDFRONT, of us-east-1. It may be defined in another stack: it is referenced without custom resources.
   * @default - requests are not filtered at the edge, which security audits report
   */
  readonly webAcl?: aws_wafv2.IWebACLRef;
  /**
   * Path whose files come from `staticContent` and are cached. The path is part of the object's key: `/static/app.js` is
   * the object `static/app.js`. Browsers are told to keep files below its `immutable/` for a year without asking again, so their
   * names must carry a hash of their content.
   * @default '/static/*'
   */
  readonly staticPath?: string;
  /**
   * File below `staticPath`, such as `/static/unavailable.html`, that is shown with 502, 503 and 504, when the load balancer
   * or the services behind it do not answer. Other answers are left as the services give them: API clients read their bodies.
   * @default - CloudFront's own page
   */
  readonly unavailablePage?: string;
  /**
   * Countries that may call, or that may not.
   * @default - every country; the web ACL decides who may not call
   */
  readonly geoRestriction?: cloudfront.GeoRestriction;
  /**
   * Which edges serve, and so what a request costs.
   * @see https://aws.amazon.com/cloudfront/pricing/
   * @default PriceClass.PRICE_CLASS_100 - Europe, Israel, North America
   */
  readonly priceClass?: cloudfront.PriceClass;
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
