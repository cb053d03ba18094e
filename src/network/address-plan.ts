import { Token } from 'aws-cdk-lib';
import { contains, formatNetwork, type Ipv4Network, overlaps, parseNetwork } from '../private/cidr';
import { NetworkTier } from './network-tier';
import { slotOf, TIER_SLOTS, usableAddressesOf, ZONE_SLOTS } from './slots';

/** Position of each tier in the plan. Never reorder: addresses follow from it. The fourth is free. */
const TIER_SLOT: Record<NetworkTier, number> = {
  [NetworkTier.PUBLIC]: 0,
  [NetworkTier.PRIVATE]: 1,
  [NetworkTier.DATA]: 2,
};
const SPARE_SLOT = 3;

/** Ranges that never meet the internet: RFC 1918 and RFC 6598. */
const PRIVATE_RANGES = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'].map(known);
/** Docker gives it to containers on every machine, so an address of the VPC in it could not be reached from there. */
const DOCKER_BRIDGE = known('172.17.0.0/16');

/**
 * Divides one IPv4 CIDR over tiers and zones, with room for a third and fourth zone and a fourth tier, so that growth changes no
 * existing subnet.
 *
 * The CIDR is cut into four tiers (public, private, data, one free) and each tier into four zones. All subnets have the same size:
 * 10.20.0.0/16 gives sixteen /20 of 4,091 usable addresses, a /22 sixteen /26 of 59.
 */
export class AddressPlan {
  /**
   * A plan of this CIDR.
   * @param cidr a private IPv4 CIDR, /16 to /22, with no host bits set and clear of 172.17.0.0/16, which Docker uses on the machines
   * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
   */
  public static fromCidr(cidr: string): AddressPlan {
    if (Token.isUnresolved(cidr)) {
      throw new Error(
        "'cidr' must be written out, such as 10.20.0.0/16, because the plan computes with it, got a token",
      );
    }
    const network = parseNetwork(cidr);
    if (typeof network === 'string') {
      throw new Error(`'cidr' ${network}, got ${cidr}`);
    }
    validateSize(cidr, network);
    validateRange(cidr, network);
    return new AddressPlan(cidr, network);
  }

  /** The whole CIDR, which is the VPC's. */
  public readonly cidr: string;
  private readonly network: Ipv4Network;

  private constructor(cidr: string, network: Ipv4Network) {
    this.cidr = cidr;
    this.network = network;
  }

  /** CIDR of a whole tier, with the zones that are still free. For filters and for partners who route to it. */
  public tierCidr(tier: NetworkTier): string {
    return formatNetwork(this.tierNetwork(tier));
  }

  /**
   * CIDR of one subnet.
   * @param tier the tier of the subnet
   * @param zone position of the zone in the network's list of zones, 0 to 3
   */
  public subnetCidr(tier: NetworkTier, zone: number): string {
    return subnetOf(this.tierNetwork(tier), zone);
  }

  /**
   * CIDR of a subnet in the fourth tier, which the network leaves free: for a tier of your own.
   * @param zone position of the zone in the network's list of zones, 0 to 3
   */
  public spareSubnetCidr(zone: number): string {
    return subnetOf(slotOf(this.network, TIER_SLOTS, SPARE_SLOT), zone);
  }

  /** Addresses that machines can have in each subnet of a tier: all but the five that AWS keeps. */
  public usableAddresses(tier: NetworkTier): number {
    return usableAddressesOf(slotOf(this.tierNetwork(tier), ZONE_SLOTS, 0));
  }

  /** Whether a CIDR shares an address with this plan. */
  public overlaps(cidr: string): boolean {
    const other = parseNetwork(cidr);
    if (typeof other === 'string') {
      throw new Error(`'cidr' ${other}, got ${cidr}`);
    }
    return overlaps(this.network, other);
  }

  private tierNetwork(tier: NetworkTier): Ipv4Network {
    return slotOf(this.network, TIER_SLOTS, TIER_SLOT[tier]);
  }
}

function subnetOf(tier: Ipv4Network, zone: number): string {
  if (!Number.isInteger(zone) || zone < 0 || zone >= ZONE_SLOTS) {
    throw new Error(
      `'zone' must be an integer from 0 to ${ZONE_SLOTS - 1}, got ${zone}; the plan has room for ${ZONE_SLOTS}`,
    );
  }
  return formatNetwork(slotOf(tier, ZONE_SLOTS, zone));
}

function validateSize(cidr: string, network: Ipv4Network): void {
  if (network.prefix < 16) {
    throw new Error(`'cidr' must be /16 to /22, got ${cidr}; AWS gives a VPC at most a /16`);
  }
  if (network.prefix > 22) {
    throw new Error(
      `'cidr' must be /16 to /22, got ${cidr}; each of its sixteen subnets would be below the /26 that load balancers can grow in`,
    );
  }
}

function validateRange(cidr: string, network: Ipv4Network): void {
  if (!PRIVATE_RANGES.some((range) => contains(range, network))) {
    throw new Error(
      `'cidr' must be private (in ${PRIVATE_RANGES.map(formatNetwork).join(', ')}), got ${cidr}; its owner on the internet could not be reached`,
    );
  }
  if (overlaps(DOCKER_BRIDGE, network)) {
    throw new Error(
      `'cidr' must be clear of ${formatNetwork(DOCKER_BRIDGE)}, which Docker uses on the machines, got ${cidr}; take another, such as 10.20.0.0/16`,
    );
  }
}

function known(cidr: string): Ipv4Network {
  return parseNetwork(cidr) as Ipv4Network;
}
