import { Duration } from 'aws-cdk-lib';
import type * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { RuleAction } from './managed-rule-group';
import { RATE_RULE_PREFIX } from './web-acl-names';
import { allOf, hostIsNoneOf, hostIsOneOf, type MachineHosts, type Priced, pathStartsWith } from './web-acl-statements';

/** How many requests are too many. */
export interface RateLimitOptions {
  /** Requests within `window` beyond which more are refused, 10 to 2,000,000,000. */
  readonly limit: number;
  /**
   * Time that requests are counted over: 1, 2, 5 or 10 minutes.
   * @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based-high-level-settings.html
   * @default Duration.minutes(5)
   */
  readonly window?: Duration;
  /**
   * Hosts that are limited: names, or many by one `*` at the beginning or the end.
   * @default - see the method
   */
  readonly hosts?: string[];
  /**
   * Beginning of the paths that are limited.
   * @default - all paths
   */
  readonly pathPrefix?: string;
  /**
   * Whether more requests are refused, with status 429, or only counted.
   * @default RuleAction.BLOCK
   */
  readonly action?: RuleAction;
}

/** A custom aggregation key costs 30 units. */
const KEY_CAPACITY = 30;
const RATE_CAPACITY = 2;

type Aggregation = Pick<wafv2.CfnWebACL.RateBasedStatementProperty, 'aggregateKeyType' | 'customKeys'>;

/**
 * Refuses more requests than a person or machine sends. Requests from allowed addresses are counted too.
 */
export class RateLimit {
  /**
   * By client address; 2 capacity units and what `hosts` and `pathPrefix` add. By default it leaves out the hosts of charge points
   * and partners: behind one address of a mobile network there may be thousands of charge points, and after an outage they all
   * come at once.
   */
  public static perAddress(options: RateLimitOptions): RateLimit {
    const people = ({ chargePointHosts, partnerHosts }: MachineHosts) =>
      hostIsNoneOf([...chargePointHosts, ...partnerHosts]);
    return new RateLimit('Address', { aggregateKeyType: 'IP' }, 0, people, options);
  }

  /**
   * By path, of which a charge point's identity is the last part: one that connects again and again is stopped, its neighbours
   * behind the same address are not. 32 capacity units. By default it acts on the hosts of charge points.
   */
  public static perStation(options: RateLimitOptions): RateLimit {
    const customKeys = [{ uriPath: { textTransformations: [{ priority: 0, type: 'NONE' }] } }];
    return new RateLimit(
      'Station',
      { aggregateKeyType: 'CUSTOM_KEYS', customKeys },
      KEY_CAPACITY,
      ({ chargePointHosts }) => hostIsOneOf(chargePointHosts),
      options,
    );
  }

  /**
   * By the value of a header, such as `authorization`, by which a roaming partner is known whatever address it comes from.
   * Requests without the header are not limited. 32 capacity units. By default it acts on the hosts of partners.
   */
  public static perHeader(header: string, options: RateLimitOptions): RateLimit {
    const name = header.toLowerCase();
    const customKeys = [{ header: { name, textTransformations: [{ priority: 0, type: 'NONE' }] } }];
    return new RateLimit(
      name.split('-').map(capitalised).join(''),
      { aggregateKeyType: 'CUSTOM_KEYS', customKeys },
      KEY_CAPACITY,
      ({ partnerHosts }) => hostIsOneOf(partnerHosts),
      options,
    );
  }

  /** @internal */
  public readonly _kind: string;
  /** @internal */
  public readonly _blocks: boolean;

  private constructor(
    kind: string,
    private readonly aggregation: Aggregation,
    private readonly keyCapacity: number,
    private readonly defaultHosts: (machines: MachineHosts) => Priced[],
    /** @internal */
    public readonly _options: RateLimitOptions,
  ) {
    this._kind = `${RATE_RULE_PREFIX}Per${kind}`;
    this._blocks = _options.action !== RuleAction.COUNT;
  }

  /** @internal */
  public _statement(machines: MachineHosts): Priced {
    const { limit, window, hosts, pathPrefix } = this._options;
    const conditions = [
      ...(hosts ? hostIsOneOf(hosts) : this.defaultHosts(machines)),
      ...(pathPrefix === undefined ? [] : [pathStartsWith(pathPrefix)]),
    ];
    const scope = conditions.length > 0 ? allOf(...conditions) : undefined;
    return {
      statement: {
        rateBasedStatement: {
          ...this.aggregation,
          limit,
          evaluationWindowSec: (window ?? Duration.minutes(5)).toSeconds(),
          scopeDownStatement: scope?.statement,
        },
      },
      capacity: RATE_CAPACITY + this.keyCapacity + (scope?.capacity ?? 0),
    };
  }
}

function capitalised(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
