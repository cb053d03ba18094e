import type { SecretValue } from 'aws-cdk-lib';
import type { NetworkTier } from './network-tier';

/** What the two ends of a tunnel may agree on. */
export enum VpnCiphers {
  /** IKEv2, AES, SHA-2 and Diffie-Hellman groups of 2048 bits and more. */
  MODERN = 'MODERN',
  /** Everything that AWS still accepts, IKEv1, SHA-1 and groups of 1024 bits included: for devices that know nothing better. */
  COMPATIBLE = 'COMPATIBLE',
}

/**
 * One of the two tunnels of a VPN. A change of either replaces the connection, with new addresses at AWS's end: remove the VPN in one
 * deployment and add it in the next.
 */
export interface VpnTunnelOptions {
  /**
   * Addresses inside the tunnel: a /30 of 169.254.0.0/16 that no other tunnel of the network has. Seven are AWS's own:
   * 169.254.0.0/30 to 169.254.5.0/30 (each third octet 0 to 5), and 169.254.169.252/30.
   * @see https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html
   * @default - AWS chooses
   */
  readonly insideCidr?: string;
  /**
   * Pre-shared key, as a reference to a secret of Secrets Manager such as `secret.secretValue`; text is refused, because it would
   * stand in the template. The key has 8 to 64 letters, digits, dots and underscores, and does not begin with 0.
   * @default - AWS makes one
   */
  readonly preSharedKey?: SecretValue;
}

/** Options of `ChargingPlatformNetwork.addVpn`. */
export interface VpnOptions {
  /** Fixed public IPv4 address of the device at the other end. */
  readonly customerGateway: string;
  /**
   * Networks behind the device, as IPv4 CIDRs that do not overlap the VPC, other VPNs or peerings. The network ACLs let them in.
   * Without `bgpAsn` each becomes a static route.
   * @see https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNRoutingTypes.html
   */
  readonly remoteCidrs: string[];
  /**
   * Autonomous system of the device, 1 to 2147483647 but for AWS's own 7224: then it announces its networks by BGP. What it
   * announces beyond `remoteCidrs` gets a route, but the network ACLs hold most of it.
   * @default - static routes
   */
  readonly bgpAsn?: number;
  /**
   * Tiers that the VPN reaches: public, private or both. The data tier is never reached. All VPNs of a network share one gateway,
   * so what one reaches has routes to the others too; the network ACLs keep them apart.
   * @default [NetworkTier.PUBLIC, NetworkTier.PRIVATE]
   */
  readonly tiers?: NetworkTier[];
  /**
   * What both ends may agree on. Devices that speak only IKEv1 need `VpnCiphers.COMPATIBLE`. A change replaces the connection.
   * @default VpnCiphers.MODERN
   */
  readonly ciphers?: VpnCiphers;
  /**
   * Settings of the first and second tunnel, at most 2.
   * @default - AWS chooses the addresses inside and makes the keys
   */
  readonly tunnels?: VpnTunnelOptions[];
}
