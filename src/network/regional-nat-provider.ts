import * as ec2 from 'aws-cdk-lib/aws-ec2';

/**
 * One regional NAT gateway with an address per zone. The CDK has `NatProvider.regionalGateway` only from 2.272 on, above the
 * version that this library asks for.
 */
export class RegionalNatProvider extends ec2.NatProvider {
  public readonly configuredGateways: ec2.GatewayConfig[] = [];

  constructor(
    private readonly zones: readonly string[],
    private readonly allocationIds: readonly string[],
  ) {
    super();
  }

  public configureNat({ vpc, natSubnets, privateSubnets }: ec2.ConfigureNatOptions): void {
    const gateway = new ec2.CfnNatGateway(vpc, 'RegionalNatGateway', {
      vpcId: vpc.vpcId,
      availabilityMode: 'regional',
      connectivityType: 'public',
      availabilityZoneAddresses: this.zones.map((availabilityZone, index) => ({
        availabilityZone,
        allocationIds: [this.allocationIds[index]],
      })),
    });
    // It stands in no subnet, but needs the internet gateway attached, which is what the route of a public subnet waits for.
    gateway.node.addDependency(...natSubnets.map((subnet) => subnet.internetConnectivityEstablished));
    this.configuredGateways.push({ az: this.zones[0], gatewayId: gateway.attrNatGatewayId });
    for (const subnet of privateSubnets) {
      this.configureSubnet(subnet);
    }
  }

  public configureSubnet(subnet: ec2.PrivateSubnet): void {
    subnet.addRoute('DefaultRoute', {
      routerType: ec2.RouterType.NAT_GATEWAY,
      routerId: this.configuredGateways[0].gatewayId,
      enablesInternetConnectivity: true,
    });
  }
}
