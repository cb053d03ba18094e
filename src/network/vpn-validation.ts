import { type SecretValue, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import * as ipaddr from 'ipaddr.js';
import { contains, type Ipv4Network, parseNetwork } from '../private/cidr';
import { invalid } from '../private/errors';
import type { VpnOptions, VpnTunnelOptions } from './vpn-options';

const LINK_LOCAL = parseNetwork('169.254.0.0/16') as Ipv4Network;
/** @see https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html */
const RESERVED = ['0.0', '1.0', '2.0', '3.0', '4.0', '5.0', '169.252'].map((end) => `169.254.${end}/30`);
/** The Amazon side's own number in every region. */
const AMAZON_ASN = 7224;

/** Remembers what VPNs of one network may have only once. */
export class VpnValidation {
  private readonly customerGateways = new Set<string>();
  private readonly insideCidrs = new Set<string>();

  constructor(private readonly scope: Construct) {}

  public validate(options: VpnOptions): void {
    this.validateCustomerGateway(options.customerGateway);
    if (options.remoteCidrs.length === 0) {
      throw invalid(this.scope, "'remoteCidrs' must name at least one network behind the device, got none");
    }
    this.validateAsn(options.bgpAsn);
    const tunnels = options.tunnels ?? [];
    if (tunnels.length > 2) {
      throw invalid(this.scope, `'tunnels' must be at most 2, as many as a VPN has, got ${tunnels.length}`);
    }
    for (const tunnel of tunnels) {
      this.validateTunnel(tunnel);
    }
    this.customerGateways.add(options.customerGateway);
  }

  private validateCustomerGateway(address: string): void {
    if (!Token.isUnresolved(address)) {
      const isAddress = ipaddr.IPv4.isValidFourPartDecimal(address);
      if (!isAddress || ipaddr.IPv4.parse(address).range() === 'private') {
        throw invalid(
          this.scope,
          `'customerGateway' must be a public IPv4 address such as 203.0.113.10, got ${address}; behind a translating router give the router's`,
        );
      }
    }
    if (this.customerGateways.has(address)) {
      throw invalid(
        this.scope,
        `'customerGateway' must be the end of one VPN only, got ${address} again; add its networks to 'remoteCidrs' of the first`,
      );
    }
  }

  private validateAsn(asn: number | undefined): void {
    if (asn === undefined || Token.isUnresolved(asn)) {
      return;
    }
    if (!Number.isInteger(asn) || asn < 1 || asn > 2147483647 || asn === AMAZON_ASN) {
      throw invalid(
        this.scope,
        `'bgpAsn' must be an integer from 1 to 2147483647 but for ${AMAZON_ASN}, which is AWS's own, got ${asn}; private ones are 64512 to 65534`,
      );
    }
  }

  private validateTunnel({ insideCidr, preSharedKey }: VpnTunnelOptions): void {
    if (insideCidr !== undefined && !Token.isUnresolved(insideCidr)) {
      const network = parseNetwork(insideCidr);
      if (typeof network === 'string' || network.prefix !== 30 || !contains(LINK_LOCAL, network)) {
        throw invalid(
          this.scope,
          `'insideCidr' must be a /30 of 169.254.0.0/16 such as 169.254.10.0/30, got ${insideCidr}`,
        );
      }
      if (RESERVED.includes(insideCidr)) {
        throw invalid(
          this.scope,
          `'insideCidr' must not be one that AWS keeps (${RESERVED.join(', ')}), got ${insideCidr}; take another, such as 169.254.10.0/30`,
        );
      }
      if (this.insideCidrs.has(insideCidr)) {
        throw invalid(
          this.scope,
          `'insideCidr' must be of one tunnel of the network only, got ${insideCidr} again; take another, such as 169.254.10.0/30`,
        );
      }
      this.insideCidrs.add(insideCidr);
    }
    if (preSharedKey !== undefined && !this.isReference(preSharedKey)) {
      throw invalid(
        this.scope,
        "'preSharedKey' must be a reference to a secret of Secrets Manager, got something else, which could stand in the template; keep the key in a secret and give its 'secretValue'",
      );
    }
  }

  /** A key must never be printed: not in the template, not in the error. */
  private isReference(preSharedKey: SecretValue): boolean {
    const rendered = JSON.stringify(Stack.of(this.scope).resolve(preSharedKey));
    return rendered.includes('{{resolve:secretsmanager:');
  }
}
