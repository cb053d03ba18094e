import { next, type Piece, readDigits, startsWith } from './bytes.lambda-shared';
import { countsPath, HostRules, type OffenceGuards } from './offence-rules.lambda-shared';
import type { Tally } from './tally.lambda-shared';

const SPACE = 32;
const QUOTE = 34;
const SLASH = 47;
const COLON = 58;
const FIRST_OF_CLIENT_ERRORS = 52;
const SCHEME_END = Buffer.from('://');
/** Fields before the first quoted one: type time elb client target three-times elb-status target-status received sent */
const TIME_FIELD = 1;
const CLIENT_FIELD = 3;
const TARGET_STATUS_FIELD = 9;
const FIELDS = 12;
const STATUS_LENGTH = 3;
/** `2026-11-24T10:00`, of which a file has few. */
const MINUTE_LENGTH = 16;

/**
 * Counts requests of a load balancer's access log that a service answered with an error of the kind 4xx. What the load balancer
 * or the web ACL answered has no target status, and does not count.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
 */
export class AccessRecordCounter {
  public lines = 0;
  public poison = 0;
  private readonly hosts: HostRules;
  private readonly begins: number[] = new Array(FIELDS + 1).fill(0);
  private minute = Buffer.alloc(0);
  private minuteSeconds = Number.NaN;

  constructor(
    private readonly tally: Tally,
    guards: OffenceGuards,
  ) {
    this.hosts = new HostRules(tally.offences, guards, SLASH);
  }

  public visit(piece: Piece, start: number, end: number): void {
    const { data } = piece;
    if (start === end) {
      return;
    }
    this.lines++;
    if (!this.findFields(data, start, end)) {
      this.poison += data.toString('latin1', start, end).trim() === '' ? 0 : 1;
      return;
    }
    // The target's status is asked first: most requests are no errors.
    const status = this.begins[TARGET_STATUS_FIELD];
    if (data[status] === FIRST_OF_CLIENT_ERRORS && !this.read(piece, readDigits(data, status, STATUS_LENGTH), end)) {
      this.poison++;
    }
  }

  /** Where the fields before the request begin; whether there are so many. */
  private findFields(data: Buffer, start: number, end: number): boolean {
    const { begins } = this;
    let field = 0;
    begins[0] = start;
    for (let at = start; at < end && field < FIELDS; at++) {
      if (data[at] === SPACE) {
        begins[++field] = at + 1;
      }
    }
    return field === FIELDS && data[begins[FIELDS]] === QUOTE && begins[FIELDS] < end;
  }

  /** Whether the record was as expected. What a client sent as its path may hold anything but a blank. */
  private read(piece: Piece, status: number, end: number): boolean {
    const { data } = piece;
    const time = this.readTime(data, this.begins[TIME_FIELD]);
    const urlAt = next(data, SPACE, this.begins[FIELDS], end) + 1;
    const hostAt = next(data, COLON, urlAt, end) + SCHEME_END.length;
    if (Number.isNaN(time) || Number.isNaN(status) || !startsWith(data, SCHEME_END, hostAt - SCHEME_END.length)) {
      return false;
    }
    const host = this.hosts.at(piece, hostAt, end);
    if (!host) {
      return true;
    }
    for (const index of host.offences) {
      const offence = this.tally.offences[index];
      const pathAt = hostAt + host.text.length - 1;
      const path = offence.pathPrefixes ? data.toString('utf8', pathAt, next(data, SPACE, pathAt, end)) : '';
      if (offence.statusCodes?.includes(status) && countsPath(offence, path)) {
        this.count(index, time, piece);
      }
    }
    return true;
  }

  private count(index: number, time: number, piece: Piece): void {
    const { data } = piece;
    const at = this.begins[CLIENT_FIELD];
    const ipv4 = piece.readIpv4(at, COLON);
    if (!Number.isNaN(ipv4)) {
      this.tally.addIpv4(index, time, ipv4);
      return;
    }
    // Of an IPv6 address the last colon is before the port.
    const end = data.lastIndexOf(COLON, this.begins[CLIENT_FIELD + 1]);
    this.tally.add(index, time, data.toString('latin1', at, end).replace(/^\[|\]$/g, ''));
  }

  /** Epoch seconds. */
  private readTime(data: Buffer, at: number): number {
    if (this.minute.length === 0 || !startsWith(data, this.minute, at)) {
      this.minute = Buffer.from(data.subarray(at, at + MINUTE_LENGTH));
      this.minuteSeconds = Date.parse(`${this.minute.toString('latin1')}Z`) / 1000;
    }
    return this.minuteSeconds + readDigits(data, at + MINUTE_LENGTH + 1, 2);
  }
}

/** Of the objects in such a bucket: not connection logs, health check logs, or logs of network load balancers. */
export function isAccessLog(key: string): boolean {
  return /\/elasticloadbalancing\/.*\/\d+_elasticloadbalancing_[^/]+_app\.[^/]+\.log\.gz$/.test(key);
}
