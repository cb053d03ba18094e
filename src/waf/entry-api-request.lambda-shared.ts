import {
  ALLOW,
  BLOCK,
  type Entry,
  type EntryList,
  MANUAL_SOURCE,
  MAXIMUM_REASON_LENGTH,
  WIDEST_IPV4_PREFIX,
  WIDEST_IPV6_PREFIX,
} from './entries';
import { buildEntry, canonicalCidr, isLive, parseNetworks } from './entries.lambda-shared';
import { LONGEST_ENTRY_HOURS, REASON_PATTERN } from './entry-api-model';
import { formatNetwork, overlaps, parseNetwork, supernets } from './ip-ranges';

/** The part of API Gateway's proxy event that the API reads. */
export interface ApiRequest {
  readonly httpMethod: string;
  readonly pathParameters: Record<string, string | undefined> | null;
  readonly queryStringParameters: Record<string, string | undefined> | null;
  readonly body: string | null;
  readonly requestContext: { readonly requestId: string; readonly identity: { readonly userArn: string | null } };
}

export type Command =
  | { readonly kind: 'put'; readonly entry: Entry }
  | { readonly kind: 'remove'; readonly cidr: string }
  | { readonly kind: 'show'; readonly cidr: string }
  /** Every entry that covers the address, so the keys of all networks around it. */
  | { readonly kind: 'explain'; readonly address: string; readonly cidrs: string[] };

export interface Problem {
  readonly problem: string;
}

/** What the caller asks for, or why it is refused. Pure: the clock is an argument. */
export function readRequest(request: ApiRequest, neverBlock: readonly string[], nowMs: number): Command | Problem {
  const { address, prefix } = request.pathParameters ?? {};
  if (address === undefined) {
    return explain(request.queryStringParameters?.address ?? '');
  }
  const result = canonicalCidr(`${address}/${prefix}`);
  if ('problem' in result) {
    return { problem: `the address ${result.problem}` };
  }
  switch (request.httpMethod) {
    case 'PUT':
      return put(result.cidr, request, neverBlock, nowMs);
    case 'DELETE':
      return { kind: 'remove', cidr: result.cidr };
    default:
      return { kind: 'show', cidr: result.cidr };
  }
}

/** Who called: API Gateway puts it there after it has checked the signature. */
export function callerOf(request: ApiRequest): string {
  const { userArn } = request.requestContext.identity;
  if (!userArn) {
    throw new Error('the request has no caller; the API must authorise with IAM');
  }
  return userArn;
}

/** What becomes of an address: allowed by any entry, else blocked by any, else left to the other rules. */
export function verdictOf(entries: readonly Entry[], nowSeconds: number): EntryList | 'NONE' {
  const live = entries.filter((entry) => isLive(entry, nowSeconds));
  return (
    [ALLOW, BLOCK].map((list) => list as EntryList).find((list) => live.some((entry) => entry.list === list)) ?? 'NONE'
  );
}

function explain(text: string): Command | Problem {
  const network = parseNetwork(text);
  if (!network) {
    return { problem: "the query needs 'address', an IPv4 or IPv6 address or CIDR" };
  }
  const widest = network.family === 4 ? WIDEST_IPV4_PREFIX : WIDEST_IPV6_PREFIX;
  return { kind: 'explain', address: formatNetwork(network), cidrs: supernets(network, widest) };
}

function put(cidr: string, request: ApiRequest, neverBlock: readonly string[], nowMs: number): Command | Problem {
  const body = parseObject(request.body);
  const { list, reason, expiresInHours } = body ?? {};
  if (list !== ALLOW && list !== BLOCK) {
    return { problem: "the body needs 'list', ALLOW or BLOCK" };
  }
  if (typeof reason !== 'string' || !new RegExp(REASON_PATTERN, 'u').test(reason)) {
    return { problem: `the body needs 'reason', one printable line of 3 to ${MAXIMUM_REASON_LENGTH} characters` };
  }
  if (!isHours(expiresInHours)) {
    return { problem: `the body needs 'expiresInHours', a whole number from 1 to ${LONGEST_ENTRY_HOURS}` };
  }
  const network = parseNetwork(cidr);
  const own = parseNetworks(neverBlock).find((never) => network && overlaps(never, network));
  if (list === BLOCK && own) {
    return { problem: `${cidr} overlaps ${formatNetwork(own)}, which is never blocked` };
  }
  return {
    kind: 'put',
    entry: buildEntry({
      cidr,
      source: MANUAL_SOURCE,
      list,
      reason,
      actor: callerOf(request),
      createdAt: new Date(nowMs).toISOString(),
      expiresAt: Math.floor(nowMs / 1000) + expiresInHours * 3_600,
    }),
  };
}

function isHours(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= LONGEST_ENTRY_HOURS;
}

function parseObject(text: string | null): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
