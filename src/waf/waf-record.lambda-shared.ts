import { isDigit, Known, next, type Piece, readDigits } from './bytes.lambda-shared';
import { countsAction, countsPath, HostRules, type OffenceGuards } from './offence-rules.lambda-shared';
import type { Tally } from './tally.lambda-shared';
import { parseWafRecord } from './waf-json.lambda-shared';
import { Verdicts } from './waf-verdict.lambda-shared';

/** Two records without a line end between them. A string cannot hold it: there the quote would be escaped. */
export const WAF_JOINT = Buffer.from('}{"timestamp":');

const QUOTE = 34;
const COMMA = 44;
const CLOSING_BRACE = 125;
const TIMESTAMP = Known.of('{"timestamp":');
const COUNTRY = Known.of('","country":"');
/** As clients of HTTP/1.1 and of HTTP/2 spell it. */
const HOST_NAMES = ['Host', 'host'].map((name) => `{"name":"${name}","value":"`);
const HOSTS = HOST_NAMES.map((name) => Buffer.from(name));
const FIRST_HOSTS = HOST_NAMES.map((name) => Known.of(`","headers":[${name}`));
const URI = Buffer.from('"uri":"');

/** Seconds have ten digits until the year 2286; milliseconds follow them. */
const SECONDS_LENGTH = 10;
const HEAD_LENGTH = TIMESTAMP.length + SECONDS_LENGTH + 3;

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
  /** By index of the offence, whether requests count that were not blocked. */
  private readonly countPassed: boolean[];
  private readonly countsAny: boolean;

  constructor(
    private readonly tally: Tally,
    guards: OffenceGuards,
  ) {
    this.hosts = new HostRules(tally.offences, guards, QUOTE);
    this.needsPath = tally.offences.some(({ pathPrefixes }) => pathPrefixes);
    this.countPassed = tally.offences.map((offence) => countsAction(offence, false));
    this.countsAny = this.countPassed.includes(true);
  }

  public visit(piece: Piece, start: number, end: number, closed: boolean): void {
    if (start === end) {
      return;
    }
    this.lines++;
    const { data } = piece;
    if (!closed || data[end - 1] !== CLOSING_BRACE || !this.readInPlace(piece, start, end)) {
      this.readWhole(data.toString('utf8', start, end));
    }
  }

  /** Whether the record was as expected. */
  private readInPlace(piece: Piece, start: number, end: number): boolean {
    const { data } = piece;
    const isInOrder = piece.has(TIMESTAMP, start) && data[start + HEAD_LENGTH] === COMMA;
    const verdict = isInOrder ? this.verdicts.read(piece, start + HEAD_LENGTH, end) : undefined;
    if (!verdict?.counts || !(verdict.isBlock || this.countsAny)) {
      return verdict !== undefined;
    }
    const seconds = readDigits(data, start + TIMESTAMP.length, SECONDS_LENGTH);
    const clientAt = start + HEAD_LENGTH + verdict.length;
    return (
      !Number.isNaN(seconds) &&
      isDigit(data[start + HEAD_LENGTH - 1]) &&
      this.readRequest(piece, clientAt, end, seconds, verdict.isBlock)
    );
  }

  private readRequest(piece: Piece, at: number, end: number, seconds: number, isBlock: boolean): boolean {
    const { data } = piece;
    const ipv4 = piece.readIpv4(at, QUOTE);
    const isIpv4 = !Number.isNaN(ipv4);
    const addressEnd = isIpv4 ? piece.addressEnd : next(data, QUOTE, at, end);
    const hostAt = findHost(piece, addressEnd, end);
    const host = hostAt < 0 ? undefined : this.hosts.at(piece, hostAt, end);
    const path = host && this.needsPath ? readPath(data, hostAt + host.text.length, end) : '';
    if (!host || path === undefined) {
      return false;
    }
    for (const index of host.offences) {
      const offence = this.tally.offences[index];
      if (!(isBlock || this.countPassed[index]) || !countsPath(offence, path)) {
        continue;
      }
      if (isIpv4) {
        this.tally.addIpv4(index, seconds, ipv4);
      } else {
        this.tally.add(index, seconds, data.toString('utf8', at, addressEnd));
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
        this.tally.add(index, Math.floor(request.timestamp / 1000), request.address);
      }
    }
  }
}

/** Where the value of the host header begins. It is the first header nearly always, else it is looked for. */
function findHost(piece: Piece, addressEnd: number, end: number): number {
  const { data } = piece;
  if (piece.has(COUNTRY, addressEnd)) {
    const countryEnd = next(data, QUOTE, addressEnd + COUNTRY.length, end);
    for (const first of FIRST_HOSTS) {
      if (piece.has(first, countryEnd)) {
        return countryEnd + first.length;
      }
    }
  }
  const rest = data.subarray(addressEnd, end);
  const found = HOSTS.map((name) => rest.indexOf(name)).filter((at) => at >= 0);
  return found.length > 0 ? addressEnd + Math.min(...found) + HOSTS[0].length : -1;
}

/** Undefined where it is missing or written with escapes. */
function readPath(data: Buffer, from: number, end: number): string | undefined {
  const at = data.indexOf(URI, from) + URI.length;
  const text = data.toString('utf8', at, data.indexOf(QUOTE, at));
  return at < URI.length || at > end || text.includes('\\') ? undefined : text;
}
