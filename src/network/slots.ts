import type { Ipv4Network } from '../private/cidr';

/** Four tiers (one of them free) of four zones each. */
export const TIER_SLOTS = 4;
export const ZONE_SLOTS = 4;

/** AWS keeps five addresses of every subnet: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
const KEPT_BY_AWS = 5;

/** The part of `network` number `index` when it is cut into `count` equal parts; `count` is a power of two. */
export function slotOf(network: Ipv4Network, count: number, index: number): Ipv4Network {
  const prefix = network.prefix + Math.log2(count);
  return { base: network.base + index * 2 ** (32 - prefix), prefix };
}

export function usableAddressesOf(network: Ipv4Network): number {
  return 2 ** (32 - network.prefix) - KEPT_BY_AWS;
}
