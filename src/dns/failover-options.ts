import type { DnsTarget } from './dns-target';

/** Where a name points, and where while that does not answer. */
export interface FailoverOptions {
  /** Where the name points while it is healthy. */
  readonly primary: DnsTarget;
  /** Where the name points while the primary is not, such as a page in another region. */
  readonly secondary: DnsTarget;
  /**
   * Name that is asked by HTTPS on port 443, from several regions, whether the primary works. It must reach the primary
   * whatever the failover does, so it cannot be the failover's own name.
   */
  readonly checkedHostName: string;
  /**
   * Path that must answer with a status of 200 to 399 within 4 seconds.
   * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
   * @default '/'
   */
  readonly checkedPath?: string;
  /**
   * How many checks in a row, 30 seconds apart, must agree before the name moves, 1 to 10.
   * @default 3
   */
  readonly failureThreshold?: number;
}
