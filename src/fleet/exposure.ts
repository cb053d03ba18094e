import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';

/** Options of `Exposure.direct`. */
export interface DirectExposureOptions {
  /**
   * Whether port 80 answers with a redirect to HTTPS. Without it nothing listens there.
   * @default true
   */
  readonly httpRedirect?: boolean;
  /**
   * TLS versions and ciphers of the web services.
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
   * @default elbv2.SslPolicy.TLS13_12_RES_PQ
   */
  readonly sslPolicy?: elbv2.SslPolicy;
}

/** Options of `Exposure.throughCdn`. */
export interface CdnExposureOptions {
  /**
   * CloudFront's managed prefix list `com.amazonaws.global.cloudfront.origin-facing` of the region, e.g. by
   * `ec2.PrefixList.fromPrefixListId`; its id differs per region and AWS publishes none for templates.
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/LocationsOfEdgeServers.html
   * @default - the security group admits any IPv4 address on port 443; the load balancer has no public address, so that only
   * CloudFront's VPC origin, the VPC and what is routed to it can use this
   */
  readonly cloudFrontPrefixList?: ec2.IPrefixList;
}

/** How the web services are reached. Charge points always come through the network load balancer. */
export class Exposure {
  /** An internet-facing load balancer on port 443. */
  public static direct(options: DirectExposureOptions = {}): Exposure {
    return new Exposure(false, options.httpRedirect ?? true, options.sslPolicy);
  }

  /**
   * An internal load balancer in private subnets, reached by CloudFront through a VPC origin. Nothing listens on port 80.
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
   */
  public static throughCdn(options: CdnExposureOptions = {}): Exposure {
    return new Exposure(true, false, undefined, options.cloudFrontPrefixList);
  }

  /** @internal */
  public readonly _sslPolicy: elbv2.SslPolicy;

  private constructor(
    /** @internal */
    public readonly _internal: boolean,
    /** @internal */
    public readonly _httpRedirect: boolean,
    sslPolicy?: elbv2.SslPolicy,
    /** @internal */
    public readonly _prefixList?: ec2.IPrefixList,
  ) {
    this._sslPolicy = sslPolicy ?? elbv2.SslPolicy.TLS13_12_RES_PQ;
  }
}
