import { countsPath, HostRules, type OffenceGuards } from './offence-rules.lambda-shared';
import type { Tally } from './tally.lambda-shared';

const SPACE = 32;
const QUOTE = 34;
const FIRST_OF_CLIENT_ERRORS = 52;
/** Fields before the first quoted one: type time elb client target three-times elb-status target-status received sent */
const CLIENT_FIELD = 3;
const TARGET_STATUS_FIELD = 9;
const FIELDS = 12;
/** `type 2026-11-24T10:00:00.000000Z app/…` */
const LINE = /^\S+ (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\S* \S+$/;
/** `"GET https://host:443/path?query HTTP/1.1"`: what a client sent as path may hold anything but a blank. */
const REQUEST = /^"\S+ [a-z]+:\/\/([^/ ]*)(\/[^? ]*)?/;

/**
 * Counts requests of a load balancer's access log that a service answered with an error of the kind 4xx. What the load balancer
 * or the web ACL answered has no target status, and does not count.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
 */
export class AccessRecordCounter {
  public lines = 0;
  public poison = 0;
  private readonly hosts: HostRules;
  private readonly ends: number[] = new Array(FIELDS).fill(0);

  constructor(
    private readonly tally: Tally,
    guards: OffenceGuards,
  ) {
    this.hosts = new HostRules(tally.offences, guards);
  }

  public visit(data: Buffer, start: number, end: number): void {
    this.lines++;
    if (!this.findFields(data, start, end)) {
      this.poison += data.toString('latin1', start, end).trim() === '' ? 0 : 1;
      return;
    }
    // The target's status is asked first: most requests are no errors.
    if (data[this.ends[TARGET_STATUS_FIELD - 1] + 1] === FIRST_OF_CLIENT_ERRORS) {
      this.read(data, start, end);
    }
  }

  /** Where the fields before the request end; whether there are so many. */
  private findFields(data: Buffer, start: number, end: number): boolean {
    let field = 0;
    let at = start;
    for (; at < end && field < FIELDS; at++) {
      if (data[at] === SPACE) {
        this.ends[field++] = at;
      }
    }
    return field === FIELDS && data[at] === QUOTE;
  }

  private read(data: Buffer, start: number, end: number): void {
    const { ends } = this;
    const [, time] = LINE.exec(data.toString('latin1', start, ends[CLIENT_FIELD - 1])) ?? [];
    const client = data.toString('latin1', ends[CLIENT_FIELD - 1] + 1, ends[CLIENT_FIELD]);
    const status = Number(data.toString('latin1', ends[TARGET_STATUS_FIELD - 1] + 1, ends[TARGET_STATUS_FIELD]));
    const [, host, path] = REQUEST.exec(data.toString('utf8', ends[FIELDS - 1] + 1, end)) ?? [];
    if (time === undefined || host === undefined) {
      this.poison++;
      return;
    }
    const address = client.slice(0, client.lastIndexOf(':')).replace(/^\[|\]$/g, '');
    for (const index of this.hosts.countedBy(host)) {
      const offence = this.tally.offences[index];
      if (offence.statusCodes?.includes(status) && countsPath(offence, path ?? '/')) {
        this.tally.add(index, Date.parse(`${time}Z`), address);
      }
    }
  }
}

/** Of the objects in such a bucket: not connection logs, health check logs, or logs of network load balancers. */
export function isAccessLog(key: string): boolean {
  return /\/elasticloadbalancing\/.*\/\d+_elasticloadbalancing_[^/]+_app\.[^/]+\.log\.gz$/.test(key);
}
