import type * as ec2 from 'aws-cdk-lib/aws-ec2';

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
  /** An internet-facing load balancer on port 443, with a redirect from port 80. */
  public static direct(): Exposure {
    return new Exposure(false);
  }

  /**
   * An internal load balancer in private subnets, reached by CloudFront through a VPC origin. Nothing listens on port 80.
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
   */
  public static throughCdn(options: CdnExposureOptions = {}): Exposure {
    return new Exposure(true, options.cloudFrontPrefixList);
  }

  private constructor(
    /** @internal */
    public readonly _internal: boolean,
    /** @internal */
    public readonly _prefixList?: ec2.IPrefixList,
  ) {}
}
