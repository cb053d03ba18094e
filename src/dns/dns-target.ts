import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as targets from 'aws-cdk-lib/aws-route53-targets';
import type { Construct } from 'constructs';
import { acrossRegions } from '../private/cross-region';
import type { BoundTarget } from './bound-target';

/** What a public name points at. */
export class DnsTarget {
  /** A load balancer, by IPv4. */
  public static loadBalancer(loadBalancer: elbv2.ILoadBalancerV2): DnsTarget {
    return new DnsTarget((scope) => ({
      alias: {
        dnsName: `dualstack.${acrossRegions(scope, loadBalancer, loadBalancer.loadBalancerDnsName)}`,
        hostedZoneId: acrossRegions(scope, loadBalancer, loadBalancer.loadBalancerCanonicalHostedZoneId),
      },
      ipv6: false,
      hasOwnHealth: true,
    }));
  }

  /** A CloudFront distribution, by IPv4 and IPv6. The name must be among its host names. */
  public static distribution(distribution: cloudfront.IDistribution): DnsTarget {
    return new DnsTarget((scope) => ({
      alias: {
        dnsName: acrossRegions(scope, distribution, distribution.distributionDomainName),
        hostedZoneId: targets.CloudFrontTarget.getHostedZoneId(scope),
      },
      ipv6: true,
      hasOwnHealth: false,
    }));
  }

  private constructor(private readonly bind: (scope: Construct) => BoundTarget) {}

  /** @internal */
  public _bind(scope: Construct): BoundTarget {
    return this.bind(scope);
  }
}
