import type { Duration } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { IOperatorAlerts } from '../monitoring/api';
import type { AddressPlan } from './address-plan';
import type { NatStrategy } from './nat-strategy';

/** Properties of `ChargingPlatformNetwork`. */
export interface ChargingPlatformNetworkProps {
  /**
   * Addresses of the VPC and of each subnet. Another plan replaces the VPC and everything in it.
   * @default AddressPlan.fromCidr('10.20.0.0/16')
   */
  readonly addressPlan?: AddressPlan;
  /**
   * IPv4 CIDRs elsewhere that must stay reachable from here one day or by other ways, such as those behind a transit gateway:
   * the plan, VPNs and peerings may not overlap them.
   * @default []
   */
  readonly reservedCidrs?: string[];
  /**
   * Names of 2 to 4 zones, such as `eu-south-2a`. The order decides the addresses: add a zone at the end, and no subnet changes.
   * @default - the first `zoneCount` zones of the stack's region
   */
  readonly availabilityZones?: string[];
  /**
   * How many zones to use, 2 to 4, where they are not named with `availabilityZones`.
   * @default 2
   */
  readonly zoneCount?: number;
  /**
   * How machines in private subnets reach the internet.
   * @default NatStrategy.perZone()
   */
  readonly natStrategy?: NatStrategy;
  /**
   * Whether the addresses by which private subnets leave become an output of the stack, for partners who allow-list them.
   * @default false
   */
  readonly outputEgressAddresses?: boolean;
  /**
   * IPv4 and IPv6 CIDRs that no subnet talks to, in either direction, whatever security groups say. None may be everything or
   * overlap the network's own. Each takes one of `networkAclQuota` rules in all tiers; a token is taken as IPv4.
   * @default []
   */
  readonly deniedCidrs?: string[];
  /**
   * Rules that a network ACL may have per direction and address family, 20 to 40: the quota of the account.
   * @see https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
   * @default 20
   */
  readonly networkAclQuota?: number;
  /**
   * 1 to 5 TCP ports that the data tier answers on, to the VPC only.
   * @default [3306, 33306]
   */
  readonly dataPorts?: number[];
  /**
   * AWS services whose APIs are reached inside the VPC, such as `ec2.InterfaceVpcEndpointAwsService.SSM`. Each costs an hourly
   * price per zone, and per gigabyte; the S3 and DynamoDB endpoints, which are free, are always there.
   * @see https://aws.amazon.com/privatelink/pricing/
   * @default []
   */
  readonly interfaceEndpoints?: ec2.InterfaceVpcEndpointAwsService[];
  /**
   * How long flow logs are kept, whole days, 1 or more.
   * @default Duration.days(400)
   */
  readonly flowLogRetention?: Duration;
  /**
   * Where alarms go.
   * @default - no alarms are defined
   */
  readonly alerts?: IOperatorAlerts;
}
