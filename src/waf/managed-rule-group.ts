import type * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { byName } from '../private/by-name';
import { allOf, anyOf, hostIsOneOf, type Priced, pathStartsWith } from './web-acl-statements';

/** What a rule does with a request that it matches. */
export enum RuleAction {
  /** The request is answered with 403. */
  BLOCK = 'BLOCK',
  /** The request goes on and is counted, so that the log shows what would have been blocked. */
  COUNT = 'COUNT',
}

/** How a managed rule group is used. */
export interface ManagedRuleGroupOptions {
  /**
   * Whether the group blocks. Begin a new group with `RuleAction.COUNT`, read the false-positive query of `WafLogAnalytics`, then block.
   * @default RuleAction.BLOCK
   */
  readonly action?: RuleAction;
  /**
   * Actions of single rules, by the rule's name. They win over what the library does for charge points and partners.
   * @default {}
   */
  readonly ruleActions?: { [rule: string]: RuleAction };
  /**
   * Hosts that the group inspects: names, or many by one `*` at the beginning or the end.
   * @default - all hosts
   */
  readonly hosts?: string[];
  /**
   * Beginnings of paths that the group inspects.
   * @default - all paths
   */
  readonly pathPrefixes?: string[];
  /**
   * Version that is pinned, e.g. `Version_1.9`. Versions expire; AWS announces it by the group's SNS topic.
   * @default - the vendor's default version, which changes by itself
   */
  readonly version?: string;
}

/** A managed rule group that the library has no method for. */
export interface VendorRuleGroupOptions extends ManagedRuleGroupOptions {
  /** Who offers the group, e.g. `AWS`. */
  readonly vendor: string;
  /** The group's name, e.g. `AWSManagedRulesPHPRuleSet`. */
  readonly name: string;
  /** Capacity units of the group, 1 to 5000, from its documentation. */
  readonly capacity: number;
}

interface GroupDefinition {
  readonly vendor: string;
  readonly name: string;
  readonly capacity: number;
  /** Rules that hit chargers and roaming partners, with the label that each leaves. */
  readonly peopleOnly?: Record<string, string>;
}

/**
 * A rule group that a vendor keeps up to date.
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
 */
export class ManagedRuleGroup {
  /**
   * Common attacks on web applications; 700 capacity units. Three of its rules hit machines and block only people's hosts: a
   * missing `User-Agent`, bodies over 8 KB (charge detail records, pushed locations) and URLs in bodies (OCPI's `response_url`).
   */
  public static commonRuleSet(options: ManagedRuleGroupOptions = {}): ManagedRuleGroup {
    const label = (name: string) => `awswaf:managed:aws:core-rule-set:${name}`;
    const peopleOnly = {
      NoUserAgent_HEADER: label('NoUserAgent_Header'),
      SizeRestrictions_BODY: label('SizeRestrictions_Body'),
      GenericRFI_BODY: label('GenericRFI_Body'),
    };
    return ManagedRuleGroup.aws('AWSManagedRulesCommonRuleSet', 700, options, peopleOnly);
  }

  /** Requests known to exploit vulnerabilities, such as Log4Shell; 200 capacity units. */
  public static knownBadInputs(options: ManagedRuleGroupOptions = {}): ManagedRuleGroup {
    return ManagedRuleGroup.aws('AWSManagedRulesKnownBadInputsRuleSet', 200, options);
  }

  /** SQL injection; 200 capacity units. */
  public static sqlInjection(options: ManagedRuleGroupOptions = {}): ManagedRuleGroup {
    return ManagedRuleGroup.aws('AWSManagedRulesSQLiRuleSet', 200, options);
  }

  /** Attacks on Linux, such as inclusion of local files; 200 capacity units. AWS advises to use it together with `posix`. */
  public static linux(options: ManagedRuleGroupOptions = {}): ManagedRuleGroup {
    return ManagedRuleGroup.aws('AWSManagedRulesLinuxRuleSet', 200, options);
  }

  /** Attacks on POSIX systems, such as injected commands; 100 capacity units. */
  public static posix(options: ManagedRuleGroupOptions = {}): ManagedRuleGroup {
    return ManagedRuleGroup.aws('AWSManagedRulesUnixRuleSet', 100, options);
  }

  /** Addresses that AWS saw attack; 25 capacity units. */
  public static ipReputation(options: ManagedRuleGroupOptions = {}): ManagedRuleGroup {
    return ManagedRuleGroup.aws('AWSManagedRulesAmazonIpReputationList', 25, options);
  }

  /** Anonymising proxies; 50 capacity units. Hosting providers, where partners' systems run, are blocked on people's hosts only. */
  public static anonymousIps(options: ManagedRuleGroupOptions = {}): ManagedRuleGroup {
    return ManagedRuleGroup.aws('AWSManagedRulesAnonymousIpList', 50, options, {
      HostingProviderIPList: 'awswaf:managed:aws:anonymous-ip-list:HostingProviderIPList',
    });
  }

  /** Any other group, of AWS or the marketplace, whose price its vendor sets. */
  public static of(options: VendorRuleGroupOptions): ManagedRuleGroup {
    return new ManagedRuleGroup({ vendor: options.vendor, name: options.name, capacity: options.capacity }, options);
  }

  private static aws(
    name: string,
    capacity: number,
    options: ManagedRuleGroupOptions,
    peopleOnly?: Record<string, string>,
  ): ManagedRuleGroup {
    return new ManagedRuleGroup({ vendor: 'AWS', name, capacity, peopleOnly }, options);
  }

  /**
   * The group's name, which is its rule's name in the web ACL.
   * @internal
   */
  public readonly _name: string;
  /** @internal */
  public readonly _capacity: number;
  /**
   * Labels of rules that are counted here and blocked on people's hosts later.
   * @internal
   */
  public readonly _peopleOnlyLabels: string[];
  /** @internal */
  public readonly _hosts: string[];
  /** @internal */
  public readonly _rule: Pick<wafv2.CfnWebACL.RuleProperty, 'name' | 'overrideAction' | 'statement'>;

  private constructor(group: GroupDefinition, options: ManagedRuleGroupOptions) {
    const counts = options.action === RuleAction.COUNT;
    const own = byName(options.ruleActions);
    const peopleOnly = Object.entries(group.peopleOnly ?? {}).filter(([rule]) => !(rule in own));
    const scopeDown = scopeOf(options);
    this._name = group.name;
    this._hosts = options.hosts ?? [];
    this._capacity = group.capacity + (scopeDown?.capacity ?? 0);
    this._peopleOnlyLabels = counts ? [] : peopleOnly.map(([, label]) => label);
    const actions = [...peopleOnly.map(([rule]) => [rule, RuleAction.COUNT] as const), ...Object.entries(own)];
    this._rule = {
      name: group.name,
      overrideAction: counts ? { count: {} } : { none: {} },
      statement: {
        managedRuleGroupStatement: {
          vendorName: group.vendor,
          name: group.name,
          version: options.version,
          scopeDownStatement: scopeDown?.statement,
          ruleActionOverrides: actions.map(([name, action]) => ({
            name,
            actionToUse: action === RuleAction.COUNT ? { count: {} } : { block: {} },
          })),
        },
      },
    };
  }
}

function scopeOf({ hosts = [], pathPrefixes = [] }: ManagedRuleGroupOptions): Priced | undefined {
  const conditions = [
    ...hostIsOneOf(hosts),
    ...(pathPrefixes.length > 0 ? [anyOf(...pathPrefixes.map(pathStartsWith))] : []),
  ];
  return conditions.length > 0 ? allOf(...conditions) : undefined;
}
