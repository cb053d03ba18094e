import { DEFAULT_BOUNDS, type Entry, MAXIMUM_REASON_LENGTH, MOST_BLOCKED_PERCENT, type PrefixBounds } from './entries';
import { formatNetwork, type Network, overlaps, parseNetwork, shareOf } from './ip-ranges';
import { RESERVED_NETWORKS } from './ip-reserved';

const RESERVED = parseNetworks(RESERVED_NETWORKS);

/**
 * The key of an address or CIDR in the table, or why it may not have one. Host bits are a problem and not silently cleared:
 * whoever writes `203.0.113.7/24` means either one address or 256.
 */
export function canonicalCidr(
  text: string,
  bounds: PrefixBounds = DEFAULT_BOUNDS,
): { readonly cidr: string } | { readonly problem: string } {
  const network = parseNetwork(text);
  if (!network) {
    return { problem: `must be an IPv4 or IPv6 address or CIDR, got '${text.slice(0, 60)}'` };
  }
  const cidr = formatNetwork(network);
  if (text.includes('/') && !sameAddress(text, cidr)) {
    return { problem: `has host bits set; did you mean ${cidr} or ${addressOf(text)}` };
  }
  if (network.prefix < shortestPrefix(network, bounds)) {
    return { problem: `must be no wider than /${shortestPrefix(network, bounds)}, got ${cidr}` };
  }
  const reserved = RESERVED.find((candidate) => overlaps(candidate, network));
  return reserved
    ? { problem: `must be public: ${cidr} overlaps the reserved network ${formatNetwork(reserved)}` }
    : { cidr };
}

export function shortestPrefix({ family }: Network, bounds: PrefixBounds): number {
  return family === 4 ? bounds.ipv4 : bounds.ipv6;
}

/** Why these networks may not all be blocked, if so: many that are narrow enough each can add up to everybody. */
export function tooMuchBlocked(networks: readonly Network[]): string | undefined {
  for (const family of [4, 6] as const) {
    const percent = shareOf(family, networks) * 100;
    if (percent > MOST_BLOCKED_PERCENT) {
      return `${percent.toFixed(1)} percent of all IPv${family} addresses would be blocked, more than ${MOST_BLOCKED_PERCENT}`;
    }
  }
  return undefined;
}

/** Expired entries are gone at once, although DynamoDB deletes them up to days later. */
export function isLive(entry: Pick<Entry, 'expiresAt'>, nowSeconds: number): boolean {
  return entry.expiresAt === undefined || entry.expiresAt > nowSeconds;
}

/** An item of the table. The reason becomes one printable line. */
export function buildEntry(entry: Entry): Entry {
  const { expiresAt, count } = entry;
  return {
    cidr: entry.cidr,
    source: entry.source,
    list: entry.list,
    reason: cleanReason(entry.reason),
    actor: entry.actor,
    createdAt: entry.createdAt,
    ...(expiresAt === undefined ? {} : { expiresAt: Math.ceil(expiresAt) }),
    ...(count === undefined ? {} : { count }),
  };
}

export function cleanReason(reason: string): string {
  return reason
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
    .slice(0, MAXIMUM_REASON_LENGTH);
}

/** Networks of our own configuration: one that cannot be read must not be passed over. */
export function parseNetworks(texts: readonly string[]): Network[] {
  return texts.map((text) => {
    const network = parseNetwork(text);
    if (!network) {
      throw new Error(`'${text}' is neither an IPv4 nor an IPv6 network`);
    }
    return network;
  });
}

function sameAddress(text: string, cidr: string): boolean {
  const written = parseNetwork(addressOf(text));
  const canonical = parseNetwork(addressOf(cidr));
  return written?.first === canonical?.first;
}

function addressOf(cidr: string): string {
  return cidr.slice(0, cidr.indexOf('/'));
}
