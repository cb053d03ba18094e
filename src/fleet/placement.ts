import * as ec2 from 'aws-cdk-lib/aws-ec2';

/** In which subnets the machines stand. */
export class Placement {
  /** Private subnets with a way out through NAT. Machines have no address on the internet. */
  public static privateSubnets(): Placement {
    return new Placement(ec2.SubnetType.PRIVATE_WITH_EGRESS, false);
  }

  /**
   * Public subnets; each machine has a public address and needs no NAT gateway.
   *
   * It saves the price of NAT (gateways and traffic) and costs one IPv4 address per machine. The risk: only the security group, which
   * lets the load balancers in and nobody else, stands between the machines and the internet, and partners that filter by
   * address cannot, because each machine brings another.
   */
  public static publicSubnets(): Placement {
    return new Placement(ec2.SubnetType.PUBLIC, true);
  }

  private constructor(
    /** @internal */
    public readonly _subnetType: ec2.SubnetType,
    /** @internal */
    public readonly _publicAddresses: boolean,
  ) {}
}
