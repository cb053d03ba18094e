import { countsAction, countsPath, HostRules, type OffenceGuards } from './offence-rules.lambda-shared';
import type { OffenceSpec } from './offence-spec';
import type { Tally } from './tally.lambda-shared';
import { BLOCKED_RULE, RATE_RULE_PREFIX } from './web-acl-names';

/** Two records without a line end between them. A string cannot hold it: there the quote would be escaped. */
export const WAF_JOINT = Buffer.from('}{"timestamp":');

export interface WafGuards extends OffenceGuards {
  /** Label of requests from allowed addresses, in full. */
  readonly allowedLabel: string;
}

interface WafRequest {
  readonly timestamp: number;
  readonly address: string;
  readonly action: string;
  readonly rule: string;
  readonly host: string;
  readonly path: string;
  readonly allowed: boolean;
}

const QUOTE = 34;
/** No other action begins with B. */
const FIRST_OF_BLOCK = 66;
const COMMA = 44;
const CLOSING_BRACE = 125;
const TIMESTAMP = Buffer.from('{"timestamp":');
const RULE = Buffer.from('"terminatingRuleId":"');
const RULE_TYPE = Buffer.from(',"terminatingRuleType":"');
const ACTION = Buffer.from(',"action":"');
const CLIENT = Buffer.from('"httpRequest":{"clientIp":"');
const HOST_NAMES = ['Host', 'host'].map((name) => Buffer.from(`{"name":"${name}","value":"`));
const URI = Buffer.from('"uri":"');

/**
 * Counts requests of a web ACL's log. A record in the order in which WAF writes it is read in place, only as far as an offence
 * needs: a quoted key followed by a colon cannot stand inside a JSON string, where its quotes would be escaped. Any other record
 * is parsed as JSON.
 */
export class WafRecordCounter {
  public lines = 0;
  public poison = 0;
  private readonly hosts: HostRules;
  private readonly label: Buffer;
  private readonly needsPath: boolean;
  private readonly countsAllowed: boolean;

  constructor(
    private readonly tally: Tally,
    private readonly guards: WafGuards,
  ) {
    this.hosts = new HostRules(tally.offences, guards);
    // A header's name cannot hold a colon, and a header's object goes on after the name: only labels look like this.
    this.label = Buffer.from(`{"name":"${guards.allowedLabel}"}`);
    this.needsPath = tally.offences.some(({ pathPrefixes }) => pathPrefixes);
    this.countsAllowed = tally.offences.some((offence) => countsAction(offence, 'ALLOW'));
  }

  public visit(data: Buffer, start: number, end: number, closed: boolean): void {
    this.lines++;
    if (closed && data[end - 1] === CLOSING_BRACE && this.readInPlace(data.subarray(start, end))) {
      return;
    }
    this.readWhole(data.toString('utf8', start, end));
  }

  /** Whether the record was as expected. */
  private readInPlace(record: Buffer): boolean {
    const timestamp = startsWith(record, TIMESTAMP, 0) ? readDigits(record, TIMESTAMP.length) : Number.NaN;
    const ruleAt = record.indexOf(RULE, TIMESTAMP.length) + RULE.length;
    const ruleEnd = record.indexOf(QUOTE, ruleAt);
    if (Number.isNaN(timestamp) || ruleAt < RULE.length || !startsWith(record, RULE_TYPE, ruleEnd + 1)) {
      return false;
    }
    const typeEnd = record.indexOf(QUOTE, ruleEnd + 1 + RULE_TYPE.length);
    if (!startsWith(record, ACTION, typeEnd + 1)) {
      return false;
    }
    const actionAt = typeEnd + 1 + ACTION.length;
    if (!this.countsAllowed && record[actionAt] !== FIRST_OF_BLOCK) {
      return true;
    }
    const addressAt = record.indexOf(CLIENT, actionAt) + CLIENT.length;
    if (addressAt < CLIENT.length) {
      return false;
    }
    const action = record.toString('latin1', actionAt, record.indexOf(QUOTE, actionAt));
    return this.readRequest(record.subarray(addressAt), timestamp, action, record.toString('latin1', ruleAt, ruleEnd));
  }

  private readRequest(rest: Buffer, timestamp: number, action: string, rule: string): boolean {
    const host = this.readHost(rest);
    const path = this.needsPath ? readString(rest, rest.indexOf(URI), URI.length) : '';
    if (host === undefined || path === undefined) {
      return false;
    }
    const address = rest.toString('latin1', 0, rest.indexOf(QUOTE));
    this.count({ timestamp, address, action, rule, host, path, allowed: rest.includes(this.label) });
    return true;
  }

  /** The first header of that name, as WAF spells it for HTTP/1.1 or for HTTP/2. */
  private readHost(rest: Buffer): string | undefined {
    const found = HOST_NAMES.map((name) => rest.indexOf(name)).filter((at) => at >= 0);
    return readString(rest, found.length > 0 ? Math.min(...found) : -1, HOST_NAMES[0].length);
  }

  private readWhole(text: string): void {
    const request = parse(text, this.guards.allowedLabel);
    if (request) {
      this.count(request);
    } else if (text.trim() !== '') {
      this.poison++;
    }
  }

  private count(request: WafRequest): void {
    if (request.allowed || endedByPlatform(request.rule)) {
      return;
    }
    for (const index of this.hosts.countedBy(request.host)) {
      const offence: OffenceSpec = this.tally.offences[index];
      if (countsAction(offence, request.action) && countsPath(offence, request.path)) {
        this.tally.add(index, request.timestamp, request.address);
      }
    }
  }
}

/** Else a block would renew itself for ever. */
function endedByPlatform(rule: string): boolean {
  return rule === BLOCKED_RULE || rule.startsWith(RATE_RULE_PREFIX);
}

function parse(text: string, allowedLabel: string): WafRequest | undefined {
  // biome-ignore lint/suspicious/noExplicitAny: the record is free JSON until it is looked at
  let record: any;
  try {
    record = JSON.parse(text);
  } catch {
    return undefined;
  }
  const request = record?.httpRequest;
  if (typeof record?.timestamp !== 'number' || typeof request?.clientIp !== 'string') {
    return undefined;
  }
  const headers = Array.isArray(request.headers) ? request.headers : [];
  const host = headers.find((header: { name?: unknown }) => String(header?.name).toLowerCase() === 'host');
  const labels = Array.isArray(record.labels) ? record.labels : [];
  return {
    timestamp: record.timestamp,
    address: request.clientIp,
    action: String(record.action),
    rule: String(record.terminatingRuleId),
    host: String(host?.value ?? request.host ?? ''),
    path: String(request.uri ?? ''),
    allowed: labels.some((label: { name?: unknown }) => label?.name === allowedLabel),
  };
}

function startsWith(data: Buffer, prefix: Buffer, at: number): boolean {
  for (let index = 0; index < prefix.length; index++) {
    if (data[at + index] !== prefix[index]) {
      return false;
    }
  }
  return true;
}

function readDigits(data: Buffer, at: number): number {
  let value = 0;
  let index = at;
  for (; data[index] >= 48 && data[index] <= 57; index++) {
    value = value * 10 + data[index] - 48;
  }
  return index > at && data[index] === COMMA ? value : Number.NaN;
}

/** A string without escapes that begins `skip` bytes after `keyAt`; undefined where there is none such. */
function readString(data: Buffer, keyAt: number, skip: number): string | undefined {
  if (keyAt < 0) {
    return undefined;
  }
  const at = keyAt + skip;
  const end = data.indexOf(QUOTE, at);
  const text = data.toString('utf8', at, end);
  return end < 0 || text.includes('\\') ? undefined : text;
}
