import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { NetworkTier } from './network-tier';

/** Options of `ChargingPlatformNetwork.addPeering`. */
export interface PeeringOptions {
  /**
   * The other VPC. One of another region is defined there or imported with its `region`, one of another account imported
   * (`ec2.Vpc.fromVpcAttributes`) with `peerAccount` told here. The way back can only be defined where the other VPC is: see
   * `PeeringReturnRoutes`.
   */
  readonly peerVpc: ec2.IVpc;
  /**
   * IPv4 CIDRs of the other VPC that this network talks to. They may not overlap this network's or another neighbour's.
   * @default - the primary CIDR of `peerVpc`
   */
  readonly peerCidrs?: string[];
  /**
   * Tiers of this network that the peering joins: public, private or both. The data tier is never joined.
   * @default [NetworkTier.PUBLIC]
   */
  readonly tiers?: NetworkTier[];
  /**
   * Subnets of the other VPC whose route tables learn the way back, where it is of this account and region. Of an imported VPC the
   * route tables must be known.
   * @default - all subnets of the other VPC, of another `ChargingPlatformNetwork` those of its machines
   */
  readonly peerSubnets?: ec2.SubnetSelection;
  /**
   * Account of the other VPC, 12 digits, where it is another one. It needs `peerRole`.
   * @default - the account of `peerVpc`
   */
  readonly peerAccount?: string;
  /**
   * Role of the other account that may accept the peering (`ec2:AcceptVpcPeeringConnection`) and trusts this account.
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/peer-with-vpc-in-another-account.html
   * @default - the peering accepts itself, as one within an account does
   */
  readonly peerRole?: iam.IRole;
  /**
   * Whether public host names of machines resolve to their private addresses at the other side, so that traffic stays in the
   * peering. CloudFormation cannot set it: a custom resource with a function and a key of its own does. It sets both sides
   * where the other VPC is of this account and region; elsewhere `PeeringReturnRoutes` sets the other.
   * @see https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-dns.html
   * @default false
   */
  readonly dnsResolution?: boolean;
}
