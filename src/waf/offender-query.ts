import { Duration } from 'aws-cdk-lib';
import type { OffenderQueryGuards } from './offender-query-constants';
import { lastHours } from './waf-log-queries';

/** When an address offends over hours, and how long it is blocked for it. */
export interface OffenderQueryOptions {
  /** How many make an offender, 2 to 10,000,000. */
  readonly threshold: number;
  /**
   * Time that is looked back over, 1 to 168 whole hours. Each hour more is read, and paid for, at every run.
   * @default Duration.hours(24)
   */
  readonly lookBack?: Duration;
  /**
   * Time between two runs, 1 to 24 whole hours.
   * @default Duration.hours(1)
   */
  readonly interval?: Duration;
  /**
   * How long an offender is blocked from the run that found it, 1 hour to 30 days.
   * @default Duration.days(1)
   */
  readonly blockDuration?: Duration;
}

/** Offenders who are too slow for an `Offence`, found by Athena on a schedule. The guards of offences hold here too. */
export class OffenderQuery {
  /** Addresses that managed rules blocked in at least `threshold` different hours: attackers who stay below every rate. */
  public static persistentAttackers(options: OffenderQueryOptions): OffenderQuery {
    return new OffenderQuery('persistent attackers', 'count(DISTINCT dt)', "action = 'BLOCK'", options);
  }

  /** Addresses that asked for at least `threshold` different paths that managed rules blocked: scanners for weaknesses. */
  public static scanners(options: OffenderQueryOptions): OffenderQuery {
    return new OffenderQuery('scanned paths', 'count(DISTINCT httprequest.uri)', "action = 'BLOCK'", options);
  }

  private constructor(
    /** @internal */
    public readonly _kind: string,
    private readonly measure: string,
    private readonly condition: string,
    /** @internal */
    public readonly _options: OffenderQueryOptions,
  ) {}

  /** @internal */
  public get _lookBack(): Duration {
    return this._options.lookBack ?? Duration.hours(24);
  }

  /** @internal */
  public get _interval(): Duration {
    return this._options.interval ?? Duration.hours(1);
  }

  /** @internal */
  public get _blockDuration(): Duration {
    return this._options.blockDuration ?? Duration.days(1);
  }

  /**
   * Columns: the address and how often it offended. IP sets hold ten thousand, so the worst are enough.
   * @internal
   */
  public _sql(table: string, guards: OffenderQueryGuards): string {
    return `SELECT httprequest.clientip AS address, ${this.measure} AS offences
FROM ${table}
WHERE ${lastHours(this._lookBack.toHours() + 1)}
  AND ${this.condition}
  AND NOT regexp_like(terminatingruleid, '^(BlockedAddresses|AllowedAddresses|Rate.*)$')
  AND none_match(nonterminatingmatchingrules, r -> r.ruleid = 'AllowedAddresses')
  AND ${hostCondition(guards)}
GROUP BY httprequest.clientip
HAVING ${this.measure} >= ${this._options.threshold}
ORDER BY offences DESC
LIMIT 10000`;
  }
}

const HOST =
  "coalesce(regexp_replace(lower(element_at(filter(httprequest.headers, h -> lower(h.name) = 'host'), 1).value), ':[0-9]+$'), '')";

function hostCondition({ directHosts, chargePointHosts }: OffenderQueryGuards): string {
  const direct = directHosts.includes('*') ? [] : [`(${matches(directHosts)})`];
  const people = chargePointHosts.length === 0 ? [] : [`NOT (${matches(chargePointHosts)})`];
  return [...direct, ...people, 'TRUE'].join('\n  AND ');
}

/** Patterns hold no letter that `LIKE` or a string of SQL would take for another; that is checked where they come in. */
function matches(patterns: readonly string[]): string {
  return patterns.length === 0
    ? 'FALSE'
    : patterns.map((pattern) => `${HOST} LIKE '${pattern.replace('*', '%')}'`).join(' OR ');
}
