import type * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import type { ManagedRuleGroup } from './managed-rule-group';
import type { PlatformIpSets } from './platform-ip-sets';
import type { RateLimit } from './rate-limit';
import * as names from './web-acl-names';
import {
  allOf,
  anyOf,
  fromAddressIn,
  hasLabel,
  hostIsNoneOf,
  type MachineHosts,
  not,
  type Priced,
} from './web-acl-statements';

export interface WebAclRulesProps extends MachineHosts {
  readonly ipSets: PlatformIpSets;
  readonly allowListBypass: boolean;
  readonly rateLimits: readonly RateLimit[];
  readonly managedRules: readonly ManagedRuleGroup[];
  /** Key of the custom response body. */
  readonly bodyKey?: string;
}

interface PricedRule {
  readonly rule: Omit<wafv2.CfnWebACL.RuleProperty, 'priority' | 'visibilityConfig'>;
  readonly capacity: number;
}

/** WAF charges one unit for up to five labels that rules define; ours is one. */
const LABEL_CAPACITY = 1;

/** The rules in the order in which they look at a request, and the capacity units that they take together. */
export function webAclRules(props: WebAclRulesProps): {
  readonly rules: wafv2.CfnWebACL.RuleProperty[];
  readonly capacity: number;
} {
  const rules: PricedRule[] = [
    ...addressRules(props),
    ...rateRules(props),
    ...props.managedRules.map((group) => ({ rule: group._rule, capacity: group._capacity })),
    ...peopleOnlyRule(props),
  ];
  return {
    rules: rules.map(({ rule }, priority) => ({ ...rule, priority, visibilityConfig: visibility(rule.name) })),
    capacity: rules.reduce((sum, { capacity }) => sum + capacity, LABEL_CAPACITY),
  };
}

export function visibility(metricName: string): wafv2.CfnWebACL.VisibilityConfigProperty {
  return { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName };
}

function addressRules({ ipSets, allowListBypass, bodyKey }: WebAclRulesProps): PricedRule[] {
  return [
    {
      ...priced(anyOf(...ipSets.allow.map(fromAddressIn)), {
        name: names.ALLOWED_RULE,
        action: allowListBypass ? { allow: {} } : { count: {} },
        ruleLabels: [{ name: names.ALLOWED_LABEL }],
      }),
    },
    {
      ...priced(allOf(anyOf(...ipSets.block.map(fromAddressIn)), not(hasLabel(names.ALLOWED_LABEL))), {
        name: names.BLOCKED_RULE,
        action: blockWith(403, bodyKey),
      }),
    },
  ];
}

/** Limits of one kind are told apart by number. */
function rateRules({ rateLimits, bodyKey, ...machines }: WebAclRulesProps): PricedRule[] {
  return rateLimits.map((limit, index) => {
    const nth = rateLimits.slice(0, index).filter(({ _kind }) => _kind === limit._kind).length + 1;
    return priced(limit._statement(machines), {
      name: nth === 1 ? limit._kind : `${limit._kind}${nth}`,
      action: limit._blocks ? blockWith(429, bodyKey) : { count: {} },
    });
  });
}

function peopleOnlyRule({ managedRules, bodyKey, chargePointHosts, partnerHosts }: WebAclRulesProps): PricedRule[] {
  const labels = managedRules.flatMap(({ _peopleOnlyLabels }) => _peopleOnlyLabels);
  return labels.length === 0
    ? []
    : [
        priced(allOf(anyOf(...labels.map(hasLabel)), ...hostIsNoneOf([...chargePointHosts, ...partnerHosts])), {
          name: names.PEOPLE_ONLY_RULE,
          action: blockWith(403, bodyKey),
        }),
      ];
}

function priced({ statement, capacity }: Priced, rule: Omit<PricedRule['rule'], 'statement'>): PricedRule {
  return { rule: { ...rule, statement }, capacity };
}

function blockWith(responseCode: number, customResponseBodyKey?: string): wafv2.CfnWebACL.RuleActionProperty {
  return { block: { customResponse: { responseCode, customResponseBodyKey } } };
}
