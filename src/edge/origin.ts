import type { Duration } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import { acrossRegions } from '../private/cross-region';
import type { PublicOriginOptions } from './origin-access';

/** Carries the secret by which a public load balancer knows its own distribution. */
export const ORIGIN_HEADER = 'X-Origin-Verify';

/** What both ways need to know. */
export interface OriginBinding {
  readonly loadBalancer: elbv2.IApplicationLoadBalancer;
  /** Name that the load balancer's certificate covers. */
  readonly hostName: string;
  readonly readTimeout: Duration;
  readonly keepaliveTimeout: Duration;
}

export function bindVpcOrigin(
  scope: Construct,
  { loadBalancer, hostName, ...timeouts }: OriginBinding,
): cloudfront.IOrigin {
  const vpcOrigin = new cloudfront.VpcOrigin(scope, 'Origin', {
    endpoint: {
      endpointArn: acrossRegions(scope, loadBalancer, loadBalancer.loadBalancerArn),
      domainName: hostName,
    },
    protocolPolicy: cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
    originSslProtocols: [cloudfront.OriginSslPolicy.TLS_V1_2],
  });
  return origins.VpcOrigin.withVpcOrigin(vpcOrigin, { domainName: hostName, ...timeouts });
}

/** The host name must resolve to the load balancer in public DNS. */
export function bindPublicAddress(
  { loadBalancer, hostName, ...timeouts }: OriginBinding,
  { cloudFrontPrefixList, secret }: PublicOriginOptions,
): cloudfront.IOrigin {
  const peer = ec2.Peer.prefixList(cloudFrontPrefixList.prefixListId);
  loadBalancer.connections.allowFrom(peer, ec2.Port.tcp(443), 'CloudFront');
  return new origins.HttpOrigin(hostName, {
    protocolPolicy: cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
    originSslProtocols: [cloudfront.OriginSslPolicy.TLS_V1_2],
    customHeaders: { [ORIGIN_HEADER]: secret.secretValue.unsafeUnwrap() },
    ...timeouts,
  });
}
