import {
  ALLOW,
  BLOCK,
  type Entry,
  type EntryList,
  FEED_SOURCE_PREFIX,
  MANUAL_SOURCE,
  NEVER_BLOCK,
  type PrefixBounds,
} from './entries';
import { isLive, parseNetworks, shortestPrefix, tooMuchBlocked } from './entries.lambda-shared';
import { condense, formatNetwork, type Network, parseNetwork } from './ip-ranges';
import { RESERVED_NETWORKS } from './ip-reserved';

export interface PlanOptions {
  readonly neverBlock: readonly string[];
  readonly bounds: PrefixBounds;
  readonly nowSeconds: number;
  /** Addresses that one set holds. */
  readonly capacity: number;
}

/** What every IP set of one list and family must hold. */
export interface SetPlan {
  readonly list: EntryList;
  readonly family: 4 | 6;
  /** Canonical CIDRs, disjoint, in order of address. */
  readonly addresses: string[];
  /** Entries of lowest priority that found no room. */
  readonly cut: number;
  /** Why the sets must stay as they are. */
  readonly refusal?: string;
}

export interface Plan {
  readonly sets: SetPlan[];
  readonly live: number;
  /** Items that are no entries: written by hand past the API. */
  readonly invalid: number;
}

interface Candidate {
  readonly entry: Entry;
  readonly network: Network;
}

/** The sets that the table asks for. Pure: the same entries give the same sets in any order. */
export function planSets(entries: readonly Entry[], options: PlanOptions): Plan {
  const live = entries.filter((entry) => isLive(entry, options.nowSeconds));
  const candidates = live
    .map((entry) => candidateOf(entry, options.bounds))
    .filter((candidate) => candidate !== undefined);
  const reserved = parseNetworks(RESERVED_NETWORKS);
  const never = candidates.filter(({ entry }) => entry.list === NEVER_BLOCK).map(({ network }) => network);
  const neverBlock = [...reserved, ...parseNetworks(options.neverBlock), ...never];
  const plan = (list: EntryList, family: 4 | 6, minus: readonly Network[]): SetPlan => {
    const own = candidates.filter(({ entry, network }) => entry.list === list && network.family === family);
    const filled = fill(family, own, minus, options.capacity);
    const refusal = list === BLOCK ? tooMuchBlocked(parseNetworks(filled.addresses)) : undefined;
    return { list, family, ...filled, ...(refusal ? { refusal } : {}) };
  };
  return {
    sets: [plan(ALLOW, 4, reserved), plan(ALLOW, 6, reserved), plan(BLOCK, 4, neverBlock), plan(BLOCK, 6, neverBlock)],
    live: candidates.length,
    invalid: live.length - candidates.length,
  };
}

/** Whether a set holds what it should. WAF writes IPv6 addresses in its own way, so both sides are read as networks. */
export function sameAddresses(actual: readonly string[], wanted: readonly string[]): boolean {
  const canonical = new Set(actual.map((text) => canonicalText(text)));
  return canonical.size === wanted.length && wanted.every((cidr) => canonical.has(cidr));
}

/** How many networks of `wanted` are new and how many of `actual` go. */
export function countChanges(
  actual: readonly string[],
  wanted: readonly string[],
): { readonly added: number; readonly removed: number } {
  const before = new Set(actual.map((text) => canonicalText(text)));
  const after = new Set(wanted);
  return {
    added: wanted.filter((cidr) => !before.has(cidr)).length,
    removed: [...before].filter((cidr) => !after.has(cidr)).length,
  };
}

function candidateOf(entry: Entry, bounds: PrefixBounds): Candidate | undefined {
  const network = parseNetwork(entry.cidr);
  const valid =
    network && network.prefix >= shortestPrefix(network, bounds) && [ALLOW, BLOCK, NEVER_BLOCK].includes(entry.list);
  return valid ? { entry, network } : undefined;
}

/**
 * As many candidates in order of priority as the set has room for. Merging makes the size no monotone function of their
 * number, so the search finds a number that fits and whose successor does not, not always the greatest.
 */
function fill(
  family: 4 | 6,
  candidates: readonly Candidate[],
  minus: readonly Network[],
  capacity: number,
): { readonly addresses: string[]; readonly cut: number } {
  const ordered = [...candidates].sort(byPriority).map(({ network }) => network);
  const condensed = (count: number) => condense(family, ordered.slice(0, count), minus);
  const all = condensed(ordered.length);
  if (all.length <= capacity) {
    return { addresses: all, cut: 0 };
  }
  let fits = 0;
  let tooMany = ordered.length;
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (condensed(middle).length <= capacity) {
      fits = middle;
    } else {
      tooMany = middle;
    }
  }
  return { addresses: condensed(fits), cut: ordered.length - fits };
}

/** An operator's word first, then feeds, then offenders by how often they offended; the address decides the rest. */
function byPriority(a: Candidate, b: Candidate): number {
  return (
    rankOf(a.entry) - rankOf(b.entry) ||
    (b.entry.count ?? 0) - (a.entry.count ?? 0) ||
    compare(a.entry.cidr, b.entry.cidr) ||
    compare(a.entry.source, b.entry.source)
  );
}

function rankOf({ source }: Entry): number {
  return source === MANUAL_SOURCE ? 0 : source.startsWith(FEED_SOURCE_PREFIX) ? 1 : 2;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function canonicalText(text: string): string {
  const network = parseNetwork(text);
  return network ? formatNetwork(network) : text;
}
