/**
 * Arithmetic on IPv4 and IPv6 networks. It imports nothing, so that synth and runtime code share it.
 * IPv4 addresses are numbers because feeds hold a hundred thousand of them; IPv6 addresses are bigints.
 */
export type Network = Ipv4Network | Ipv6Network;

interface Ipv4Network extends Range<number> {
  readonly family: 4;
  readonly prefix: number;
}

interface Ipv6Network extends Range<bigint> {
  readonly family: 6;
  readonly prefix: number;
}

interface Range<T> {
  readonly first: T;
  readonly last: T;
}

interface Space<T extends number | bigint> {
  readonly bits: number;
  next(address: T): T;
  previous(address: T): T;
  /** First address of the network of this length that holds the address. */
  floor(address: T, prefix: number): T;
  /** Last address of the network of this length that begins at `first`. */
  lastOf(first: T, prefix: number): T;
  format(address: T): string;
  /** In order of the first address. */
  sorted(ranges: readonly Range<T>[]): readonly Range<T>[];
}

const OCTETS = Array.from({ length: 256 }, (_, octet) => String(octet));
/** Ranges whose index fits beside an IPv4 address into the 53 bits that a number holds exactly. */
const SORTED_BY_NUMBER = 2 ** 20;

const IPV4: Space<number> = {
  bits: 32,
  next: (address) => address + 1,
  previous: (address) => address - 1,
  floor: (address, prefix) => address - (address % 2 ** (32 - prefix)),
  lastOf: (first, prefix) => first + 2 ** (32 - prefix) - 1,
  format: (address) =>
    `${OCTETS[address >>> 24]}.${OCTETS[(address >>> 16) & 255]}.${OCTETS[(address >>> 8) & 255]}.${OCTETS[address & 255]}`,
  sorted: (ranges) => {
    if (ranges.length > SORTED_BY_NUMBER) {
      return [...ranges].sort((a, b) => a.first - b.first);
    }
    // Numbers sort several times faster than objects by a function.
    const keys = new Float64Array(ranges.length);
    for (let index = 0; index < ranges.length; index++) {
      keys[index] = ranges[index].first * SORTED_BY_NUMBER + index;
    }
    keys.sort();
    const sorted: Range<number>[] = [];
    for (let index = 0; index < keys.length; index++) {
      sorted.push(ranges[keys[index] % SORTED_BY_NUMBER]);
    }
    return sorted;
  },
};

const IPV6: Space<bigint> = {
  bits: 128,
  next: (address) => address + 1n,
  previous: (address) => address - 1n,
  floor: (address, prefix) => address & ~((1n << BigInt(128 - prefix)) - 1n),
  lastOf: (first, prefix) => first + (1n << BigInt(128 - prefix)) - 1n,
  format: formatIpv6,
  sorted: (ranges) => [...ranges].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0)),
};

/** Reads an address or a CIDR; an address is a network of one. Host bits are cleared: compare `formatNetwork` with the text. */
export function parseNetwork(text: string): Network | undefined {
  const slash = text.indexOf('/');
  const length = slash < 0 ? undefined : lengthOf(text, slash + 1);
  const end = slash < 0 ? text.length : slash;
  const ipv4 = parseIpv4(text, end);
  if (ipv4 !== undefined) {
    const prefix = length ?? 32;
    const first = prefix === 32 ? ipv4 : IPV4.floor(ipv4, prefix);
    return prefix > 32 ? undefined : { family: 4, prefix, first, last: IPV4.lastOf(first, prefix) };
  }
  const ipv6 = parseIpv6(text.slice(0, end));
  if (ipv6 !== undefined) {
    const prefix = length ?? 128;
    return prefix > 128 ? undefined : { family: 6, prefix, ...rangeOf(IPV6, ipv6, prefix) };
  }
  return undefined;
}

/** Too great for any family if it is no length. */
function lengthOf(text: string, start: number): number {
  const length = text.slice(start);
  return /^(0|[1-9]\d{0,2})$/.test(length) ? Number(length) : Number.POSITIVE_INFINITY;
}

/** The canonical text of a network, as RFC 5952 writes IPv6. */
export function formatNetwork(network: Network): string {
  const first = network.family === 4 ? IPV4.format(network.first) : IPV6.format(network.first);
  return `${first}/${network.prefix}`;
}

export function overlaps(a: Network, b: Network): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

export function contains(outer: Network, inner: Network): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
}

/** The network and all that contain it, from the longest prefix to `widest`. */
export function supernets(network: Network, widest: number): string[] {
  const lengths = Array.from({ length: Math.max(0, network.prefix - widest + 1) }, (_, i) => network.prefix - i);
  return lengths.map((prefix) =>
    network.family === 4
      ? `${IPV4.format(IPV4.floor(network.first, prefix))}/${prefix}`
      : `${IPV6.format(IPV6.floor(network.first, prefix))}/${prefix}`,
  );
}

/**
 * The fewest CIDRs of one family, none shorter than `widest`, that hold exactly the addresses of `networks` without those of
 * `minus`, in order of address. WAF takes everything but /0.
 */
export function condense(
  family: 4 | 6,
  networks: readonly Network[],
  minus: readonly Network[] = [],
  widest = 1,
): string[] {
  return family === 4
    ? condenseIn(IPV4, networks.filter(isIpv4), minus.filter(isIpv4), widest)
    : condenseIn(IPV6, networks.filter(isIpv6), minus.filter(isIpv6), widest);
}

/** Share of the family's public addresses that the networks hold together, 0 to 1; of IPv6 that of 2000::/3. */
export function shareOf(family: 4 | 6, networks: readonly Network[]): number {
  return family === 4
    ? merge(IPV4, networks.filter(isIpv4)).reduce((sum, { first, last }) => sum + (last - first + 1), 0) / 2 ** 32
    : merge(IPV6, networks.filter(isIpv6)).reduce((sum, { first, last }) => sum + Number(last - first), 0) / 2 ** 125;
}

function isIpv4(network: Network): network is Ipv4Network {
  return network.family === 4;
}

function isIpv6(network: Network): network is Ipv6Network {
  return network.family === 6;
}

function condenseIn<T extends number | bigint>(
  space: Space<T>,
  plus: readonly Range<T>[],
  minus: readonly Range<T>[],
  widest: number,
): string[] {
  const cidrs: string[] = [];
  for (const range of subtract(space, merge(space, plus), merge(space, minus))) {
    addCidrsOf(space, range, widest, cidrs);
  }
  return cidrs;
}

/** Sorted, disjoint and not adjacent. */
function merge<T extends number | bigint>(space: Space<T>, ranges: readonly Range<T>[]): Range<T>[] {
  const merged: { first: T; last: T }[] = [];
  for (const { first, last } of space.sorted(ranges)) {
    const current = merged[merged.length - 1];
    if (current && first <= space.next(current.last)) {
      current.last = last > current.last ? last : current.last;
    } else {
      merged.push({ first, last });
    }
  }
  return merged;
}

/** Both lists sorted and disjoint. */
function subtract<T extends number | bigint>(space: Space<T>, from: Range<T>[], minus: Range<T>[]): Range<T>[] {
  const left: Range<T>[] = [];
  let index = 0;
  for (const { first, last } of from) {
    while (index < minus.length && minus[index].last < first) {
      index++;
    }
    let start = first;
    // A hole may reach into the next range too, so the outer index stays on it.
    for (let hole = index; hole < minus.length && minus[hole].first <= last && start <= last; hole++) {
      if (minus[hole].first > start) {
        left.push({ first: start, last: space.previous(minus[hole].first) });
      }
      start = minus[hole].last < start ? start : space.next(minus[hole].last);
    }
    if (start <= last) {
      left.push({ first: start, last });
    }
  }
  return left;
}

function addCidrsOf<T extends number | bigint>(
  space: Space<T>,
  range: Range<T>,
  widest: number,
  cidrs: string[],
): void {
  if (range.first === range.last) {
    cidrs.push(`${space.format(range.first)}/${space.bits}`);
    return;
  }
  let first = range.first;
  for (;;) {
    let prefix = space.bits;
    while (
      prefix > widest &&
      space.floor(first, prefix - 1) === first &&
      space.lastOf(first, prefix - 1) <= range.last
    ) {
      prefix--;
    }
    cidrs.push(`${space.format(first)}/${prefix}`);
    const last = space.lastOf(first, prefix);
    if (last >= range.last) {
      return;
    }
    first = space.next(last);
  }
}

function rangeOf<T extends number | bigint>(space: Space<T>, address: T, prefix: number): Range<T> {
  const first = space.floor(address, prefix);
  return { first, last: space.lastOf(first, prefix) };
}

/** Four decimal parts without leading zeros, which some systems read as octal. By character: feeds are long. */
function parseIpv4(text: string, end: number): number | undefined {
  let address = 0;
  let part = 0;
  let digits = 0;
  let parts = 1;
  for (let at = 0; at < end; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit >= 0 && digit <= 9 && !(digits > 0 && part === 0)) {
      part = part * 10 + digit;
      digits++;
    } else if (digit === -2 && digits > 0 && parts < 4) {
      address = address * 256 + part;
      parts++;
      part = 0;
      digits = 0;
    } else {
      return undefined;
    }
    if (part > 255) {
      return undefined;
    }
  }
  return parts === 4 && digits > 0 ? address * 256 + part : undefined;
}

function parseIpv6(text: string): bigint | undefined {
  if (!/^[0-9a-fA-F:]{2,39}$/.test(text)) {
    return undefined;
  }
  const halves = text.split('::');
  if (halves.length > 2) {
    return undefined;
  }
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 1) {
    return undefined;
  }
  const groups = [...head, ...Array<string>(tail === undefined ? 0 : missing).fill('0'), ...(tail ?? [])];
  return groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))
    ? groups.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n)
    : undefined;
}

function formatIpv6(address: bigint): string {
  const groups = Array.from({ length: 8 }, (_, i) => Number((address >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  const text = groups.join(':');
  const runs = [...text.matchAll(/\b0(:0)+\b/g)];
  const longest = runs.reduce((best, run) => (run[0].length > best.length ? run[0] : best), '');
  if (!longest) {
    return text;
  }
  const at = runs.find((run) => run[0] === longest)?.index ?? 0;
  const head = text.slice(0, at).replace(/:$/, '');
  const tail = text.slice(at + longest.length).replace(/^:/, '');
  return `${head}::${tail}`;
}
