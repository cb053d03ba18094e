import type { FeedState } from './entries';
import { WIDEST_IPV4_PREFIX, WIDEST_IPV6_PREFIX } from './entries';
import { parseNetworks, widestPrefix } from './entries.lambda-shared';
import type { FeedSettings } from './feed-settings';
import { condense, type Network, parseNetwork } from './ip-ranges';
import { RESERVED_NETWORKS } from './ip-reserved';

/** Longer than any line of an address list; a page of HTML in one line is refused early. */
const LONGEST_LINE = 4_096;
/** Above this share of lines without an address, what arrived is something else than the list. */
const TOLERATED_BAD_PERCENT = 5;

export interface ParsedFeed {
  /** Canonical CIDRs, disjoint, without reserved networks. */
  readonly cidrs: string[];
  /** Lines that should have held an address. */
  readonly lines: number;
  /** Those of them that held none, or a network too wide to be a client. */
  readonly bad: number;
}

type Line =
  | { readonly kind: 'skip' }
  | { readonly kind: 'bad' }
  | { readonly kind: 'network'; readonly network: Network };

const SKIP: Line = { kind: 'skip' };
const BAD: Line = { kind: 'bad' };

/** Reads a list while it arrives; memory grows with its networks, not with its text. */
export async function parseFeed(
  chunks: AsyncIterable<Uint8Array>,
  settings: Pick<FeedSettings, 'format' | 'field'>,
): Promise<ParsedFeed> {
  const networks: Network[] = [];
  let lines = 0;
  let bad = 0;
  for await (const text of linesOf(chunks)) {
    const line = settings.format === 'PLAIN' ? readPlain(text) : readJson(text, settings.field ?? '');
    lines += line.kind === 'skip' ? 0 : 1;
    bad += line.kind === 'bad' ? 1 : 0;
    if (line.kind === 'network') {
      networks.push(line.network);
    }
  }
  const reserved = parseNetworks(RESERVED_NETWORKS);
  const cidrs = [
    ...condense(4, networks, reserved, WIDEST_IPV4_PREFIX),
    ...condense(6, networks, reserved, WIDEST_IPV6_PREFIX),
  ];
  return { cidrs, lines, bad };
}

/** Why a list may not replace the last good one, if so. A list that has expired is no measure any more. */
export function refusalOf(
  { cidrs, lines, bad }: ParsedFeed,
  settings: FeedSettings,
  previous: FeedState | undefined,
  nowSeconds: number,
): string | undefined {
  if (bad * 100 > lines * TOLERATED_BAD_PERCENT) {
    return `${bad} of ${lines} lines hold no address`;
  }
  if (cidrs.length < settings.minimumEntries) {
    return `${cidrs.length} networks, fewer than the minimum of ${settings.minimumEntries}`;
  }
  if (cidrs.length > settings.maximumEntries) {
    return `${cidrs.length} networks, more than the maximum of ${settings.maximumEntries}`;
  }
  const inForce = previous && previous.fetchedAt + settings.maximumAgeSeconds > nowSeconds;
  const least = inForce ? (previous.count * (100 - settings.allowedShrinkPercent)) / 100 : 0;
  return cidrs.length < least
    ? `${cidrs.length} networks after ${previous?.count}: it shrank by more than ${settings.allowedShrinkPercent} percent`
    : undefined;
}

async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > LONGEST_LINE) {
      throw new Error(`a line is longer than ${LONGEST_LINE} characters: this is no list of addresses`);
    }
    yield* parts;
  }
  yield rest + decoder.decode();
}

/** An address or CIDR first; what follows a blank, `#` or `;` is comment. */
function readPlain(text: string): Line {
  const end = text.search(/[#;]/);
  const [word] = (end < 0 ? text : text.slice(0, end)).trim().split(/\s/, 1);
  return word === '' ? SKIP : lineOf(word);
}

/** One object a line. An object without the member is the list's own metadata. */
function readJson(text: string, field: string): Line {
  if (text.trim() === '') {
    return SKIP;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return BAD;
  }
  if (typeof value !== 'object' || value === null) {
    return BAD;
  }
  const address: unknown = (value as Record<string, unknown>)[field];
  return address === undefined ? SKIP : typeof address === 'string' ? lineOf(address) : BAD;
}

function lineOf(word: string): Line {
  const network = parseNetwork(word);
  return network && network.prefix >= widestPrefix(network) ? { kind: 'network', network } : BAD;
}
