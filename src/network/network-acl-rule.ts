import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { NetworkTier } from './network-tier';

/** What a rule of a network ACL matches. */
export enum NetworkAclProtocol {
  /** Every protocol and port. */
  ALL = 'ALL',
  /** TCP, with ports. */
  TCP = 'TCP',
  /** UDP, with ports. */
  UDP = 'UDP',
  /** Every type of ICMP, or of ICMPv6 where the CIDR is IPv6. */
  ICMP = 'ICMP',
}

/** Options of `ChargingPlatformNetwork.addNetworkAclRule`. */
export interface NetworkAclRuleOptions {
  /** The tier whose subnets it filters. */
  readonly tier: NetworkTier;
  /** Into or out of the subnets. Network ACLs are stateless: an answer needs a rule in the other direction, to ports 1024-65535. */
  readonly direction: ec2.TrafficDirection;
  /**
   * Position, an integer: rules are tried from the lowest number and the first that matches decides. 100 to 999 come after
   * `deniedCidrs` and before the tier's own rules, 3000 to 32766 after those.
   */
  readonly ruleNumber: number;
  /** IPv4 or IPv6 CIDR of the other end. On the data tier only ranges inside the VPC can be allowed. A token is taken as IPv4. */
  readonly cidr: string;
  /** Protocol that it matches. TCP and UDP need `fromPort`. */
  readonly protocol: NetworkAclProtocol;
  /**
   * First port, 0 to 65535, at the receiving end of the packet. For TCP and UDP only, and required there.
   * @default - ICMP and every protocol have no ports
   */
  readonly fromPort?: number;
  /**
   * Last port, `fromPort` to 65535.
   * @default - the same as `fromPort`
   */
  readonly toPort?: number;
  /**
   * Whether matching packets pass.
   * @default ec2.Action.ALLOW
   */
  readonly ruleAction?: ec2.Action;
}
