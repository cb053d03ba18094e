import { next, readIpv4, readNumber, startsWith } from './bytes.lambda-shared';
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
  private minuteMs = Number.NaN;

  constructor(
    private readonly tally: Tally,
    guards: OffenceGuards,
  ) {
    this.hosts = new HostRules(tally.offences, guards);
  }

  public visit(data: Buffer, start: number, end: number): void {
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
    if (data[status] === FIRST_OF_CLIENT_ERRORS && !this.read(data, readNumber(data, status, SPACE), end)) {
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
  private read(data: Buffer, status: number, end: number): boolean {
    const time = this.readTime(data, this.begins[TIME_FIELD]);
    const urlAt = next(data, SPACE, this.begins[FIELDS], end) + 1;
    const hostAt = next(data, COLON, urlAt, end) + SCHEME_END.length;
    if (Number.isNaN(time) || Number.isNaN(status) || !startsWith(data, SCHEME_END, hostAt - SCHEME_END.length)) {
      return false;
    }
    const urlEnd = next(data, SPACE, urlAt, end);
    const hostEnd = next(data, SLASH, hostAt, urlEnd);
    const offences = this.hosts.countedBy(data, hostAt, hostEnd);
    for (const index of offences ?? []) {
      const offence = this.tally.offences[index];
      const path = offence.pathPrefixes ? data.toString('utf8', hostEnd, urlEnd) : '';
      if (offence.statusCodes?.includes(status) && countsPath(offence, path)) {
        this.count(index, time, data);
      }
    }
    return true;
  }

  private count(index: number, time: number, data: Buffer): void {
    const at = this.begins[CLIENT_FIELD];
    let end = this.begins[CLIENT_FIELD + 1] - 1;
    while (end > at && data[end] !== COLON) {
      end--;
    }
    const ipv4 = readIpv4(data, at, end);
    if (Number.isNaN(ipv4)) {
      this.tally.add(index, time, data.toString('latin1', at, end).replace(/^\[|\]$/g, ''));
    } else {
      this.tally.addIpv4(index, time, ipv4);
    }
  }

  /** Epoch milliseconds, by the second. */
  private readTime(data: Buffer, at: number): number {
    if (this.minute.length === 0 || !startsWith(data, this.minute, at)) {
      this.minute = Buffer.from(data.subarray(at, at + MINUTE_LENGTH));
      this.minuteMs = Date.parse(`${this.minute.toString('latin1')}Z`);
    }
    const tens = data[at + MINUTE_LENGTH + 1] - 48;
    const ones = data[at + MINUTE_LENGTH + 2] - 48;
    return this.minuteMs + (tens * 10 + ones) * 1000;
  }
}

/** Of the objects in such a bucket: not connection logs, health check logs, or logs of network load balancers. */
export function isAccessLog(key: string): boolean {
  return /\/elasticloadbalancing\/.*\/\d+_elasticloadbalancing_[^/]+_app\.[^/]+\.log\.gz$/.test(key);
}
