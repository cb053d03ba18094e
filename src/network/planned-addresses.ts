import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { AddressPlan } from './address-plan';
import type { NetworkTier } from './network-tier';

/** Gives the CDK's VPC the addresses of the plan: by tier and zone, not by how many subnets came before. */
export class PlannedAddresses implements ec2.IIpAddresses {
  constructor(
    private readonly plan: AddressPlan,
    private readonly zones: readonly string[],
  ) {}

  public allocateVpcCidr(): ec2.VpcIpamOptions {
    return { cidrBlock: this.plan.cidr };
  }

  public allocateSubnetsCidr({ requestedSubnets }: ec2.AllocateCidrRequest): ec2.SubnetIpamOptions {
    return {
      allocatedSubnets: requestedSubnets.map(({ configuration, availabilityZone }) => ({
        cidr: this.plan.subnetCidr(configuration.name as NetworkTier, this.zones.indexOf(availabilityZone)),
      })),
    };
  }
}
