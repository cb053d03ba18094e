import { Duration } from 'aws-cdk-lib';
import { BLOCKED_REQUESTS, CLIENT_ERRORS, type OffenceKind, type OffenceSpec, REQUESTS } from './offence-spec';

/** When an address offends, and how long it is blocked for it. */
export interface OffenceOptions {
  /** How many within `window` make an offender, 10 to 10,000,000. */
  readonly threshold: number;
  /**
   * Time that is counted over, 1 to 60 whole minutes. Windows follow the clock (10:00, 10:05 …), so a burst across the border
   * of two is seen when one half reaches the threshold.
   * @default Duration.minutes(5)
   */
  readonly window?: Duration;
  /**
   * How long an offender is blocked, counted from the end of the window, 15 minutes to 30 days. The minutes until the log comes are
   * part of it. Another offence begins it anew.
   * @default Duration.hours(4)
   */
  readonly blockDuration?: Duration;
  /**
   * Hosts whose requests count: names, or many by one `*` at the beginning or the end. Hosts of charge points count only when
   * they are named here: one misconfigured charger behind the address of a mobile network can block thousands.
   * @default - all hosts but those of charge points
   */
  readonly hosts?: string[];
  /**
   * Beginnings of the paths that count.
   * @default - all paths
   */
  readonly pathPrefixes?: string[];
}

/** An offence by status codes. */
export interface ClientErrorsOptions extends OffenceOptions {
  /**
   * Status codes that count, 400 to 499.
   * @default [400, 401, 403, 404, 405]
   */
  readonly statusCodes?: number[];
}

/**
 * What makes an address an offender. Requests that the platform's own block list, rate limits or rules for allowed addresses
 * ended never count, or a block would renew itself for ever. IPv6 addresses are counted by their /64.
 */
export class Offence {
  /** Requests that managed rules blocked, by the web ACL's log. */
  public static blockedRequests(options: OffenceOptions): Offence {
    return new Offence(BLOCKED_REQUESTS, options);
  }

  /** All requests, by the web ACL's log. */
  public static requests(options: OffenceOptions): Offence {
    return new Offence(REQUESTS, options);
  }

  /** Requests that services answered with an error of the kind 4xx, by the load balancer's access log. */
  public static clientErrors(options: ClientErrorsOptions): Offence {
    return new Offence(CLIENT_ERRORS, options, options.statusCodes ?? [400, 401, 403, 404, 405]);
  }

  private constructor(
    /** @internal */
    public readonly _kind: OffenceKind,
    /** @internal */
    public readonly _options: OffenceOptions,
    /** @internal */
    public readonly _statusCodes?: number[],
  ) {}

  /** @internal */
  public get _window(): Duration {
    return this._options.window ?? Duration.minutes(5);
  }

  /** @internal */
  public get _blockDuration(): Duration {
    return this._options.blockDuration ?? Duration.hours(4);
  }

  /** @internal */
  public _spec(): OffenceSpec {
    const { threshold, hosts, pathPrefixes } = this._options;
    return {
      kind: this._kind,
      threshold,
      windowSeconds: this._window.toSeconds(),
      blockSeconds: this._blockDuration.toSeconds(),
      hosts,
      pathPrefixes,
      statusCodes: this._statusCodes,
    };
  }
}
