import type * as route53 from 'aws-cdk-lib/aws-route53';

/** An address as an alias record points at it. */
export interface BoundTarget {
  readonly alias: route53.AliasRecordTargetConfig;
  /** Whether it answers by IPv6, too. */
  readonly ipv6: boolean;
  /** Whether Route 53 knows by itself if it works. */
  readonly hasOwnHealth: boolean;
}
