import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';

/** Options of `ChargingPlatformNetwork.addVpn`. */
export interface VpnOptions {
  /** Fixed IPv4 address of the device at the other end. */
  readonly customerGateway: string;
  /**
   * Networks behind the device, as IPv4 CIDRs; they may not overlap the VPC, other VPNs or peerings. Each becomes a static route.
   * @see https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNRoutingTypes.html
   */
  readonly remoteCidrs: string[];
  /**
   * Whether the VPN reaches machines in public subnets too. Private subnets it always reaches, the data tier never. All VPNs of a
   * network share one gateway, so what one reaches, the routes of the others reach too.
   * @default false
   */
  readonly reachesPublicTier?: boolean;
}

/** The IPsec connection with its static routes; AWS makes the pre-shared keys and keeps them in Secrets Manager. */
export function defineVpn(scope: Construct, id: string, vpc: ec2.Vpc, options: VpnOptions): ec2.VpnConnection {
  if (!vpc.vpnGatewayId) {
    vpc.enableVpnGateway({
      type: ec2.VpnConnectionType.IPSEC_1,
      vpnRoutePropagation: [{ subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS }],
    });
  }
  // No routes, not undefined: the connection is static, and the CDK's own ids for routes collide (1.11.0.0 and 11.1.0.0).
  const connection = new ec2.VpnConnection(scope, id, { vpc, ip: options.customerGateway, staticRoutes: [] });
  const resource = connection.node.defaultChild as ec2.CfnVPNConnection;
  resource.preSharedKeyStorage = 'SecretsManager';
  options.remoteCidrs.forEach((cidr, index) => {
    const name = Token.isUnresolved(cidr) ? `${index + 1}` : cidr.replace('/', '-');
    new ec2.CfnVPNConnectionRoute(connection, `To${name}`, {
      destinationCidrBlock: cidr,
      vpnConnectionId: connection.vpnId,
    });
  });
  return connection;
}

/** Routes of the VPN gateway in the tables of the public tier; the CDK's own propagation covers the private tier. */
export function propagateToPublicTier(scope: Construct, vpc: ec2.Vpc): void {
  const id = 'PublicVpnRoutes';
  if (scope.node.tryFindChild(id)) {
    return;
  }
  const propagation = new ec2.CfnVPNGatewayRoutePropagation(scope, id, {
    routeTableIds: vpc.publicSubnets.map((subnet) => subnet.routeTable.routeTableId),
    vpnGatewayId: vpc.vpnGatewayId as string,
  });
  propagation.node.addDependency(vpc.node.findChild('VPCVPNGW'));
}
