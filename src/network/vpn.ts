import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { nameOf } from './any-cidr';
import type { NetworkTier } from './network-tier';
import { SUBNET_TYPES } from './planned-vpc';
import { VpnCiphers, type VpnOptions, type VpnTunnelOptions } from './vpn-options';

/** Groups 2 and 5 are broken or too short, 22 to 24 are not to be used: RFC 8247 and 8221. */
const MODERN_GROUPS = [14, 15, 16, 17, 18, 19, 20, 21];
const MODERN_ENCRYPTION = ['AES128', 'AES256', 'AES128-GCM-16', 'AES256-GCM-16'];
const MODERN_INTEGRITY = ['SHA2-256', 'SHA2-384', 'SHA2-512'];

/** The IPsec connection with its static routes; where no key is given, AWS makes it and keeps it in Secrets Manager. */
export function defineVpn(scope: Construct, id: string, vpc: ec2.Vpc, options: VpnOptions): ec2.VpnConnection {
  if (!vpc.vpnGatewayId) {
    vpc.enableVpnGateway({ type: ec2.VpnConnectionType.IPSEC_1 });
    // It knows one list of subnets for all; ours is one list per tier, so that a tier comes and goes without touching others.
    vpc.node.tryRemoveChild('RoutePropagation');
  }
  const isStatic = options.bgpAsn === undefined;
  const connection = new ec2.VpnConnection(scope, id, {
    vpc,
    ip: options.customerGateway,
    asn: options.bgpAsn,
    // No routes, not undefined: the connection is static, and the CDK's own ids for routes collide (1.11.0.0 and 11.1.0.0).
    staticRoutes: isStatic ? [] : undefined,
  });
  const resource = connection.node.defaultChild as ec2.CfnVPNConnection;
  resource.preSharedKeyStorage = 'SecretsManager';
  resource.vpnTunnelOptionsSpecifications = [0, 1].map((index) => tunnelOf(options, options.tunnels?.[index] ?? {}));
  if (isStatic) {
    options.remoteCidrs.forEach((cidr, index) => {
      new ec2.CfnVPNConnectionRoute(connection, `To${nameOf(cidr, index)}`, {
        destinationCidrBlock: cidr,
        vpnConnectionId: connection.vpnId,
      });
    });
  }
  return connection;
}

/** Lets the route tables of a tier learn the routes of the VPN gateway. */
export function propagateRoutes(scope: Construct, vpc: ec2.Vpc, tier: NetworkTier): void {
  const id = `${tier}Routes`;
  if (scope.node.tryFindChild(id)) {
    return;
  }
  const { subnets } = vpc.selectSubnets({ subnetType: SUBNET_TYPES[tier] });
  const propagation = new ec2.CfnVPNGatewayRoutePropagation(scope, id, {
    routeTableIds: subnets.map((subnet) => subnet.routeTable.routeTableId),
    vpnGatewayId: vpc.vpnGatewayId as string,
  });
  propagation.node.addDependency(vpc.node.findChild('VPCVPNGW'));
}

function tunnelOf(
  { ciphers = VpnCiphers.MODERN }: VpnOptions,
  { insideCidr, preSharedKey }: VpnTunnelOptions,
): ec2.CfnVPNConnection.VpnTunnelOptionsSpecificationProperty {
  const modern = ciphers === VpnCiphers.MODERN;
  return {
    tunnelInsideCidr: insideCidr,
    preSharedKey: preSharedKey?.unsafeUnwrap(),
    ...(modern && {
      ikeVersions: values(['ikev2']),
      phase1DhGroupNumbers: values(MODERN_GROUPS),
      phase1EncryptionAlgorithms: values(MODERN_ENCRYPTION),
      phase1IntegrityAlgorithms: values(MODERN_INTEGRITY),
      phase2DhGroupNumbers: values(MODERN_GROUPS),
      phase2EncryptionAlgorithms: values(MODERN_ENCRYPTION),
      phase2IntegrityAlgorithms: values(MODERN_INTEGRITY),
    }),
  };
}

function values<T>(list: readonly T[]): { readonly value: T }[] {
  return list.map((value) => ({ value }));
}
