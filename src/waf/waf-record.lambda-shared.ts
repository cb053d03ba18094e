import { next, readIpv4, readNumber, startsWith } from './bytes.lambda-shared';
import { countsAction, countsPath, HostRules, type OffenceGuards } from './offence-rules.lambda-shared';
import type { Tally } from './tally.lambda-shared';
import { isOwnRule, parseWafRecord } from './waf-json.lambda-shared';
import { ALLOWED_RULE } from './web-acl-names';

/** Two records without a line end between them. A string cannot hold it: there the quote would be escaped. */
export const WAF_JOINT = Buffer.from('}{"timestamp":');

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const CLOSING_BRACE = 125;
/** No other action begins with B. */
const FIRST_OF_BLOCK = 66;
const TIMESTAMP = Buffer.from('{"timestamp":');
const RULE = Buffer.from('"terminatingRuleId":"');
const RULE_TYPE = Buffer.from('","terminatingRuleType":"');
const ACTION = Buffer.from('","action":"');
const CLIENT = Buffer.from('"httpRequest":{"clientIp":"');
const COUNTRY = Buffer.from('","country":"');
const HEADERS = Buffer.from('","headers":[');
/** As clients of HTTP/1.1 and of HTTP/2 spell it. */
const HOST_NAMES = ['Host', 'host'].map((name) => Buffer.from(`{"name":"${name}","value":"`));
const URI = Buffer.from('"uri":"');
/** The rule for allowed addresses only counts, so it stands among those that matched and ended nothing. */
const ALLOWED = Buffer.from(`"ruleId":"${ALLOWED_RULE}"`);

/** Milliseconds have 13 digits until the year 2286. */
const HEAD_LENGTH = TIMESTAMP.length + 13;

/**
 * Counts requests of a web ACL's log. A record in the order in which WAF writes it is read in place, and only as far as an
 * offence needs: a quoted key with a colon behind it cannot stand inside a JSON string, where its quotes would be escaped. Any
 * other record is parsed as JSON.
 */
export class WafRecordCounter {
  public lines = 0;
  public poison = 0;
  private readonly hosts: HostRules;
  private readonly verdicts = new Verdicts();
  private readonly needsPath: boolean;
  private readonly countsAllowed: boolean;

  constructor(
    private readonly tally: Tally,
    guards: OffenceGuards,
  ) {
    this.hosts = new HostRules(tally.offences, guards);
    this.needsPath = tally.offences.some(({ pathPrefixes }) => pathPrefixes);
    this.countsAllowed = tally.offences.some((offence) => countsAction(offence, false));
  }

  public visit(data: Buffer, start: number, end: number, closed: boolean): void {
    if (start === end) {
      return;
    }
    this.lines++;
    if (!closed || data[end - 1] !== CLOSING_BRACE || !this.readInPlace(data, start, end)) {
      this.readWhole(data.toString('utf8', start, end));
    }
  }

  /** Whether the record was as expected. */
  private readInPlace(data: Buffer, start: number, end: number): boolean {
    const verdict = startsWith(data, TIMESTAMP, start) ? this.verdicts.read(data, start + HEAD_LENGTH, end) : undefined;
    if (!verdict?.counts || !(verdict.isBlock || this.countsAllowed)) {
      return verdict !== undefined;
    }
    const timestamp = readNumber(data, start + TIMESTAMP.length, COMMA);
    const clientAt = start + HEAD_LENGTH + verdict.length;
    return !Number.isNaN(timestamp) && this.readRequest(data, clientAt, end, timestamp, verdict.isBlock);
  }

  private readRequest(data: Buffer, at: number, end: number, timestamp: number, isBlock: boolean): boolean {
    const addressEnd = next(data, QUOTE, at, end);
    const hostAt = findHost(data, addressEnd, end);
    const hostEnd = next(data, QUOTE, hostAt, end);
    const offences = hostAt < 0 ? undefined : this.hosts.countedBy(data, hostAt, hostEnd);
    const path = this.needsPath ? readPath(data, hostEnd, end) : '';
    if (!offences || path === undefined) {
      return false;
    }
    const ipv4 = readIpv4(data, at, addressEnd);
    for (const index of offences) {
      const offence = this.tally.offences[index];
      if (!countsAction(offence, isBlock) || !countsPath(offence, path)) {
        continue;
      }
      if (Number.isNaN(ipv4)) {
        this.tally.add(index, timestamp, data.toString('utf8', at, addressEnd));
      } else {
        this.tally.addIpv4(index, timestamp, ipv4);
      }
    }
    return true;
  }

  private readWhole(text: string): void {
    const request = parseWafRecord(text);
    if (!request) {
      this.poison += text.trim() === '' ? 0 : 1;
      return;
    }
    for (const index of request.counts ? this.hosts.find(request.host) : []) {
      const offence = this.tally.offences[index];
      if (countsAction(offence, request.action === 'BLOCK') && countsPath(offence, request.path)) {
        this.tally.add(index, request.timestamp, request.address);
      }
    }
  }
}

/** What the part of a record between its time and its client says. */
interface Verdict {
  readonly isBlock: boolean;
  /** Not from an allowed address, and not ended by a list or limit of ours. */
  readonly counts: boolean;
  readonly length: number;
}

interface KnownVerdict extends Verdict {
  readonly bytes: Buffer;
}

const MOST_VERDICTS = 8;

/** Records that took the same way through the rules are equal in that part, so it is read once and then only compared. */
class Verdicts {
  private readonly known: KnownVerdict[] = [];
  private replaced = 0;

  /** The part begins at `from`; undefined when it is not as WAF writes it. */
  public read(data: Buffer, from: number, end: number): Verdict | undefined {
    for (const verdict of this.known) {
      const { bytes, length } = verdict;
      // The last bytes tell most of them apart without a call.
      if (
        from + length < end &&
        data[from + length - 2] === COLON &&
        data.compare(bytes, 0, length, from, from + length) === 0
      ) {
        return verdict;
      }
    }
    const read = readVerdict(data, from, end);
    if (read) {
      this.known[this.replaced] = { ...read, bytes: Buffer.from(data.subarray(from, from + read.length)) };
      this.replaced = (this.replaced + 1) % MOST_VERDICTS;
    }
    return read;
  }
}

function readVerdict(data: Buffer, from: number, end: number): Verdict | undefined {
  const part = data.subarray(from, end);
  const clientKey = part.indexOf(CLIENT);
  const ruleAt = part.indexOf(RULE) + RULE.length;
  const ruleEnd = part.indexOf(QUOTE, ruleAt);
  const typeEnd = part.indexOf(QUOTE, ruleEnd + RULE_TYPE.length);
  if (
    ruleAt < RULE.length ||
    clientKey < typeEnd ||
    !startsWith(part, RULE_TYPE, ruleEnd) ||
    !startsWith(part, ACTION, typeEnd)
  ) {
    return undefined;
  }
  return {
    isBlock: part[typeEnd + ACTION.length] === FIRST_OF_BLOCK,
    counts: !part.subarray(0, clientKey).includes(ALLOWED) && !isOwnRule(part.toString('utf8', ruleAt, ruleEnd)),
    length: clientKey + CLIENT.length,
  };
}

/** Where the value of the host header begins. It is the first header nearly always, else it is looked for. */
function findHost(data: Buffer, addressEnd: number, end: number): number {
  const countryEnd = next(data, QUOTE, addressEnd + COUNTRY.length, end);
  const first = countryEnd + HEADERS.length;
  if (startsWith(data, COUNTRY, addressEnd) && startsWith(data, HEADERS, countryEnd)) {
    const name = HOST_NAMES.find((candidate) => startsWith(data, candidate, first));
    if (name) {
      return first + name.length;
    }
  }
  const rest = data.subarray(addressEnd, end);
  const found = HOST_NAMES.map((name) => rest.indexOf(name)).filter((at) => at >= 0);
  return found.length > 0 ? addressEnd + Math.min(...found) + HOST_NAMES[0].length : -1;
}

/** Undefined where it is missing or written with escapes. */
function readPath(data: Buffer, from: number, end: number): string | undefined {
  const at = data.indexOf(URI, from) + URI.length;
  const text = data.toString('utf8', at, data.indexOf(QUOTE, at));
  return at < URI.length || at > end || text.includes('\\') ? undefined : text;
}
