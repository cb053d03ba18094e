import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { bindPublicAddress, bindVpcOrigin, ORIGIN_HEADER, type OriginBinding } from './origin';

/** How a public load balancer is kept to CloudFront. */
export interface PublicOriginOptions {
  /**
   * CloudFront's managed prefix list `com.amazonaws.global.cloudfront.origin-facing` of the load balancer's region, which its security
   * group then lets in on port 443. It counts as 55 rules of the group.
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/LocationsOfEdgeServers.html
   */
  readonly cloudFrontPrefixList: ec2.IPrefixList;
  /**
   * Secret, of the distribution's region, whose whole text CloudFront sends with each request and the load balancer demands. The prefix
   * list alone is not enough: it is of all customers of CloudFront. Who may read the distribution's configuration may read it.
   */
  readonly secret: secretsmanager.ISecret;
}

/** How CloudFront comes to the load balancer. */
export class OriginAccess {
  /**
   * Inside AWS, to an internal load balancer: it has no public address, so nobody can walk around CloudFront. The VPC needs an internet
   * gateway, though no route to it, and the load balancer's security group must let CloudFront's managed prefix list in on 443.
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
   */
  public static vpcOrigin(): OriginAccess {
    return new OriginAccess(bindVpcOrigin);
  }

  /**
   * Over the internet, to a public load balancer whose listener rules all carry `OriginAccess.listenerCondition(secret)` and
   * whose listener answers 403 otherwise. For regions or accounts without VPC origins.
   */
  public static publicAddress(options: PublicOriginOptions): OriginAccess {
    return new OriginAccess((_, binding) => bindPublicAddress(binding, options));
  }

  /**
   * What each rule of a public load balancer's listener demands. While the secret changes, give the old one, too.
   * @param secrets The secret of `publicAddress`, and during a change the one before it; 1 to 3.
   */
  public static listenerCondition(...secrets: secretsmanager.ISecret[]): elbv2.ListenerCondition {
    // CloudFormation reads the text when it deploys; the template holds only where it is.
    const values = secrets.map(({ secretValue }) => secretValue.unsafeUnwrap());
    return elbv2.ListenerCondition.httpHeader(ORIGIN_HEADER, values);
  }

  private constructor(private readonly bind: (scope: Construct, binding: OriginBinding) => cloudfront.IOrigin) {}

  /** @internal */
  public _bind(scope: Construct, binding: OriginBinding): cloudfront.IOrigin {
    return this.bind(scope, binding);
  }
}
