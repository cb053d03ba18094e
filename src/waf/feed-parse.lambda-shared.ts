import { BLOCK, type FeedState, type PrefixBounds } from './entries';
import { parseNetworks, shortestPrefix, tooMuchBlocked } from './entries.lambda-shared';
import { wordOfLine, wordsOfDocument, wordsOfJsonLine } from './feed-formats.lambda-shared';
import type { FeedSettings } from './feed-settings';
import { condense, type Network, parseNetwork } from './ip-ranges';
import { RESERVED_NETWORKS } from './ip-reserved';

/** Longer than any line of an address list; a page of HTML in one line is refused early. */
const LONGEST_LINE = 4_096;
/** A JSON document is read whole, because only its end tells whether it is one. */
const LONGEST_DOCUMENT = 16 * 1024 * 1024;
/** Above this share of lines without an address, what arrived is something else than the list. */
const TOLERATED_BAD_PERCENT = 5;

export interface ParsedFeed {
  /** Canonical CIDRs, disjoint, without reserved networks. */
  readonly cidrs: string[];
  /** Lines or elements that should have held an address. */
  readonly lines: number;
  /** Those of them that held none, or a network too wide to be a client. */
  readonly bad: number;
}

type ReadSettings = Pick<FeedSettings, 'format' | 'pointer' | 'field' | 'services'>;

/** Reads a list while it arrives; memory grows with its networks, not with its text. */
export async function parseFeed(
  chunks: AsyncIterable<Uint8Array>,
  settings: ReadSettings,
  bounds: PrefixBounds,
): Promise<ParsedFeed> {
  const networks: Network[] = [];
  let lines = 0;
  let bad = 0;
  const take = (word: string | undefined) => {
    lines++;
    const network = word === undefined ? undefined : parseNetwork(word);
    if (network && network.prefix >= shortestPrefix(network, bounds)) {
      networks.push(network);
    } else {
      bad++;
    }
  };
  if (settings.format === 'LINES') {
    await forEachLine(chunks, (line) => {
      const word = wordOfLine(line);
      if (word !== '') {
        take(word);
      }
    });
  } else if (settings.format === 'JSON_LINES') {
    await forEachLine(chunks, (line) => wordsOfJsonLine(line, settings.field).forEach(take));
  } else {
    wordsOfDocument(JSON.parse(await textOf(chunks)), settings).forEach(take);
  }
  const reserved = parseNetworks(RESERVED_NETWORKS);
  const cidrs = [...condense(4, networks, reserved, bounds.ipv4), ...condense(6, networks, reserved, bounds.ipv6)];
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
  if (cidrs.length < least) {
    return `${cidrs.length} networks after ${previous?.count}: it shrank by more than ${settings.allowedShrinkPercent} percent`;
  }
  return settings.list === BLOCK ? tooMuchBlocked(parseNetworks(cidrs)) : undefined;
}

/** Without a promise per line, which would take most of the time. */
async function forEachLine(chunks: AsyncIterable<Uint8Array>, act: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const text = rest + decoder.decode(chunk, { stream: true });
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      act(text.slice(start, end));
      start = end + 1;
    }
    rest = text.slice(start);
    if (rest.length > LONGEST_LINE) {
      throw new Error(`a line is longer than ${LONGEST_LINE} characters: this is no list of addresses`);
    }
  }
  act(rest + decoder.decode());
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    length += chunk.length;
    if (length > LONGEST_DOCUMENT) {
      throw new Error(`the document is longer than ${LONGEST_DOCUMENT} bytes`);
    }
  }
  return Buffer.concat(parts).toString();
}
