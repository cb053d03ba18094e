import {
  ALLOW,
  BLOCK,
  type Entry,
  type EntryList,
  MANUAL_SOURCE,
  MAXIMUM_REASON_LENGTH,
  NEVER_BLOCK,
  type PrefixBounds,
} from './entries';
import { buildEntry, canonicalCidr, parseNetworks } from './entries.lambda-shared';
import {
  ENTRIES_PER_PAGE,
  LONGEST_BODY,
  LONGEST_ENTRY_HOURS,
  MOST_ENTRIES_PER_PAGE,
  OPERATIONS,
  REASON_PATTERN,
} from './entry-api-model';
import { type EntryKey, readPageToken } from './entry-api-page.lambda-shared';
import { formatNetwork, overlaps, parseNetwork, supernets } from './ip-ranges';

/** The part of API Gateway's proxy event that the API reads. */
export interface ApiRequest {
  readonly httpMethod: string;
  /** The path with the names of its parameters. */
  readonly resource: string;
  readonly pathParameters: Record<string, string | undefined> | null;
  readonly queryStringParameters: Record<string, string | undefined> | null;
  readonly body: string | null;
  readonly requestContext: {
    readonly requestId: string;
    readonly identity: { readonly userArn: string | null; readonly sourceIp?: string };
  };
}

export type Command =
  | { readonly kind: 'put'; readonly entry: Entry; readonly cidrs: string[] }
  | { readonly kind: 'remove'; readonly cidr: string }
  | { readonly kind: 'show'; readonly cidr: string }
  /** Every entry that covers the address, so the keys of all networks around it. */
  | { readonly kind: 'explain'; readonly address: string; readonly cidrs: string[]; readonly own?: string }
  | {
      readonly kind: 'list';
      readonly list?: EntryList;
      readonly source: string;
      readonly limit: number;
      readonly after?: EntryKey;
    };

export interface Problem {
  readonly status: number;
  readonly problem: string;
}

/** How this platform differs from another. */
export interface ApiSettings {
  /** CIDRs that are never blocked. */
  readonly neverBlock: readonly string[];
  readonly bounds: PrefixBounds;
}

/** What the caller asks for, or why it is refused. Pure: the clock is an argument. */
export function readRequest(request: ApiRequest, settings: ApiSettings, nowMs: number): Command | Problem {
  if (!callerOf(request)) {
    return { status: 403, problem: 'the request has no caller: sign it with IAM credentials' };
  }
  const operation = OPERATIONS.find(({ method, path }) => method === request.httpMethod && path === request.resource);
  switch (operation?.id) {
    case 'listEntries':
      return list(request.queryStringParameters ?? {});
    case 'explainAddress':
      return explain(request.queryStringParameters?.address ?? '', settings);
    case 'showEntries':
      return ofNetwork(request, settings, (cidr) => ({ kind: 'show', cidr }));
    case 'putEntry':
      return ofNetwork(request, settings, (cidr) => put(cidr, request, settings, nowMs));
    case 'removeEntries':
      return ofNetwork(request, settings, (cidr) => ({ kind: 'remove', cidr }));
    default:
      return { status: 405, problem: `there is no ${request.httpMethod} of ${request.resource}` };
  }
}

/** Who called: API Gateway puts it there after it has checked the signature. */
export function callerOf(request: ApiRequest): string | undefined {
  return request.requestContext.identity.userArn ?? undefined;
}

function ofNetwork(
  request: ApiRequest,
  { bounds }: ApiSettings,
  command: (cidr: string) => Command | Problem,
): Command | Problem {
  const { address = '', prefix = '' } = request.pathParameters ?? {};
  const result = canonicalCidr(`${decode(address)}/${prefix}`, bounds);
  return 'problem' in result ? refused(`the address ${result.problem}`) : command(result.cidr);
}

function list(query: Record<string, string | undefined>): Command | Problem {
  const wanted = query.list as EntryList | undefined;
  if (wanted !== undefined && ![ALLOW, BLOCK, NEVER_BLOCK].includes(wanted)) {
    return refused(`'list' must be ALLOW, BLOCK or NEVER_BLOCK, got '${query.list?.slice(0, 60)}'`);
  }
  const limit = query.limit === undefined ? ENTRIES_PER_PAGE : Number(query.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_ENTRIES_PER_PAGE) {
    return refused(
      `'limit' must be a whole number from 1 to ${MOST_ENTRIES_PER_PAGE}, got '${query.limit?.slice(0, 60)}'`,
    );
  }
  const after = query.next === undefined ? undefined : readPageToken(query.next);
  if (query.next !== undefined && !after) {
    return refused("'next' must be what the page before said");
  }
  return {
    kind: 'list',
    source: query.source ?? '',
    limit,
    ...(wanted ? { list: wanted } : {}),
    ...(after ? { after } : {}),
  };
}

function explain(text: string, { bounds, neverBlock }: ApiSettings): Command | Problem {
  const network = parseNetwork(decode(text));
  if (!network) {
    return refused("the query needs 'address', an IPv4 or IPv6 address or CIDR");
  }
  const own = parseNetworks(neverBlock).find((never) => overlaps(never, network));
  const widest = network.family === 4 ? bounds.ipv4 : bounds.ipv6;
  return {
    kind: 'explain',
    address: formatNetwork(network),
    cidrs: supernets(network, widest),
    ...(own ? { own: formatNetwork(own) } : {}),
  };
}

function put(cidr: string, request: ApiRequest, { neverBlock, bounds }: ApiSettings, nowMs: number): Command | Problem {
  if (Buffer.byteLength(request.body ?? '') > LONGEST_BODY) {
    return { status: 413, problem: `the body must be at most ${LONGEST_BODY} bytes` };
  }
  const body = parseObject(request.body);
  const { list: wanted, reason, expiresInHours } = body ?? {};
  if (wanted !== ALLOW && wanted !== BLOCK) {
    return refused("the body needs 'list', ALLOW or BLOCK");
  }
  if (typeof reason !== 'string' || !new RegExp(REASON_PATTERN, 'u').test(reason)) {
    return refused(
      `the body needs 'reason', one printable line of 3 to ${MAXIMUM_REASON_LENGTH} characters without '<' and '>'`,
    );
  }
  if (!isHours(expiresInHours)) {
    return refused(`the body needs 'expiresInHours', a whole number from 1 to ${LONGEST_ENTRY_HOURS}`);
  }
  const [network] = parseNetworks([cidr]);
  const own = parseNetworks(neverBlock).find((never) => overlaps(never, network));
  if (wanted === BLOCK && own) {
    return { status: 409, problem: `${cidr} overlaps ${formatNetwork(own)}, which is never blocked` };
  }
  return {
    kind: 'put',
    cidrs: supernets(network, network.family === 4 ? bounds.ipv4 : bounds.ipv6),
    entry: buildEntry({
      cidr,
      source: MANUAL_SOURCE,
      list: wanted,
      reason,
      actor: callerOf(request) as string,
      createdAt: new Date(nowMs).toISOString(),
      expiresAt: Math.floor(nowMs / 1000) + expiresInHours * 3_600,
    }),
  };
}

function refused(problem: string): Problem {
  return { status: 400, problem };
}

function isHours(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= LONGEST_ENTRY_HOURS;
}

/** Colons of IPv6 may come escaped, or as hyphens: some signers, older versions of curl among them, sign a colon wrongly. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text).replaceAll('-', ':');
  } catch {
    return text;
  }
}

function parseObject(text: string | null): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
