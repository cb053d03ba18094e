import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { IConstruct } from 'constructs';

/** A network that platform constructs can stand in: built by this library, or one that exists already. */
export interface IChargingPlatformNetwork extends IConstruct {
  /** The VPC, with `PUBLIC`, `PRIVATE_WITH_EGRESS` and `PRIVATE_ISOLATED` subnets. */
  readonly vpc: ec2.IVpc;
  /**
   * Public addresses by which machines in private subnets leave, for the allow lists of partners. Machines in public subnets leave
   * by addresses of their own. Empty without NAT.
   */
  readonly egressAddresses: string[];
}

/** A VPC that exists already, described by hand. */
export interface ChargingPlatformNetworkAttributes {
  /** Id of the VPC. */
  readonly vpcId: string;
  /** Its primary IPv4 CIDR. */
  readonly vpcCidr: string;
  /** Names of its zones, two at least. All lists of subnets follow their order. */
  readonly availabilityZones: string[];
  /** Subnets with a route to the internet gateway, one per zone: for load balancers. */
  readonly publicSubnetIds: string[];
  /**
   * CIDRs of the public subnets, with which security groups are drawn tighter.
   * @default - not known; the private ranges stand for them
   */
  readonly publicSubnetCidrs?: string[];
  /**
   * Route tables of the public subnets, one each, which peerings add routes to.
   * @default - not known
   */
  readonly publicRouteTableIds?: string[];
  /** Subnets that reach the internet through NAT, one per zone: for machines. */
  readonly privateSubnetIds: string[];
  /**
   * CIDRs of the private subnets, with which security groups are drawn tighter.
   * @default - not known; the private ranges stand for them
   */
  readonly privateSubnetCidrs?: string[];
  /**
   * Route tables of the private subnets, one each.
   * @default - not known
   */
  readonly privateRouteTableIds?: string[];
  /** Subnets without a way to the internet, one per zone: for databases. That they have none is yours to see to. */
  readonly dataSubnetIds: string[];
  /**
   * Route tables of the data subnets, one each.
   * @default - not known
   */
  readonly dataRouteTableIds?: string[];
  /**
   * Public addresses of the VPC's NAT gateways.
   * @default []
   */
  readonly egressAddresses?: string[];
}
